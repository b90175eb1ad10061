"""What people do with their phones: write, tap, read, block, go offline and come back."""

from typing import Any

import trio
from attrs import define

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
from .person import Arrival, Person

Payload = dict[str, Any]

# Whether these open the 24-hour window is not documented, so the stricter reading is simulated.
_NOT_OPENING = frozenset(("reaction", "system", "unsupported"))


@define
class Handsets:
    """Acts for people and tells the business about it."""

    world: World
    statuses: Statuses
    sending: Sending
    courier: Courier
    faults: Faults

    def write(
        self, person: Person, channel: ChannelConfig, message: Payload, wamid: str | None
    ) -> str:
        """Send a message (`type`, its object, perhaps `context`) to a channel and return its wamid.

        A wamid that this person has used already is announced again, as Meta's redelivery would.
        """
        wamid = wamid or self.world.new_wamid(channel.number)
        if wamid not in self.world.heard:
            self._note(person, channel, wamid, message["type"])
        about = (channel.phone_number_id, person.wa_id)
        full = {"id": wamid, "timestamp": unix(self.world.now())} | message
        value = message_value(channel, self.world.identity(channel, person), full)
        update = Update(
            channel.waba, channel.phone_number_id, "messages", value, f"message {wamid}"
        )
        for spoiled in spoil(update, channel, self.faults, *about):
            self.courier.submit(spoiled)
        return wamid

    def _note(self, person: Person, channel: ChannelConfig, wamid: str, kind: str) -> None:
        pnid, now = channel.phone_number_id, trio.current_time()
        self.world.heard[wamid] = Heard(wamid, pnid, person.wa_id)
        meters = self.world.meters
        meters.channels[pnid] = throughput_limit(channel.throughput).charge(
            meters.channels.get(pnid), now
        )
        if kind not in _NOT_OPENING:
            self.world.windows[pnid, person.wa_id] = now
        self.read(person, channel, None)

    def tap(self, person: Person, arrival: Arrival, button: Button, wamid: str | None) -> str:
        """Tap a button or a row of a message that arrived, and return the wamid of the answer."""
        channel = self.world.channels[arrival.channel]
        context = {"from": channel.number, "id": arrival.wamid}
        return self.write(person, channel, {"context": context} | _answer(button), wamid)

    def read(self, person: Person, channel: ChannelConfig | None, upto: str | None) -> list[str]:
        """Read what is unread (from one channel, up to and including one wamid) and return the
        wamids.
        """
        done: list[str] = []
        for wamid in list(person.unread):
            sent = self.world.sent[wamid]
            if channel is not None and sent.channel != channel.phone_number_id:
                continue
            person.unread.remove(wamid)
            self.statuses.tell(sent, "read")
            done.append(wamid)
            if wamid == upto:
                break
        return done

    def come_online(self, person: Person) -> None:
        """Connect the phone: what waited for it arrives, in order."""
        person.online = True
        waiting, person.undelivered = person.undelivered, []
        for arrival in waiting:
            self.sending.hand_over(person, arrival)


def _answer(button: Button) -> Payload:
    if button.kind == "quick_reply":
        return {"type": "button", "button": {"payload": button.payload, "text": button.label}}
    name = "button_reply" if button.kind == "reply" else "list_reply"
    return {
        "type": "interactive",
        "interactive": {"type": name, name: {"id": button.payload, "title": button.label}},
    }
