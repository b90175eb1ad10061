"""What is learnt of who wants outreach, as events and rows of the suppression list.

Rule 1: what is known already is no news: no event, no row.
Rule 2: what others say of somebody (`HEARSAY`) never takes back what they said themselves.
"""

from functools import partial

from attrs import field, frozen

from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.conversation.events import ContactOptedIn, ContactOptedOut, Event
from kaisa_relay.domain.engagement.ids import SuppressionId
from kaisa_relay.domain.engagement.opting import Opting
from kaisa_relay.domain.engagement.suppression import (
    HEARSAY,
    STOPPED_MARKETING,
    Address,
    Source,
    alike,
    on_whatsapp,
    ways_of,
)
from kaisa_relay.domain.ids import ContactId, ConversationId, WorkspaceId
from kaisa_relay.domain.inbound import MarketingChoice
from kaisa_relay.domain.phone import candidates, from_wa_id
from kaisa_relay.ports import Append, Change, Done, InboxItem, Outcome
from kaisa_relay.ports.suppressing import Allow, Suppress


@frozen
class Stance:
    """What somebody wants of outreach at these addresses, and how we know."""

    contact: ContactId | None
    addresses: tuple[Address, ...] = field(repr=False)
    source: Source
    wish: Opting
    conversation: ConversationId | None = None


@frozen
class News:
    """What a stance changes; nothing where it was known."""

    events: tuple[Event, ...] = ()
    changes: tuple[Change, ...] = field(repr=False, default=())


async def taken(context: Context, workspace: WorkspaceId, stance: Stance) -> News:
    """Return what is new in it."""
    every = [form for each in stance.addresses for form in alike(each)]
    read = partial(context.directory.suppressed, workspace, every)
    known = await context.patiently(read)
    at = context.wall()
    if stance.wish is Opting.IN:
        hearsay = stance.source in HEARSAY
        gone = [each for each, source in known.items() if not hearsay or source in HEARSAY]
        if not gone:
            return News()
        back = ContactOptedIn(stance.contact, ways_of(gone), stance.source, at, stance.conversation)
        return News((back,), tuple(Allow(each) for each in gone))
    new = [each for each in stance.addresses if _is_news(each, stance.source, known)]
    if not new:
        return News()
    event = ContactOptedOut(stance.contact, ways_of(new), stance.source, at, stance.conversation)
    rows = (Suppress(SuppressionId(context.new_id()), each, stance.source, at) for each in new)
    return News((event,), tuple(rows))


def _is_news(address: Address, source: Source, known: dict[Address, Source]) -> bool:
    before = {known[form] for form in alike(address) if form in known}
    return not before or (source not in HEARSAY and before <= HEARSAY)


async def note_choice(context: Context, item: InboxItem, choice: MarketingChoice) -> None:
    """Note what somebody told WhatsApp; the row is decided with it."""
    sender, workspace = choice.sender, item.workspace
    phone = from_wa_id(sender.wa_id) if sender.wa_id else None
    channel = context.accounts.channel(workspace, item.channel)
    portfolio = channel.portfolio if channel is not None else ""
    find = context.directory.find
    phones = candidates(phone) if phone else ()
    found = (await context.patiently(partial(find, workspace, portfolio, sender, phones))).contacts
    contact = found[0] if len(found) == 1 else None
    addresses = on_whatsapp(phone, sender.bsuid)
    if contact is not None and phone is None:
        addresses = await _reaching(context, workspace, contact)
    wish = Opting.IN if choice.wanted else Opting.OUT
    news = await taken(context, workspace, Stance(contact, addresses, Source.PREFERENCE, wish))
    rows = (Done((item.id,)), *news.changes)
    append = Append(workspace, f"message/{item.id}", 0, news.events, rows)
    await context.patiently(partial(context.journal.append, append))


async def note_refusal(context: Context, item: InboxItem, outcome: Outcome) -> None:
    """Note that WhatsApp refused a message because its receiver stopped such messages."""
    if outcome.code == STOPPED_MARKETING:
        workspace, contact = item.workspace, outcome.contact
        addresses = await _reaching(context, workspace, contact)
        stance = Stance(contact, addresses, Source.REFUSED, Opting.OUT, outcome.conversation)
        news = await taken(context, workspace, stance)
        append = Append(workspace, f"message/{item.id}", 0, news.events, news.changes)
        await context.patiently(partial(context.journal.append, append))


async def _reaching(
    context: Context, workspace: WorkspaceId, contact: ContactId
) -> tuple[Address, ...]:
    people = partial(context.directory.people, workspace, [contact])
    person = (await context.patiently(people)).get(contact)
    return () if person is None else on_whatsapp(person.phone, person.bsuid)
