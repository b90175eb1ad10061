"""What the inbox tells of a channel itself, on its way to the channel's health."""

import structlog

from kaisa_relay.actors.channel.health import HealthDesk
from kaisa_relay.actors.routing.setting_aside import set_aside
from kaisa_relay.actors.workspace.suppressing import note_choice, note_refusal
from kaisa_relay.domain.channel_health import Report, limit_of
from kaisa_relay.domain.ids import CHANNEL, to_text
from kaisa_relay.domain.inbound import AccountReport, ChannelNotice, MarketingChoice
from kaisa_relay.ports import InboxItem, Outcome

logger = structlog.get_logger()


async def note_report(
    health: HealthDesk, item: InboxItem, told: ChannelNotice | AccountReport | MarketingChoice
) -> None:
    """Note what Meta reports; the row is decided with it."""
    context = health.context
    if isinstance(told, MarketingChoice):
        await note_choice(context, item, told)
        return
    channel = context.accounts.channel(item.workspace, item.channel)
    if isinstance(told, ChannelNotice):
        logger.warning("channel notice", channel=to_text(CHANNEL, item.channel), code=told.code)
        report: Report | None = limit_of(told.code, context.wall())
    else:
        report = told.report
    if channel is None or report is None:
        await set_aside(context, item)
    else:
        await health.take(channel, report, item.id)


async def note_failure(health: HealthDesk, item: InboxItem, outcome: Outcome) -> None:
    """Note what a failed send says beyond itself: of the number that sent it, or of its receiver.

    Its conversation hears of the failure itself.
    """
    await note_refusal(health.context, item, outcome)
    limit = limit_of(outcome.code, health.context.wall())
    channel = health.context.accounts.channel(item.workspace, item.channel)
    if limit is not None and channel is not None:
        await health.take(channel, limit)
