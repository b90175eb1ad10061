"""Conversations and messages as the API shows them."""

from datetime import datetime
from typing import Final

from msgspec import UNSET, Raw, UnsetType

from kaisa_relay.api.conversations.choice_shapes import ChoiceAnswer, OfferAnswer, RequesterAnswer
from kaisa_relay.api.conversations.file_shapes import file_answer
from kaisa_relay.api.dependencies import Channels
from kaisa_relay.api.qr import QrCodes
from kaisa_relay.api.shapes import (
    ChannelAnswer,
    ConversationAnswer,
    EventAnswer,
    MessageAnswer,
    MessageError,
    PersonAnswer,
    Qr,
    TemplateAnswer,
)
from kaisa_relay.domain.channel import WINDOW
from kaisa_relay.domain.content import ButtonTap, Choice, Content, Edit, Media, Reaction, Text
from kaisa_relay.domain.conversation.choices import OfferMade
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import (
    CHANNEL,
    CONTACT,
    CONVERSATION,
    MESSAGE,
    ChannelId,
    ConversationId,
    WorkspaceId,
    to_text,
)
from kaisa_relay.domain.money import read_money
from kaisa_relay.domain.outgoing import Buttons, Labelled, Outgoing, Template
from kaisa_relay.domain.public_events import cloud_event
from kaisa_relay.domain.requester import PREFIXES
from kaisa_relay.ports.boards import ChoicesView
from kaisa_relay.ports.faces import (
    ConversationView,
    FormPerson,
    MessageView,
    PersonView,
    Reservation,
)
from kaisa_relay.ports.journal import Recorded

_ERASED: Final = b"null"


class Rendering:
    """Puts beside a conversation what is not in its row: the channel's number and the codes."""

    def __init__(self, channels: Channels, codes: QrCodes) -> None:
        self._channels = channels
        self._codes = codes

    async def reservation(self, made: Reservation, drawn: bool) -> ConversationAnswer:
        """Return the answer to a creation; a repeated request gets the same bytes."""
        return ConversationAnswer(
            id=to_text(CONVERSATION, made.conversation),
            status=Phase.RESERVED,
            reason=None,
            outcome=None,
            note=None,
            value=None,
            currency=None,
            url=made.url,
            qr=await self._codes.data_uris(made.url) if drawn else UNSET,
            channel=ChannelAnswer(to_text(CHANNEL, made.channel), made.channel_phone),
            form=_person(made.visitor),
            visitor=_person(made.visitor),
            agent=_person(made.agent),
            metadata=Raw(made.metadata or _ERASED),
            created_at=made.created_at,
            started_at=None,
            accepted_at=None,
            ended_at=None,
            expires_at=made.expires_at,
            visitor_window_closes_at=None,
            agent_window_closes_at=None,
        )

    async def conversation(
        self, workspace: WorkspaceId, seen: ConversationView, drawn: bool
    ) -> ConversationAnswer:
        """Return a conversation as it is now."""
        worth = read_money(seen.note or "")
        return ConversationAnswer(
            id=to_text(CONVERSATION, seen.id),
            status=seen.phase,
            reason=seen.reason,
            outcome=seen.outcome,
            note=seen.note,
            value=worth.number if worth else None,
            currency=worth.currency if worth else None,
            url=seen.url,
            qr=await self._qr(seen.url) if drawn else UNSET,
            channel=self._channel(workspace, seen.channel),
            form=_person(seen.form),
            visitor=_person(seen.visitor),
            agent=_person(seen.agent) if seen.agent else None,
            metadata=Raw(seen.metadata or _ERASED),
            created_at=seen.created_at,
            started_at=seen.started_at,
            accepted_at=seen.accepted_at,
            ended_at=seen.ended_at,
            expires_at=seen.expires_at,
            visitor_window_closes_at=_closes(seen.visitor_wrote_at),
            agent_window_closes_at=_closes(seen.agent_wrote_at),
        )

    async def _qr(self, url: str | None) -> Qr | None:
        return await self._codes.data_uris(url) if url else None

    def _channel(self, workspace: WorkspaceId, id: ChannelId) -> ChannelAnswer:
        channel = self._channels.channel(workspace, id)
        return ChannelAnswer(to_text(CHANNEL, id), channel.phone if channel else None)


def message_answer(seen: MessageView) -> MessageAnswer:
    """Return one message; what has no text shows none, and an erased text is null."""
    return MessageAnswer(
        id=to_text(MESSAGE, seen.id),
        author=seen.author,
        type=seen.kind,
        text=_text(seen.content, seen.kind),
        received_at=seen.received_at,
        status=seen.status,
        to=seen.to.value if seen.to else UNSET,
        error=MessageError(seen.error_code) if seen.error_code is not None else UNSET,
        file=file_answer(seen.content, seen.file) if isinstance(seen.content, Media) else UNSET,
        template=_template(seen.content),
    )


def event_answer(conversation: ConversationId, recorded: Recorded) -> EventAnswer:
    """Return one event of this conversation; its id is unique in the workspace."""
    told = cloud_event(recorded.workspace, recorded.seq, conversation, recorded.event)
    return EventAnswer(**told)


def choice_answer(seen: ChoicesView) -> ChoiceAnswer:
    """Return why a conversation has its channel and its agents."""
    chosen = seen.choices
    offers = [_offer(each, seen.people[each.agent].name) for each in chosen.offers]
    return ChoiceAnswer(chosen.strategy, chosen.channel, chosen.among or None, offers)


def _offer(made: OfferMade, name: str | None) -> OfferAnswer:
    by = made.by
    return OfferAnswer(
        number=made.number,
        agent=to_text(CONTACT, made.agent),
        name=name,
        reason=made.why,
        among=made.among or None,
        transfer=made.transfer,
        by=RequesterAnswer(by.kind.value, to_text(PREFIXES[by.kind], by.id)) if by else UNSET,
        offered_at=made.at,
        outcome=made.end,
        ended_at=made.ended_at,
        code=made.code if made.code is not None else UNSET,
    )


def _person(person: PersonView | FormPerson) -> PersonAnswer:
    return PersonAnswer(person.name, person.phone)


def _template(content: Content | Outgoing | None) -> TemplateAnswer | UnsetType:
    if not isinstance(content, Template):
        return UNSET
    return TemplateAnswer(
        name=content.name, language=content.language, parameters=list(content.parameters)
    )


def _text(content: Content | Outgoing | None, kind: str) -> str | UnsetType | None:
    match content:
        case None:
            return None if kind in ("text", "note") else UNSET
        case (
            Text(body=text)
            | Labelled(body=text)
            | Buttons(body=text)
            | ButtonTap(text=text)
            | Choice(title=text)
        ):
            return text
        case Media(caption=str(text)) | Reaction(emoji=str(text)):
            return text
        case Edit(content=newer):
            return _text(newer, kind)
        case _:
            return UNSET


def _closes(wrote_at: datetime | None) -> datetime | None:
    return None if wrote_at is None else wrote_at + WINDOW
