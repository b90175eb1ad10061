"""Who plays, what they say, and how each chat is meant to go.

Rule 1: every line occurs once in the whole play, so that a lost or doubled one is found.
Rule 2: the plan is fixed before the play begins; what happens never changes it.
"""

from collections.abc import Sequence
from enum import Enum
from itertools import cycle, islice
from typing import Final

from attrs import frozen

from kaisa_relay.cli.demo.people import Person
from kaisa_relay.cli.demo.programs import Line

LINES: Final = (Line("1001", "+46701740601"), Line("1002", "+46701740602"))
"""Two numbers, so that a visitor finds every agent busy on theirs."""

DECLINES: Final = Person("Dagny Declines", "+46701740621")
SILENT: Final = Person("Sixten Silent", "+46701740622")
TAKES: Final = Person("Kaisa Takes", "+46701740623")
AGENTS: Final = (DECLINES, SILENT, TAKES)
"""In the order in which they are asked."""
RESCUES: Final = Person("Rakel Rescues", "+46701740624")
"""Takes whoever comes back."""

_ENGLISH: Final = (
    ("Hello! Is the blue bicycle still for sale?", "Yes, it is. Would you like to try it?"),
    ("Does it come with lights?", "Both lights are included."),
    ("How old is it?", "Two years, and it was serviced in spring."),
    ("Can I come on Saturday at ten?", "Saturday at ten is fine."),
    ("Great, until then!", "See you on Saturday!"),
)
_SWEDISH: Final = (
    ("Hej! Har ni öppet på söndag?", "Hej! Ja, mellan elva och fyra."),
    ("Finns det parkering?", "Ja, bakom huset, gratis i två timmar."),
    ("Kan jag betala med kort?", "Kort går bra."),
    ("Får man ta med hund?", "Hundar är välkomna."),
    ("Tack, då kommer vi!", "Vi ses på söndag!"),
)
_SPANISH: Final = (
    ("¡Hola! ¿Tienen habitaciones en mayo?", "¡Hola! Sí, nos quedan tres."),
    ("¿El desayuno está incluido?", "Sí, hasta las once."),
    ("¿Se puede llegar tarde?", "Claro, hay alguien toda la noche."),
    ("¿Cuánto cuesta una noche?", "Setenta euros para dos personas."),
    ("Perfecto, reservo dos noches.", "Reservado. ¡Hasta mayo!"),
)
_LATER: Final = (
    ("Hej, jag glömde visst bort er.", "Hej! Ingen fara, vad kan jag göra för dig?"),
    ("Har ni den röda bilen kvar?", "Ja, den står här ute."),
    ("Får jag provköra den i morgon?", "Gärna, efter klockan tolv."),
    ("Tar ni min gamla i inbyte?", "Det gör vi, kör hit den."),
    ("Då syns vi i morgon!", "Välkommen!"),
)


class Ending(Enum):
    """Who ends a chat."""

    AGENT = "agent"
    API = "api"


@frozen
class Chat:
    """One conversation as it is meant to go.

    It begins when all of `after` have an agent, and ends when all of `before_end` wait in the
    queue; both name visitors. `agents` are asked in their order. Whoever waits in the queue is not
    offered to the silent one: who missed an offer is asked once more from there. `unscanned`: the
    visitor does not scan, and comes by a link that a trigger sends them.
    """

    visitor: Person
    says: tuple[str, ...]
    answers: tuple[str, ...]
    ending: Ending
    after: tuple[str, ...] = ()
    before_end: tuple[str, ...] = ()
    queued: bool = False
    agents: tuple[Person, ...] = AGENTS
    taker: Person = TAKES
    unscanned: bool = False

    @property
    def offers(self) -> dict[str, int]:
        """Return how many of its offers end in which way."""
        declined = {"declined": 1} if DECLINES in self.agents else {}
        silent = {"expired": 1} if SILENT in self.agents else {}
        return {"accepted": 1, **declined, **silent}


def chats(messages: int) -> tuple[Chat, ...]:
    """Return the four chats with so many messages each way."""
    emma = Person("Emma English", "+447700900111", "en")
    astrid = Person("Astrid Svensk", "+46701740611", "sv")
    lucia = Person("Lucía Española", "+34600000111", "es")
    linnea = Person("Linnea Later", "+46701740612", "sv")
    both = (emma.name, astrid.name)
    return (
        Chat(emma, *_script(_ENGLISH, messages), Ending.AGENT, before_end=(lucia.name,)),
        Chat(astrid, *_script(_SWEDISH, messages), Ending.API, before_end=(lucia.name,)),
        Chat(
            lucia,
            *_script(_SPANISH, messages),
            Ending.AGENT,
            after=both,
            queued=True,
            agents=(DECLINES, TAKES),
        ),
        Chat(
            linnea,
            *_script(_LATER, messages),
            Ending.AGENT,
            agents=(RESCUES,),
            taker=RESCUES,
            unscanned=True,
        ),
    )


def _script(
    lines: Sequence[tuple[str, str]], messages: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    rounds = list(enumerate(islice(cycle(lines), messages)))
    said = tuple(_numbered(line, at, len(lines)) for at, (line, _) in rounds)
    answered = tuple(_numbered(line, at, len(lines)) for at, (_, line) in rounds)
    return said, answered


def _numbered(line: str, at: int, fresh: int) -> str:
    return line if at < fresh else f"{line} ({at + 1})"
