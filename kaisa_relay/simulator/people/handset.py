"""What people do with their phones: write, tap, read, play, go offline and come back."""

from typing import Any

from attrs import define, evolve

from ..config import ChannelConfig
from ..faults import Faults
from ..sends.limits import throughput_limit
from ..sends.sending import Sending
from ..templates.rendering import Button
from ..webhooks.courier import Courier
from ..webhooks.payloads import Update, message_value, unix
from ..webhooks.spoil import spoil
from ..webhooks.statuses import Statuses
from ..world import Heard, World
from .chat import ME, Bubble
from .inbound import MediaObjects, Written, card_of, read_text
from .person import Arrival, Identity, Person

Payload = dict[str, Any]

# Whether these open the 24-hour window is not documented, so the stricter reading is simulated.
NOT_OPENING = frozenset(("reaction", "system", "unsupported", "edit", "revoke"))
_NO_BUBBLE = NOT_OPENING - {"unsupported"}


@define
class Handsets:
    """Acts for people and tells the business about it."""

    world: World
    statuses: Statuses
    sending: Sending
    courier: Courier
    faults: Faults

    def write(self, person: Person, channel: ChannelConfig, written: Written) -> str:
        """Send a message to a channel and return its wamid.

        A wamid that this person has used already is announced again, as Meta's redelivery would.
        """
        wamid = written.wamid or self.world.new_wamid(channel.number)
        about = (channel.phone_number_id, person.wa_id)
        message = MediaObjects(self.world, self.faults).fill(written, about)
        if wamid not in self.world.heard:
            self._note(person, channel, wamid, evolve(written, message=message))
        if person.wa_id in self.world.numbers[channel.phone_number_id].blocked:
            return wamid
        self.announce(channel, self.world.identity(channel, person), {"id": wamid} | message, about)
        return wamid

    def announce(
        self, channel: ChannelConfig, who: Identity, message: Payload, about: tuple[str, ...]
    ) -> None:
        """Tell the business of a message that has an id and a type."""
        full = {"timestamp": unix(self.world.clock.now())} | message
        update = Update(
            waba=channel.waba,
            phone_number_id=channel.phone_number_id,
            kind="messages",
            value=message_value(channel, who, full),
            about=f"message {message['id']}",
        )
        for spoiled in spoil(update, channel, self.faults, *about):
            self.courier.submit(spoiled)

    def _note(self, person: Person, channel: ChannelConfig, wamid: str, written: Written) -> None:
        pnid, now = channel.phone_number_id, self.world.clock.time()
        kind = str(written.message["type"])
        self.world.heard[wamid] = Heard(wamid, pnid, person.wa_id, kind, now)
        meters = self.world.meters
        meters.channels[pnid] = throughput_limit(channel.throughput).charge(
            meters.channels.get(pnid), now
        )
        if kind not in NOT_OPENING:
            self.world.windows[pnid, person.wa_id] = now
        if "referral" in written.message:
            self.world.ledger.entries[pnid, person.wa_id] = now
        if written.shown and kind not in _NO_BUBBLE:
            self._show(person, pnid, _own_bubble(wamid, written, self.world))
        self.read(person, channel, None)

    def _show(self, person: Person, channel: str, bubble: Bubble) -> None:
        self.world.chats.of(channel, person.wa_id).bubbles[bubble.wamid] = bubble
        self.world.feed.tell("message", person.wa_id, channel, wamid=bubble.wamid, by=ME)

    def tap(
        self, person: Person, arrival: Arrival, button: Button, wamid: str | None
    ) -> str | None:
        """Tap a button or a row of a message that arrived, and return the wamid of the answer;
        a link answers nothing.
        """
        answer = _answer(person, button)
        if answer is None:
            return None
        channel = self.world.channels[arrival.channel]
        context = {"from": channel.number, "id": arrival.wamid}
        return self.write(person, channel, Written({"context": context} | answer, wamid))

    def read(self, person: Person, channel: ChannelConfig | None, upto: str | None) -> list[str]:
        """Read what is unread (from one channel, up to and including one wamid) and return the
        wamids.
        """
        done: list[str] = []
        for wamid in list(person.unread):
            sent = self.world.sent.get(wamid)
            if channel is not None and sent and sent.channel != channel.phone_number_id:
                continue
            person.unread.remove(wamid)
            if sent is not None:
                self.statuses.tell(sent, "read")
            done.append(wamid)
            if wamid == upto:
                break
        return done

    def play(self, person: Person, wamid: str) -> bool:
        """Listen to a voice note that arrived; whether it is one."""
        sent = self.world.sent.get(wamid)
        if sent is None or sent.person is not person or not sent.voice:
            return False
        if wamid in person.unread:
            person.unread.remove(wamid)
        self.statuses.tell(sent, "played")
        return True

    def open_chat(self, person: Person, channel: ChannelConfig | None) -> None:
        """Look at the chat with a channel, or at none: what comes into an open chat is read."""
        person.open_chat = channel.phone_number_id if channel is not None else None
        if channel is not None:
            self.read(person, channel, None)

    def come_online(self, person: Person) -> None:
        """Connect the phone: what waited for it arrives, in order."""
        person.online = True
        waiting, person.undelivered = person.undelivered, []
        for arrival in waiting:
            self.sending.hand_over(person, arrival)

    def show_typing(self, wamid: str, seconds: float) -> None:
        """The business types in the chat of this message, until then or until it writes."""
        heard = self.world.heard.get(wamid)
        if heard is None:
            return
        chat = self.world.chats.of(heard.channel, heard.wa_id)
        chat.typing_until = self.world.clock.time() + seconds
        self.world.feed.tell("typing", heard.wa_id, heard.channel, seconds=seconds)


def _own_bubble(wamid: str, written: Written, world: World) -> Bubble:
    message, kind = written.message, str(written.message["type"])
    context = message.get("context") or {}
    return Bubble(
        wamid=wamid,
        writer=ME,
        kind=kind,
        body=message.get(kind),
        text=read_text(kind, message.get(kind)),
        at=world.clock.now(),
        quoted=context.get("id"),
        medium=written.medium.id if written.medium is not None else None,
        forwarded=bool(context.get("forwarded") or context.get("frequently_forwarded")),
    )


def _answer(person: Person, button: Button) -> Payload | None:
    match button.kind:
        case "quick_reply":
            return {"type": "button", "button": {"payload": button.payload, "text": button.label}}
        case "location":
            return {"type": "location", "location": {"latitude": 59.3293, "longitude": 18.0686}}
        case "contact_info":
            return {"type": "contacts", "contacts": [card_of(person)]}
        case "link":
            return None
        case _:
            return _interactive_answer(button)


def _interactive_answer(button: Button) -> Payload:
    name = "button_reply" if button.kind == "reply" else "list_reply"
    reply = {"id": button.payload, "title": button.label}
    if button.description is not None:
        reply["description"] = button.description
    return {"type": "interactive", "interactive": {"type": name, name: reply}}
