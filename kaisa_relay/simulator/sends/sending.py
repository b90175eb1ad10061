"""What happens to a send: who is meant, whether Meta takes it, and what reaches the person's
phone.
"""

from typing import Any

import trio
from attrs import define, frozen

from ..config import ChannelConfig
from ..errors import GraphError
from ..faults import Faults
from ..people.numbers import is_bsuid, read_recipient, spellings
from ..people.person import Arrival, Person
from ..templates.rendering import Button, Rendered, render
from ..webhooks.statuses import Statuses
from ..world import Sent, World
from .interactive import Payload
from .limits import PAIR_LIMIT, throughput_limit
from .outgoing import Outgoing


@frozen
class Target:
    """Whom a send is for.

    `person` None is nobody with WhatsApp; `silent` sends are accepted and lost.
    """

    addressed: str
    to_phone: bool
    person: Person | None
    silent: bool = False


@frozen
class Accepted:
    """What the answer to a send says."""

    sent: Sent
    contact: dict[str, Any]
    message_status: str | None

    def body(self) -> dict[str, Any]:
        """The JSON body of the 200."""
        message: dict[str, Any] = {"id": self.sent.wamid}
        if self.message_status is not None:
            message["message_status"] = self.message_status
        return {"messaging_product": "whatsapp", "contacts": [self.contact], "messages": [message]}


@define
class Sending:
    """Accepts or refuses sends and starts their statuses."""

    world: World
    statuses: Statuses
    faults: Faults

    def accept(self, channel: ChannelConfig, outgoing: Outgoing) -> Accepted | GraphError:
        """Take a send, or say why not; a refusal that Meta reports later is a send that fails."""
        target = self._target(channel, outgoing)
        if isinstance(target, GraphError):
            return target
        rendered = self._rendered(channel, outgoing)
        if isinstance(rendered, GraphError):
            return rendered
        refusal = self._refusal(channel, target, outgoing)
        if refusal is not None and not self._reported_later(refusal):
            return refusal
        limited = self._take_quota(channel, target)
        if limited is not None:
            return limited
        sent = self._book(channel, target, outgoing, rendered)
        if refusal is not None:
            self.statuses.plan_failed(sent, refusal)
        elif not target.silent:
            self._deliver(sent, outgoing, rendered)
        return Accepted(
            sent, _contact(outgoing, target), "accepted" if rendered is not None else None
        )

    def _target(self, channel: ChannelConfig, outgoing: Outgoing) -> Target | GraphError:
        if not outgoing.to:
            return self._target_by_user_id(channel, outgoing.recipient or "")
        if is_bsuid(outgoing.to.strip()):
            if self.faults.switches.bsuid_in_to == "refuse":
                return GraphError(100, "to is not a phone number; a user id goes into recipient")
            return Target(outgoing.to, to_phone=True, person=None, silent=True)
        number = read_recipient(outgoing.to, channel.number)
        if not number:
            return GraphError(131009, "to is not a phone number")
        if channel.number in spellings(number):
            return GraphError(131021, "The sender and the recipient are the same number")
        person = self.world.people.by_number(number)
        return Target(person.wa_id if person is not None else number, to_phone=True, person=person)

    def _target_by_user_id(self, channel: ChannelConfig, user_id: str) -> Target | GraphError:
        if not is_bsuid(user_id):
            return GraphError(131009, "recipient is not a business-scoped user id")
        person = self.world.people.by_user_id(user_id, channel.portfolio)
        return Target(user_id, to_phone=False, person=person)

    def _rendered(self, channel: ChannelConfig, outgoing: Outgoing) -> Rendered | GraphError | None:
        if outgoing.kind != "template":
            return None
        return render(self.world.template(channel.waba, outgoing.body["name"]), outgoing.body)

    def _refusal(
        self, channel: ChannelConfig, target: Target, outgoing: Outgoing
    ) -> GraphError | None:
        if target.silent:
            return None
        if target.person is None:
            return GraphError(
                131026, f"No WhatsApp user for the recipient; it was read as {target.addressed}"
            )
        if outgoing.kind != "template" and not self.world.window_open(channel, target.person):
            return GraphError(
                131047,
                "More than 24 hours have passed since the recipient last wrote to this number",
            )
        if outgoing.kind == "reaction" and not self._can_react(outgoing.body["message_id"]):
            return GraphError(131009, "reaction.message_id is not a message of this chat")
        return None

    def _can_react(self, wamid: str) -> bool:
        return wamid in self.world.heard or wamid in self.world.sent

    def _reported_later(self, refusal: GraphError) -> bool:
        switches = self.faults.switches
        modes = {131026: switches.unknown_refusal, 131047: switches.window_refusal}
        return modes.get(refusal.code) == "async"

    def _take_quota(self, channel: ChannelConfig, target: Target) -> GraphError | None:
        now, meters = trio.current_time(), self.world.meters
        about = (channel.phone_number_id, target.addressed)
        through = throughput_limit(channel.throughput).due(
            meters.channels.get(channel.phone_number_id), now
        )
        if through is None or self.faults.strikes("throughput", *about) is not None:
            return GraphError(130429, "Too many messages from this number in a short time")
        pair = (
            channel.phone_number_id,
            target.person.wa_id if target.person is not None else target.addressed,
        )
        due = PAIR_LIMIT.due(meters.pairs.get(pair), now)
        if due is None or self.faults.strikes("pair_limit", *about) is not None:
            return GraphError(
                131056, "Too many messages from this number to this recipient in a short time"
            )
        meters.channels[channel.phone_number_id] = through
        meters.pairs[pair] = due
        return None

    def _book(
        self, channel: ChannelConfig, target: Target, outgoing: Outgoing, rendered: Rendered | None
    ) -> Sent:
        sent = Sent(
            wamid=self.world.new_wamid(
                target.person.wa_id if target.person is not None else target.addressed
            ),
            channel=channel.phone_number_id,
            person=target.person,
            addressed=target.addressed,
            to_phone=target.to_phone,
            category=rendered.category if rendered is not None else "service",
            opaque=outgoing.opaque,
            only_sent=outgoing.kind == "reaction",
        )
        self.world.sent[sent.wamid] = sent
        if target.to_phone and target.person is not None:
            self.world.shared[channel.phone_number_id, target.person.wa_id] = trio.current_time()
        return sent

    def _deliver(self, sent: Sent, outgoing: Outgoing, rendered: Rendered | None) -> None:
        self.statuses.plan_sent(sent)
        person = sent.person
        if person is None or sent.channel in person.blocked:
            return
        arrival = Arrival(
            wamid=sent.wamid,
            channel=sent.channel,
            kind=outgoing.kind,
            body=outgoing.body,
            text=rendered.text
            if rendered is not None
            else shown_text(outgoing.kind, outgoing.body),
            at=self.world.now(),
            buttons=rendered.buttons
            if rendered is not None
            else offered_buttons(outgoing.kind, outgoing.body),
            template=(rendered.name, rendered.language) if rendered is not None else None,
            quoted=outgoing.quoted,
        )
        if person.online:
            self.hand_over(person, arrival)
        else:
            person.undelivered.append(arrival)

    def hand_over(self, person: Person, arrival: Arrival) -> None:
        """Put a message onto a phone that is online and plan the statuses of that."""
        person.receive(arrival)
        sent = self.world.sent[arrival.wamid]
        if not sent.only_sent:
            self.statuses.plan_delivery(sent, person)


def _contact(outgoing: Outgoing, target: Target) -> dict[str, Any]:
    if target.to_phone:
        return {"input": outgoing.to, "wa_id": target.addressed}
    return {"input": outgoing.recipient, "user_id": target.addressed}


def shown_text(kind: str, body: Any) -> str:
    """The words a person reads in a message of this kind."""
    match kind:
        case "text":
            return str(body["body"])
        case "interactive":
            return str(body["body"]["text"]) if "body" in body else ""
        case "reaction":
            return str(body["emoji"])
        case "contacts":
            return ", ".join(card["name"]["formatted_name"] for card in body)
        case "location":
            return str(body.get("name", ""))
        case _:
            return str(body.get("caption", ""))


def offered_buttons(kind: str, body: Payload) -> tuple[Button, ...]:
    """What a person may tap on an interactive message: its reply buttons, or the rows of its
    list.
    """
    if kind != "interactive":
        return ()
    if body["type"] == "button":
        replies = (button["reply"] for button in body["action"]["buttons"])
        return tuple(Button("reply", reply["title"], reply["id"]) for reply in replies)
    if body["type"] == "list":
        rows = (row for section in body["action"]["sections"] for row in section["rows"])
        return tuple(Button("row", row["title"], row["id"]) for row in rows)
    return ()
