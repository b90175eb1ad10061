"""What a delivery takes along: made when it is sent, from its event and its trigger's words.

Rule 1: a webhook takes the event; anything else takes words, which are stored nowhere.
Rule 2: what cannot be made, now or later, ends its delivery with a reason.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, assert_never

import msgspec
import trio
from attrs import evolve, field, frozen

from kaisa_relay.domain.engagement.actions import (
    Action,
    Email,
    Sms,
    Webhook,
    WhatsAppTemplate,
    Worded,
)
from kaisa_relay.domain.engagement.mail_address import read_mail_address, read_mailbox
from kaisa_relay.domain.engagement.quota import Quotas, until_tomorrow
from kaisa_relay.domain.engagement.sms import LONGEST_TEXT
from kaisa_relay.domain.engagement.suppression import (
    SUPPRESSED,
    Address,
    Way,
    read_address,
)
from kaisa_relay.domain.engagement.wording import LANGUAGE, Wording
from kaisa_relay.domain.ids import ConversationId, WorkspaceId
from kaisa_relay.domain.phone import BadPhone, parse
from kaisa_relay.domain.public_events import cloud_event
from kaisa_relay.domain.templates import LONGEST_BODY, clean_parameter
from kaisa_relay.engagement import quota_rows, suppression_rows
from kaisa_relay.engagement.bodies import write
from kaisa_relay.engagement.body_bounds import BadBody
from kaisa_relay.engagement.endpoint_rows import Target
from kaisa_relay.engagement.facts import language_of, telling, view_of
from kaisa_relay.engagement.leading_back import LeadingBack, NoLink
from kaisa_relay.engagement.mailing import Mail
from kaisa_relay.engagement.texting import TextMessage
from kaisa_relay.engagement.trigger_rows import Place
from kaisa_relay.engagement.unsubscribing import Unsubscribing
from kaisa_relay.ports import Archive, Recorded
from kaisa_relay.store import Store


@frozen
class Posted:
    """A body that is posted as it is."""

    body: bytes = field(repr=False)


@frozen
class TemplateMessage:
    """A template with its parameters, for a conversation's visitor."""

    conversation: ConversationId
    name: str
    language: str
    parameters: tuple[str, ...] = field(repr=False)


Outward = Posted | Mail | TextMessage
"""What leaves for somebody's server."""
Content = Outward | TemplateMessage


@frozen
class Unsendable:
    """There is nothing to send; `why` goes into the log. `unwanted` is no failure.

    `later` says that there may be something at another try.
    """

    why: str
    unwanted: bool = False
    later: bool = False
    after: timedelta | None = None
    """Not before so long, where it may be later."""


@frozen
class Composer:
    """Makes contents."""

    store: Store
    archive: Archive
    unsubscribing: Unsubscribing
    leading_back: LeadingBack
    quotas: Quotas
    at: datetime

    async def compose(
        self, action: Action, place: Place, target: Target, recorded: Recorded
    ) -> Content | Unsendable:
        """Return what an action sends because of an event. Raises `StoreUnavailable`."""
        if isinstance(action, Webhook):
            return Posted(posted(recorded))
        view = await view_of(self.archive, recorded)
        language = None
        if view is not None:
            of, who = recorded.workspace, view.form.contact
            language = await self.store.browse(partial(language_of, of=of, who=who))
        led = await self.leading_back.facts(action, place, recorded)
        if isinstance(led, NoLink):
            return Unsendable(led.why, later=led.later)
        told = {**telling(recorded, view, language), **led}
        written = Written(language, told, None if view is None else view.id)
        content = await trio.to_thread.run_sync(worded, action, target, written, self.unsubscribing)
        address = _address(content)
        refused = await self._refused(recorded.workspace, address) if address else None
        return refused or content

    async def _refused(self, of: WorkspaceId, address: Address) -> Unsendable | None:
        """Say why nobody is written to there now."""
        holds = partial(suppression_rows.holds, concealing=self.store.concealing)
        if await self.store.browse(partial(holds, of=of, address=address)):
            return Unsendable(SUPPRESSED, unwanted=True)
        way = address.way
        left = partial(quota_rows.left_today, of=of, way=way, at=self.at)
        if await self.store.browse(left) < self.quotas.per_day(way):
            return None
        why, after = self.quotas.used_up(way), until_tomorrow(self.at)
        return Unsendable(why, later=True, after=after)


@frozen
class Written:
    """How an action's words are written: in whose language, with which facts."""

    language: str | None
    told: Mapping[str, Any] = field(repr=False)
    conversation: ConversationId | None = None

    def of(self, name: str, wording: Wording, html: bool = False) -> str:
        """Return the words of one member. Raises `BadBody`, with its name."""
        try:
            return write(wording.of(self.language), self.told, html)
        except BadBody as bad:
            raise BadBody(f"`{name}` {bad.reason}") from None


def worded(
    action: Worded,
    target: Target,
    written: Written,
    unsubscribing: Unsubscribing,
) -> Mail | TextMessage | TemplateMessage | Unsendable:
    """Return what an action sends, in words."""
    try:
        match action:
            case Email():
                return _mail(action, target, written, unsubscribing)
            case Sms():
                return _text_message(action, written)
            case WhatsAppTemplate():
                return _template(action, written)
            case _:
                assert_never(action)
    except BadBody as bad:
        return Unsendable(bad.reason)


def _mail(
    action: Email, target: Target, written: Written, unsubscribing: Unsubscribing
) -> Mail | Unsendable:
    to = read_mail_address(written.of("to", action.to))
    if to is None:
        return Unsendable("`to` gave no e-mail address")
    link = unsubscribing.link(target.workspace, to)
    written = evolve(written, told={**written.told, "unsubscribe_url": link})
    return Mail(
        sender_of(target),
        to,
        written.of("subject", action.subject),
        written.of("text", action.text),
        None if action.html is None else written.of("html", action.html, html=True),
        link,
    )


def _text_message(action: Sms, written: Written) -> TextMessage | Unsendable:
    to = parse(written.of("to", action.to), None)
    if isinstance(to, BadPhone):
        return Unsendable("`to` gave no phone number with a country code, such as +46")
    text = written.of("text", action.text).strip()
    if not 1 <= len(text) <= LONGEST_TEXT:
        return Unsendable(f"`text` has {len(text)} characters, not 1 to {LONGEST_TEXT}")
    return TextMessage(to, text)


def _template(action: WhatsAppTemplate, written: Written) -> TemplateMessage | Unsendable:
    if written.conversation is None:
        return Unsendable("the event is of no conversation, so there is nobody to write to")
    language = written.of("language", action.language).strip()
    if not LANGUAGE.fullmatch(language):
        return Unsendable("`language` gave no language of a template, such as sv or pt_BR")
    parameters = tuple(
        clean_parameter(written.of(f"parameters[{n}]", each))
        for n, each in enumerate(action.parameters)
    )
    long = sum(map(len, parameters))
    if long > LONGEST_BODY:
        most = f"a template's whole body has at most {LONGEST_BODY}"
        return Unsendable(f"`parameters` have {long} characters together, and {most}")
    return TemplateMessage(written.conversation, action.name, language, parameters)


def way_of(content: Content) -> Way | None:
    """Return by which way something reaches a person; None where it reaches a server."""
    match content:
        case Mail():
            return Way.EMAIL
        case TextMessage():
            return Way.SMS
        case TemplateMessage():
            return Way.WHATSAPP
        case Posted():
            return None
        case _:
            assert_never(content)


def _address(content: Content | Unsendable) -> Address | None:
    """Return where something goes to somebody who may not want it."""
    match content:
        case Mail(to=to):
            return _read(Way.EMAIL, to)
        case TextMessage(to=to):
            return _read(Way.SMS, to)
        case Posted() | TemplateMessage() | Unsendable():
            return None
        case _:
            assert_never(content)


def _read(way: Way, text: str) -> Address:
    address = read_address(way, text)
    assert isinstance(address, Address), way
    return address


def sender_of(target: Target) -> tuple[str, str]:
    """Return name and address of who sends mails here."""
    sender = read_mailbox(target.options.sender or "")
    assert sender is not None, "an endpoint for mails has a sender"
    return sender


def posted(recorded: Recorded) -> bytes:
    """Return an event as webhooks have it."""
    return msgspec.json.encode(
        cloud_event(recorded.workspace, recorded.seq, recorded.conversation, recorded.event)
    )
