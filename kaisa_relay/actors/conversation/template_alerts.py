"""Says that WhatsApp refuses a template, at the first send that shows it, and counts the others.

Rule 1: an alert changes nothing: the send has failed, and what it was for goes on without it.
"""

from collections.abc import Iterable
from typing import Final

import structlog
import trio

from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.messages import Event, OfferFailed, ReopenFailed
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import CHANNEL, ContactId, to_text
from kaisa_relay.domain.template_refusals import TEMPLATE_ADVICE
from kaisa_relay.domain.templates import TemplateKey
from kaisa_relay.domain.texts import language_of

logger = structlog.get_logger()

AGAIN: Final = 3600.0
"""Seconds after which the same is said once more."""


def alert_templates(context: Context, state: State, events: Iterable[Event]) -> None:
    """Look among what was just committed for a template that WhatsApp refused for its own sake."""
    for event in events:
        match event:
            case OfferFailed(agent=agent, code=int(code)) if code in TEMPLATE_ADVICE:
                name = context.accounts.workspace(state.workspace).offer_template
                _alert(context, state, name, agent, code)
            case ReopenFailed(side=Side.AGENT, code=int(code)) if code in TEMPLATE_ADVICE:
                who = state.agent if state.agent is not None else state.visitor
                _alert(context, state, TemplateKey.REOPEN_AGENT.value, who, code)
            case ReopenFailed(code=int(code)) if code in TEMPLATE_ADVICE:
                _alert(context, state, TemplateKey.REOPEN_VISITOR.value, state.visitor, code)


def _alert(context: Context, state: State, template: str, to: ContactId, code: int) -> None:
    context.meter.template_refused(code)
    language, now = language_of(state.language_of(to)), trio.current_time()
    what = (state.channel, template, language, code)
    said_at = context.refused_templates.get(what)
    if said_at is not None and now < said_at + AGAIN:
        return
    context.refused_templates.put(what, now)
    logger.error(
        "template refused",
        channel=to_text(CHANNEL, state.channel),
        template=template,
        language=language,
        code=code,
        advice=TEMPLATE_ADVICE[code],
    )
