"""The user's own turn, on the board of the play: a visitor, an agent, and what to type."""

import json
import shlex
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import suppress
from typing import Final
from urllib.parse import urlencode

import trio
from attrs import frozen

from kaisa_relay.accounts.commands import WorkspaceSettings
from kaisa_relay.cli.demo.cast import LINES
from kaisa_relay.cli.demo.people import Arrival, Person, Phone
from kaisa_relay.cli.demo.relay import Conversation
from kaisa_relay.cli.demo.screen import Screen
from kaisa_relay.cli.demo.stage import Stage
from kaisa_relay.cli.demo.summary import Summary, lines

VISITOR: Final = Person("Vera Visitor", "+46701740631")
AGENT: Final = Person("Axel Agent", "+46701740632")

OFFER_TIME: Final = WorkspaceSettings().offer_time
"""The usual one: in the play agents have less, so that one can be seen to miss an offer."""

NEXT_VISITOR: Final = Person("Otto Other", "+46701740633")
NEXT_AGENT: Final = Person("Ada Another", "+46701740634")

BEARER: Final = '-H "Authorization: Bearer $KEY"'


@frozen
class YourTurn:
    """Shows the commands, and then whatever they make arrive on the two phones."""

    stage: Stage
    screen: Screen

    async def run(self, summary: Summary) -> None:
        """Show everything until cancelled."""
        relay = self.stage.relay()
        await relay.set_times(offer_time=OFFER_TIME)
        people = (VISITOR, AGENT, NEXT_VISITOR, NEXT_AGENT)
        phones = [Phone(one, self.stage.simulator, self._heard) for one in people]
        for phone in phones:
            await self.stage.simulator.add_person(phone.person)
        conversation = await relay.create(VISITOR, [AGENT], {"topic": "a try"})
        for line in (*lines(summary), *self._commands(conversation, summary)):
            self.screen.says(line)
        await trio.to_thread.run_sync(_open, self._phones(conversation))
        async with trio.open_nursery() as nursery:
            for phone in phones:
                nursery.start_soon(phone.follow, name=f"phone of {phone.person.name}")

    def _heard(self, person: Person, arrival: Arrival) -> None:
        self.screen.heard(None, person, arrival)

    def _phones(self, conversation: Conversation) -> str:
        """Return the page with both phones, the link ready to be scanned."""
        people = ",".join(one.number for one in (VISITOR, AGENT))
        asked = urlencode({"people": people, "link": conversation.url or ""})
        return f"{self.stage.simulating.url}/_sim/phones?{asked}"

    def _commands(self, conversation: Conversation, summary: Summary) -> Iterator[str]:
        visitor, agent = (f"$SIM/_sim/people/{one.number}" for one in (VISITOR, AGENT))
        yield "\nBoth keep running; Ctrl-C ends them. Now it is your turn, in a browser:\n"
        yield f"  {self._phones(conversation)}"
        yield f"\n{VISITOR.name} scans her link there, {AGENT.name} accepts, and they write."
        yield "Or by hand, in another terminal:\n"
        yield f"  RELAY={self.stage.serving.url} SIM={self.stage.simulating.url}"
        yield f"  KEY={self.stage.key.text}"
        yield f"  ID={conversation.id}"
        yield f"\n{VISITOR.name} has a link. She sends its sentence, {AGENT.name} accepts:\n"
        yield f"  curl -s {visitor}/send -d {_body(conversation, conversation.first_text)}"
        yield f'  curl -s "{agent}/inbox?wait=5"'  # until the offer is there to be tapped
        yield f"  curl -s {agent}/tap -d {_json({'label': 'Accept'})}"
        yield "\nThey write to each other, and look at what has arrived:\n"
        yield f"  curl -s {visitor}/send -d {_body(conversation, 'Hello, is anybody there?')}"
        yield f"  curl -s {agent}/send -d {_body(conversation, 'Yes, good morning!')}"
        yield f'  curl -s "{visitor}/inbox?wait=5"'
        yield f'  curl -s "{agent}/inbox?wait=5"'
        yield "\nWhat the relay says about it, and the end (or let the agent send /close):\n"
        yield f"  curl -s {BEARER} $RELAY/conversations"
        yield f"  curl -s {BEARER} $RELAY/conversations/$ID/messages"
        yield f"  curl -s {BEARER} $RELAY/conversations/$ID/events"
        yield f"  curl -s {BEARER} -X POST $RELAY/conversations/$ID/close"
        yield "\nAnother conversation, and what was played before:\n"
        yield f'  curl -s {BEARER} "$RELAY/conversations/whatsapp?qr=none" --json {_form()}'
        played = summary.conversations[0].id
        yield f"  curl -s {BEARER} $RELAY/conversations/{played}/messages"
        if summary.recovery is not None:
            yield "\nWhat the trigger of the text messages has led to:\n"
            yield f"  curl -s {BEARER} $RELAY/triggers/{summary.recovery.trigger}/recoveries"
        yield "\nFor the browser, and for monitoring:\n"
        yield f"  {self.stage.serving.url}/docs"
        yield f"  {self.stage.serving.url}/metrics"
        yield f"  {self.stage.simulating.url}/_sim\n"


def _open(url: str) -> None:
    """Show a page to who sits before a screen; a browser of text would take over the terminal."""
    with suppress(webbrowser.Error):
        browser = webbrowser.get()
        if sys.stdout.isatty() and type(browser) is not webbrowser.GenericBrowser:
            browser.open(url)


def _body(conversation: Conversation, text: str) -> str:
    ids = {line.number: line.phone_number_id for line in LINES}
    return _json({"channel": ids[conversation.channel.phone], "text": text})


def _form() -> str:
    visitor = {"name": NEXT_VISITOR.name, "phone": NEXT_VISITOR.number, "language": "en"}
    agent = {"name": NEXT_AGENT.name, "phone": NEXT_AGENT.number}
    return _json({"visitor": visitor, "agents": [agent], "metadata": {"topic": "bicycles"}})


def _json(value: object) -> str:
    return shlex.quote(json.dumps(value, ensure_ascii=False))
