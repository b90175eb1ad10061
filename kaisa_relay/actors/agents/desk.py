"""The team's word about an agent: pause and resume, told to them where WhatsApp lets us.

Rule 1: whoever loses the race for the agent's stream reads again (decision 0020).
"""

from functools import partial

from kaisa_relay.actors.agents.chats import Chats, chats_of, told
from kaisa_relay.actors.agents.presence import Said, notice, presence_append, sending, tell_pool
from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain import presence
from kaisa_relay.domain.channel import window_open
from kaisa_relay.domain.durations import write_duration
from kaisa_relay.domain.ids import ContactId, WorkspaceId
from kaisa_relay.domain.presence import TeamPauses, TeamResumes, TeamWish
from kaisa_relay.domain.texts import TextKey
from kaisa_relay.ports import NotFound, Send


async def wish(
    context: Context, workspace: WorkspaceId, contact: ContactId, wanted: TeamWish
) -> NotFound | None:
    """Have an agent rest, or be asked again; None when that is so. Raises `StoreUnavailable`."""
    while True:
        agents = await context.at_once(partial(context.directory.agents, workspace, [contact]))
        agent = agents.get(contact)
        if agent is None:
            return NotFound()
        events = presence.obey_team(agent, wanted, context.wall())
        if not events:
            return None
        said = _said(wanted, await chats_of(context, workspace, contact))
        send = await tell_where_they_wrote(context, workspace, contact, said)
        hears = await told(context, workspace, contact, events)
        changes = (*hears, *sending(send)) if send is not None else hears
        append = presence_append(workspace, agent, events, changes)
        if await context.at_once(partial(context.journal.append, append)) is None:
            break
    if send is not None:
        context.exchange.ring((send,))
    tell_pool(context, workspace, contact)
    return None


async def tell_where_they_wrote(
    context: Context, workspace: WorkspaceId, contact: ContactId, said: Said
) -> Send | None:
    """Return a text for where an agent wrote last; None where WhatsApp would not take it."""
    directory, at = context.directory, context.wall()
    pairs = await context.patiently(partial(directory.pairs, workspace, [contact]))
    open_now = [pair for pair in pairs if window_open(pair.inbound_at, at)]
    people = await context.patiently(partial(directory.people, workspace, [contact]))
    if not open_now or contact not in people:
        return None
    latest = max(open_now, key=lambda pair: (pair.inbound_at, pair.channel))
    return notice(context, workspace, latest.channel, people[contact], said)


def _said(wanted: TeamWish, chats: Chats) -> Said:
    match wanted:
        case TeamPauses(time=None):
            return Said(TextKey.OFF_BY_TEAM, {}, chats)
        case TeamPauses(time=time):
            assert time is not None
            return Said(TextKey.PAUSED_BY_TEAM, {"time": write_duration(time)}, chats)
        case TeamResumes():
            return Said(TextKey.ON_BY_TEAM, {})
