"""Triggers tried out before anybody else gets anything.

Rule 1: a preview sends nothing; a test goes to its caller's own address.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from attrs import field, frozen

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.ids import EndpointId
from kaisa_relay.domain.ids import ConversationId


@frozen
class Scene:
    """What a trigger is tried out on: a conversation of the workspace, or else an example.

    An example's visitor came with this `metadata`; `language` is whose words are wanted.
    """

    conversation: ConversationId | None = None
    metadata: Mapping[str, Any] = field(factory=dict, repr=False)
    language: str | None = None


@frozen
class Rehearsed:
    """What one action would send, by the names of its members, or the `problem` with it."""

    step: int
    action: int
    after: timedelta
    kind: Kind
    endpoint: EndpointId
    parts: Mapping[str, Any] = field(factory=dict, repr=False)
    problem: str | None = None


@frozen
class Preview:
    """What a trigger would do because of this event, if it `starts` it at all."""

    event: Mapping[str, Any]
    starts: bool
    actions: tuple[Rehearsed, ...]


@frozen
class Trial:
    """One action of a trigger, sent once to somebody else than it says."""

    step: int = 0
    action: int = 0
    to: str | None = field(default=None, repr=False)
    scene: Scene = field(factory=Scene)
