"""What a delivery takes along: made when it is sent, from its event and its trigger's words.

Rule 1: a webhook takes the event; anything else takes words, which are stored nowhere.
Rule 2: what cannot be made, now or later, ends its delivery with a reason.
"""

from functools import partial
from typing import assert_never

import msgspec
from attrs import field, frozen

from kaisa_relay.domain.engagement.actions import Action, Email, Webhook
from kaisa_relay.domain.engagement.mail_address import read_mail_address, read_mailbox
from kaisa_relay.domain.engagement.wording import Wording
from kaisa_relay.domain.public_events import cloud_event
from kaisa_relay.engagement.bodies import BadBody, write
from kaisa_relay.engagement.endpoint_rows import Target
from kaisa_relay.engagement.facts import language_of, telling, view_of
from kaisa_relay.engagement.mailing import Mail
from kaisa_relay.ports import Archive, Recorded
from kaisa_relay.store import Store


@frozen
class Posted:
    """A body that is posted as it is."""

    body: bytes = field(repr=False)


Content = Posted | Mail


@frozen
class Unsendable:
    """There is nothing that could be sent; `why` goes into the log."""

    why: str


@frozen
class Composer:
    """Makes contents."""

    store: Store
    archive: Archive

    async def compose(
        self, action: Action, target: Target, recorded: Recorded
    ) -> Content | Unsendable:
        """Return what an action sends because of an event. Raises `StoreUnavailable`."""
        match action:
            case Webhook():
                return Posted(posted(recorded))
            case Email():
                return await self._mail(action, target, recorded)
            case _:
                assert_never(action)

    async def _mail(self, action: Email, target: Target, recorded: Recorded) -> Mail | Unsendable:
        view = await view_of(self.archive, recorded)
        language = None
        if view is not None:
            of, who = recorded.workspace, view.form.contact
            language = await self.store.browse(partial(language_of, of=of, who=who))
        told = telling(recorded, view, language)

        def written(name: str, wording: Wording, html: bool = False) -> str:
            try:
                return write(wording.of(language), told, html)
            except BadBody as bad:
                raise BadBody(f"`{name}` {bad.reason}") from None

        try:
            to = read_mail_address(written("to", action.to))
            if to is None:
                return Unsendable("`to` gave no e-mail address")
            return Mail(
                sender_of(target),
                to,
                written("subject", action.subject),
                written("text", action.text),
                None if action.html is None else written("html", action.html, html=True),
            )
        except BadBody as bad:
            return Unsendable(bad.reason)


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
