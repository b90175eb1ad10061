"""What happens to a send: whether Meta takes it, and what reaches the person's phone."""

from datetime import datetime
from typing import Any

from attrs import frozen

from ..config import ChannelConfig
from ..errors import GraphError
from ..faults import Faults
from ..media.store import Medium
from ..people.chat import BUSINESS, Bubble
from ..people.person import Arrival, Person
from ..templates.rendering import Rendered, render
from ..webhooks.statuses import Statuses
from ..world import Sent, World
from .limits import PAIR_LIMIT, throughput_limit
from .outgoing import Outgoing
from .refusals import Attempt, Refusals
from .showing import offered_buttons, shown_text
from .targets import Target, Targets

Attached = Medium | GraphError | None


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


class Sending:
    """Accepts or refuses sends and starts their statuses."""

    def __init__(self, world: World, statuses: Statuses, faults: Faults) -> None:
        self.world = world
        self.statuses = statuses
        self.faults = faults
        self._targets = Targets(world, faults)
        self._refusals = Refusals(world)

    def accept(
        self, channel: ChannelConfig, outgoing: Outgoing, attached: Attached = None
    ) -> Accepted | GraphError:
        """Take a send, or say why not; a refusal that Meta reports later is a send that fails."""
        target = self._targets.of(channel, outgoing)
        if isinstance(target, GraphError):
            return target
        rendered = self._rendered(channel, outgoing)
        if isinstance(rendered, GraphError):
            return rendered
        attempt = Attempt(channel, outgoing, target, rendered, attached)
        refusal = self._refusals.first(attempt)
        if refusal is not None and not self._reported_later(refusal):
            return refusal
        limited = self._take_quota(channel, target)
        if limited is not None:
            return limited
        sent = self._book(attempt)
        failure = refusal or self._wanted_failure(attempt)
        if failure is not None:
            self.statuses.plan_failed(sent, failure)
        elif not target.silent:
            self._deliver(sent, attempt)
        status = "accepted" if rendered is not None else None
        return Accepted(sent, target.contact(outgoing), status)

    def _rendered(self, channel: ChannelConfig, outgoing: Outgoing) -> Rendered | GraphError | None:
        if outgoing.kind != "template":
            return None
        body = outgoing.body
        template = self.world.templates.find(channel.waba, body["name"], body["language"]["code"])
        return render(template, body)

    def _reported_later(self, refusal: GraphError) -> bool:
        switches = self.faults.switches
        modes = {
            131026: switches.unknown_refusal,
            131047: switches.window_refusal,
            131053: switches.media_refusal,
        }
        return modes.get(refusal.code) == "async"

    def _wanted_failure(self, attempt: Attempt) -> GraphError | None:
        about = (attempt.channel.phone_number_id, attempt.target.addressed)
        knob = self.faults.strikes("fail_send", *about)
        return GraphError(knob.code, "Simulated failure") if knob is not None else None

    def _take_quota(self, channel: ChannelConfig, target: Target) -> GraphError | None:
        now, meters = self.world.clock.time(), self.world.meters
        about = (channel.phone_number_id, target.addressed)
        through = throughput_limit(channel.throughput).due(
            meters.channels.get(channel.phone_number_id), now
        )
        if through is None or self.faults.strikes("throughput", *about) is not None:
            return GraphError(130429, "Too many messages from this number in a short time")
        pair = (channel.phone_number_id, target.number)
        due = PAIR_LIMIT.due(meters.pairs.get(pair), now)
        if due is None or self.faults.strikes("pair_limit", *about) is not None:
            return GraphError(
                131056, "Too many messages from this number to this recipient in a short time"
            )
        meters.channels[channel.phone_number_id] = through
        meters.pairs[pair] = due
        return None

    def _book(self, attempt: Attempt) -> Sent:
        channel, outgoing, target = attempt.channel, attempt.outgoing, attempt.target
        sent = Sent(
            wamid=self.world.new_wamid(target.number),
            channel=channel.phone_number_id,
            person=target.person,
            addressed=target.addressed,
            to_phone=target.to_phone,
            kind=outgoing.kind,
            category=attempt.category,
            opaque=outgoing.opaque,
            at=self.world.clock.time(),
            voice=outgoing.kind == "audio" and bool(outgoing.body.get("voice")),
        )
        self.world.sent[sent.wamid] = sent
        if target.to_phone and target.person is not None:
            self.world.shared[channel.phone_number_id, target.person.wa_id] = sent.at
        return sent

    def _deliver(self, sent: Sent, attempt: Attempt) -> None:
        self.statuses.plan_sent(sent)
        person = sent.person
        if person is None or sent.channel in person.blocked:
            return
        arrival = _arrival(sent, attempt, self.world.clock.now())
        if person.online:
            self.hand_over(person, arrival)
        else:
            person.undelivered.append(arrival)

    def hand_over(self, person: Person, arrival: Arrival) -> None:
        """Put a message onto a phone that is online and plan the statuses of that."""
        person.receive(arrival)
        chat = self.world.chats.of(arrival.channel, person.wa_id)
        if arrival.kind == "reaction":
            target, emoji = arrival.body["message_id"], arrival.body["emoji"]
            chat.react(target, BUSINESS, emoji)
            self.world.feed.tell(
                "reaction", person.wa_id, arrival.channel, wamid=target, by=BUSINESS, emoji=emoji
            )
            return
        chat.typing_until = 0.0
        chat.bubbles[arrival.wamid] = _bubble(arrival)
        self.world.feed.tell(
            "message", person.wa_id, arrival.channel, wamid=arrival.wamid, by=BUSINESS
        )
        sent = self.world.sent.get(arrival.wamid)
        if sent is not None:
            self.statuses.plan_delivery(sent, person)


def _arrival(sent: Sent, attempt: Attempt, at: datetime) -> Arrival:
    outgoing, rendered, attached = attempt.outgoing, attempt.rendered, attempt.attached
    kind, body = outgoing.kind, outgoing.body
    return Arrival(
        wamid=sent.wamid,
        channel=sent.channel,
        kind=kind,
        body=body,
        text=rendered.text if rendered is not None else shown_text(kind, body),
        buttons=rendered.buttons if rendered is not None else offered_buttons(kind, body),
        at=at,
        template=(rendered.name, rendered.language) if rendered is not None else None,
        quoted=outgoing.quoted,
        medium=attached.id if isinstance(attached, Medium) else None,
    )


def _bubble(arrival: Arrival) -> Bubble:
    return Bubble(
        wamid=arrival.wamid,
        writer=BUSINESS,
        kind=arrival.kind,
        body=arrival.body,
        text=arrival.text,
        at=arrival.at,
        # A template shows no quote, whatever it answers.
        quoted=arrival.quoted if arrival.kind != "template" else None,
        buttons=arrival.buttons,
        template=arrival.template[0] if arrival.template is not None else None,
        medium=arrival.medium,
    )
