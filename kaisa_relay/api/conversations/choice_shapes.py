"""Why this channel and why these agents, as it travels."""

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType

from kaisa_relay.domain.conversation.choices import OfferEnd
from kaisa_relay.domain.conversation.terms import AgentReason, ChannelReason, Strategy


class RequesterAnswer(Struct, frozen=True):
    """Who asked for it from outside: `key` (an API key) or `user` (a supervisor), with its id."""

    kind: str
    id: str


class OfferAnswer(Struct, frozen=True, kw_only=True):
    """An offer to an agent. `reason` says why it was them, `among` of how many who were free;
    `transfer` is an offer to take a live conversation over. `code` is WhatsApp's, where it failed.
    """

    number: int
    agent: str
    name: str | None
    reason: AgentReason | None
    among: int | None
    transfer: bool
    by: RequesterAnswer | UnsetType = UNSET
    offered_at: datetime
    outcome: OfferEnd
    ended_at: datetime | None
    code: int | UnsetType = UNSET


class ChoiceAnswer(Struct, frozen=True):
    """Why it is this channel (`reason`, of how many that could have taken it) and, by offer, why
    these agents were asked. Null where an older version of the service did not keep it."""

    strategy: Strategy
    channel: ChannelReason | None
    channels: int | None
    offers: list[OfferAnswer]
