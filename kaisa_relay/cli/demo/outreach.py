"""How whoever never scanned is won back: a trigger, made over the API as a customer would make it.

Rule 1: what it counts is asked of the relay; that one message was sent is seen at the provider.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from attrs import evolve, frozen

from kaisa_relay.cli.demo.people import Missing, Person
from kaisa_relay.cli.demo.relay import Conversation, RelayApi, StepCounts, prefilled
from kaisa_relay.cli.demo.text_messages import REQUEST, Provider
from kaisa_relay.domain.conversation.terms import Terms
from kaisa_relay.domain.durations import write_duration

UNUSED_AFTER: Final = timedelta(seconds=1)
"""So long a link waits in the play for whom it is to be seen that they do not scan; usually 30m."""
WRITTEN_AFTER: Final = timedelta(seconds=1)
"""So long the trigger waits then; who wants nobody disturbed has it wait for 30m."""
WORDS: Final[Mapping[str, str]] = {
    "en": "Hi {name}! Do you still have a question? Go on here: {link}",
    "sv": "Hej {name}! Har du kvar din fråga? Fortsätt här: {link}",
    "es": "¡Hola, {name}! ¿Sigue teniendo alguna pregunta? Continúe aquí: {link}",
}
ONCE: Final = StepCounts(
    version=1, step=0, started=1, delivered=1, links=1, recovered=1, accepted=1
)
"""What the trigger must count after the play."""

_LINK: Final = re.compile(r"https://wa\.me/\S+")


@frozen
class Recovery:
    """What came of the trigger: the text messages that were sent, and what the relay counts."""

    trigger: str
    text_messages: int
    counted: tuple[StepCounts, ...]


@frozen
class Outreach:
    """The trigger, once `opened`, and where its text messages arrive."""

    relay: RelayApi
    provider: Provider
    trigger: str = ""

    async def opened(self) -> "Outreach":
        """Add the provider and the trigger to the relay."""
        endpoint = await self.relay.add(
            "/endpoints",
            {
                "kind": "sms",
                "provider": "http",
                "url": self.provider.url,
                "sender": "Demo",
                "request": REQUEST,
            },
        )
        return evolve(self, trigger=await self.relay.add("/triggers", _trigger(endpoint)))

    async def ask(
        self, visitor: Person, agents: Sequence[Person], metadata: dict[str, Any]
    ) -> Conversation:
        """Ask for a conversation whose link is soon over."""
        await self.relay.set_times(link_expires_after=UNUSED_AFTER)
        created = await self.relay.create(visitor, agents, metadata)
        await self.relay.set_times(link_expires_after=Terms().link_expires_after)
        return created

    async def message_to(self, person: Person) -> str:
        """Return the text message that somebody is sent. Raises `Missing`."""
        return (await self.provider.wait(person.number)).text

    async def recovery(self) -> Recovery:
        """Ask what came of it."""
        counted = await self.relay.recoveries(self.trigger)
        return Recovery(self.trigger, len(self.provider.taken), counted)

    def problems(self, person: Person, recovery: Recovery) -> tuple[str, ...]:
        """Say where somebody was not written to just once, or not counted just once."""
        problems = []
        begins = _words(person.language, person.first_name)
        texts = [message.text for message in self.provider.sent_to(person.number)]
        if len(texts) != 1 or recovery.text_messages != 1:
            problems.append(f"{recovery.text_messages} text messages were sent, not 1")
        if not all(text.startswith(begins) for text in texts):
            problems.append("the text message has other words")
        if recovery.counted != (ONCE,):
            problems.append(f"the trigger counts {recovery.counted}, not {ONCE}")
        return tuple(f"{person.name}: {problem}" for problem in problems)


def way_back(text: str) -> str:
    """Return the sentence of the link in a text message. Raises `Missing`."""
    link = _LINK.search(text)
    if link is None:
        raise Missing("the text message has no link")
    return prefilled(link[0])


def _trigger(endpoint: str) -> dict[str, Any]:
    words = {
        language: words.format(name="{{ visitor.first_name }}", link="{{ link }}")
        for language, words in WORDS.items()
    }
    action = {"sms": endpoint, "to": "{{ visitor.phone }}", "text": words}
    return {
        "name": "Never scanned",
        "on": ["conversation.abandoned"],
        "when": {"field": "event.data.reason", "eq": "unscanned"},
        "unless": ["conversation.started"],
        "steps": [{"after": write_duration(WRITTEN_AFTER), "actions": [action]}],
    }


def _words(language: str, name: str) -> str:
    return WORDS[language].format(name=name, link="")
