"""Triggers tried out: what they would send, and one of it sent to whoever asks."""

import time
from collections.abc import Mapping
from functools import partial
from typing import Final, assert_never

import trio
from attrs import evolve, frozen
from sqlalchemy import Connection

from kaisa_relay.domain.engagement.actions import Action, Email, Sms, Webhook, kind_of
from kaisa_relay.domain.engagement.conditions import holds
from kaisa_relay.domain.engagement.ids import CHANNEL_LANE, DELIVERY, EndpointId, TriggerId
from kaisa_relay.domain.engagement.trigger import Trigger, endpoints
from kaisa_relay.domain.engagement.wording import Wording
from kaisa_relay.domain.ids import WorkspaceId, to_text
from kaisa_relay.engagement import endpoint_rows, trigger_rows
from kaisa_relay.engagement.content import Content, TemplateMessage, Unsendable, worded
from kaisa_relay.engagement.endpoint_rows import Cipher, Target, channel_lane
from kaisa_relay.engagement.examples import example
from kaisa_relay.engagement.lane import Tools
from kaisa_relay.engagement.mailing import Mail
from kaisa_relay.engagement.scenes import Scenery, Set
from kaisa_relay.engagement.texting import TextMessage
from kaisa_relay.engagement.trying import tried_once
from kaisa_relay.engagement.unsubscribing import Unsubscribing
from kaisa_relay.ports.engagement import AttemptView, BadEndpoint, NoSuchEndpoint
from kaisa_relay.ports.rehearsing import Preview, Rehearsed, Scene, Trial

BUDGET: Final = 2.0
"""Seconds that a preview may take to write; what is left then stays unwritten."""


@frozen
class Rehearsal:
    """Tries triggers out."""

    tools: Tools
    cipher: Cipher

    async def preview(
        self, workspace: WorkspaceId, definition: Trigger, scene: Scene
    ) -> Preview | NoSuchEndpoint | None:
        """Return what a trigger would send; None when there is no such conversation."""
        found = await self._targets(workspace, definition)
        if isinstance(found, NoSuchEndpoint):
            return found
        known = await self._set(workspace, definition, scene)
        if known is None:
            return None
        stage = _Stage(found, known, self.tools.unsubscribing)
        rehearse = partial(_rehearsed, definition, stage)
        actions = await trio.to_thread.run_sync(rehearse)
        return Preview(known.known["event"], holds(definition.when, known.known), actions)

    async def send(
        self, workspace: WorkspaceId, trigger: TriggerId, trial: Trial
    ) -> AttemptView | BadEndpoint | None:
        """Send one action to somebody else, once; None when there is no such trigger."""
        view = await self.tools.store.browse(partial(trigger_rows.view, of=workspace, id=trigger))
        if view is None:
            return None
        action = _action(view.definition, trial)
        if isinstance(action, BadEndpoint):
            return action
        target = (await self._read(workspace, {action.endpoint}))[action.endpoint]
        at, id = self.tools.wall(), to_text(DELIVERY, self.tools.store.new_id())
        content: Content | Unsendable | BadEndpoint
        content = example(target, id, at, trial.to)  # which says what is wrong with `to`
        if isinstance(action, Email | Sms) and not isinstance(content, BadEndpoint):
            known = await self._set(workspace, view.definition, trial.scene)
            if known is None:
                return BadEndpoint("conversation", "is none of this workspace's")
            meant = _to(action, trial.to or "")
            content = await trio.to_thread.run_sync(
                worded, meant, target, known.written, self.tools.unsubscribing
            )
        match content:
            case BadEndpoint():
                return content
            case Unsendable(why):
                return AttemptView(1, at, 0, None, why, None)
            case TemplateMessage():
                raise AssertionError("only a visitor gets a template")
            case _:
                return await tried_once(self.tools, target, content, id)

    async def _set(self, workspace: WorkspaceId, definition: Trigger, scene: Scene) -> Set | None:
        scenery = Scenery(self.tools.store, self.tools.archive)
        return await scenery.set(workspace, scene, definition.on, self.tools.wall())

    async def _targets(
        self, workspace: WorkspaceId, definition: Trigger
    ) -> Mapping[EndpointId, Target] | NoSuchEndpoint:
        wanted = endpoints(definition)
        found = await self._read(workspace, {id for id, _ in wanted})
        missing = tuple(
            (id, kind)
            for id, kind in sorted(wanted)
            if id not in found or found[id].kind is not kind
        )
        return NoSuchEndpoint(missing) if missing else found

    async def _read(
        self, workspace: WorkspaceId, wanted: set[EndpointId]
    ) -> dict[EndpointId, Target]:
        now = self.tools.wall()

        def read(connection: Connection) -> dict[EndpointId, Target]:
            each = partial(endpoint_rows.target, connection, workspace, now=now, cipher=self.cipher)
            found = {id: each(id) for id in wanted}
            there = {id: target for id, target in found.items() if target is not None}
            return {CHANNEL_LANE: channel_lane(workspace), **there}

        return await self.tools.store.browse(read)


def _action(definition: Trigger, trial: Trial) -> Action | BadEndpoint:
    steps = definition.steps
    if not 0 <= trial.step < len(steps):
        return BadEndpoint("step", f"must be 0 to {len(steps) - 1}")
    actions = steps[trial.step].actions
    if not 0 <= trial.action < len(actions):
        return BadEndpoint("action", f"must be 0 to {len(actions) - 1}")
    return actions[trial.action]


def _to(action: Email | Sms, to: str) -> Email | Sms:
    return evolve(action, to=Wording((("", to),)))


@frozen
class _Stage:
    """What every action of a preview shares."""

    targets: Mapping[EndpointId, Target]
    known: Set
    unsubscribing: Unsubscribing


def _rehearsed(definition: Trigger, stage: _Stage) -> tuple[Rehearsed, ...]:
    until = time.perf_counter() + BUDGET
    actions = []
    for number, step in enumerate(definition.steps):
        for place, action in enumerate(step.actions):
            made = Rehearsed(number, place, step.after, kind_of(action), action.endpoint)
            if time.perf_counter() > until:
                actions.append(evolve(made, problem="was not written: the preview took too long"))
            else:
                actions.append(_one(made, action, stage))
    return tuple(actions)


def _one(made: Rehearsed, action: Action, stage: _Stage) -> Rehearsed:
    if isinstance(action, Webhook):
        return evolve(made, parts={"body": stage.known.known["event"]})
    target, written = stage.targets[action.endpoint], stage.known.written
    content = worded(action, target, written, stage.unsubscribing)
    match content:
        case Unsendable(why):
            return evolve(made, problem=why)
        case Mail(to=to, subject=subject, text=text, html=html):
            parts = {"to": to, "subject": subject, "text": text, "html": html}
            return evolve(made, parts=parts)
        case TextMessage(to, text):
            return evolve(made, parts={"to": to, "text": text})
        case TemplateMessage(_, name, language, parameters):
            told = {"template": name, "language": language, "parameters": list(parameters)}
            return evolve(made, parts=told)
        case _:
            assert_never(content)
