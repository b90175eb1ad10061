"""Messages and events below a conversation."""

import json
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaisa_relay.api.conversations.rendering import event_answer
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import (
    ButtonTap,
    Choice,
    Content,
    Edit,
    Location,
    Media,
    MediaKind,
    Reaction,
    Text,
)
from kaisa_relay.domain.conversation.events import (
    ConversationClosed,
    ConversationCreated,
    Event,
    MessageRelayed,
)
from kaisa_relay.domain.conversation.terms import Candidate, EndedBy, Strategy, Terms
from kaisa_relay.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    MessageId,
    SendId,
    WorkspaceId,
)
from kaisa_relay.domain.outgoing import Buttons, Outgoing, Template
from kaisa_relay.domain.public_events import TYPES, cloud_event
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.tracking import MessageStatus
from kaisa_relay.ports.faces import MessageView
from kaisa_relay.ports.journal import Recorded
from tests.api.bench import Bench
from tests.api.fakes import EPOCH, OURS

ID = "cnv_0000000000034"


def message(number: int, content: Content | Outgoing | None, kind: str = "text") -> MessageView:
    return MessageView(MessageId(number), "visitor", Side.AGENT, content, kind, EPOCH, "delivered")


async def test_a_message_shows_what_it_is_and_how_far_it_has_come(bench: Bench) -> None:
    await bench.create()
    failed = MessageView(
        MessageId(2), "system", Side.VISITOR, Text("Hej"), "text", EPOCH, "failed", 131026
    )
    held = MessageView(MessageId(3), "visitor", None, None, "image", EPOCH, "held")
    bench.rows.messages += [(4, message(1, Text("Hello"))), (6, failed), (7, held)]
    assert (await bench.get(f"/conversations/{ID}/messages")).json == {
        "items": [
            {
                "id": "msg_0000000000001",
                "from": "visitor",
                "type": "text",
                "text": "Hello",
                "received_at": "2026-11-22T08:00:00Z",
                "status": "delivered",
                "to": "agent",
            },
            {
                "id": "msg_0000000000002",
                "from": "system",
                "type": "text",
                "text": "Hej",
                "received_at": "2026-11-22T08:00:00Z",
                "status": "failed",
                "to": "visitor",
                "error": {"code": 131026},
            },
            {
                "id": "msg_0000000000003",
                "from": "visitor",
                "type": "image",
                "received_at": "2026-11-22T08:00:00Z",
                "status": "held",
            },
        ],
        "next": None,
    }


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (Buttons("Take it?", ()), "Take it?"),
        (ButtonTap("offer:1", "Yes"), "Yes"),
        (Choice("1", "No"), "No"),
        (Media(MediaKind.IMAGE, "1", "image/png", caption="Look"), "Look"),
        (Reaction("wamid", "\U0001f44d"), "\U0001f44d"),
        (Edit("wamid", Text("Better")), "Better"),
        (None, None),
    ],
)
async def test_the_text_of_a_message(
    bench: Bench, content: Content | Outgoing | None, text: str | None
) -> None:
    await bench.create()
    bench.rows.messages.append((1, message(1, content)))
    (item,) = (await bench.get(f"/conversations/{ID}/messages")).json["items"]
    assert item["text"] == text


@pytest.mark.parametrize(
    "content",
    [
        Media(MediaKind.IMAGE, "1", "image/png"),
        Location(1.0, 2.0),
        Template("offer", "en"),
        Reaction("wamid", None),
    ],
)
async def test_what_has_no_text_shows_none(bench: Bench, content: Content | Outgoing) -> None:
    await bench.create()
    bench.rows.messages.append((1, message(1, content, "other")))
    answer = await bench.get(f"/conversations/{ID}/messages")
    assert "text" not in answer.json["items"][0]
    assert b"wamid" not in answer.body


@pytest.mark.parametrize("listing", ["messages", "events"])
async def test_a_transcript_has_pages(bench: Bench, listing: str) -> None:
    await bench.create()
    for version in range(1, 6):
        bench.rows.messages.append((version, message(version, Text("Hello"))))
        closed = ConversationClosed(EndedBy.API, EPOCH)
        bench.rows.events.append(Recorded(OURS, version + 50, "conversation/100", version, closed))
    seen: list[str] = []
    cursor, following = "", []
    for size in (2, 2, 1):
        page = (await bench.get(f"/conversations/{ID}/{listing}?limit=2{cursor}")).json
        assert len(page["items"]) == size
        seen += [item["id"] for item in page["items"]]
        cursor = f"&cursor={page['next']}"
        following.append(page["next"] is not None)
    assert following == [True, True, False]
    assert len(set(seen)) == 5
    assert seen == sorted(seen)


async def test_a_cursor_is_for_its_own_list(bench: Bench) -> None:
    await bench.create()
    bench.rows.messages += [(version, message(version, None)) for version in (1, 2)]
    cursor = (await bench.get(f"/conversations/{ID}/messages?limit=1")).json["next"]
    other = await bench.get(f"/conversations/{ID}/events?cursor={cursor}")
    assert (other.status, other.problem) == (400, "bad-cursor")


async def test_an_event_shows_ids_as_text_and_times_as_written(bench: Bench) -> None:
    await bench.create()
    created = ConversationCreated(
        workspace=OURS,
        conversation=ConversationId(100),
        channel=ChannelId(7),
        visitor=ContactId(11),
        language="sv",
        agents=(Candidate(ContactId(12), "en", 3),),
        chosen=ContactId(12),
        strategy=Strategy.LISTED,
        terms=Terms(link_expires_after=timedelta(seconds=90)),
        at=EPOCH,
    )
    relayed = MessageRelayed(MessageId(1), SendId(2), Side.AGENT, ContactId(12), EPOCH)
    bench.rows.events += [
        Recorded(OURS, 9, "conversation/100", 1, created),
        Recorded(OURS, 11, "conversation/100", 2, relayed),
    ]
    first, second = (await bench.get(f"/conversations/{ID}/events")).json["items"]
    assert first == {
        "id": "evt_0000000000009",
        "type": "conversation.created",
        "time": "2026-11-22T08:00:00Z",
        "subject": ID,
        "specversion": "1.0",
        "source": "/workspaces/wsp_0000000000001",
        "datacontenttype": "application/json",
        "data": {
            "workspace": "wsp_0000000000001",
            "conversation": ID,
            "channel": "chn_0000000000007",
            "visitor": "ctc_000000000000b",
            "language": "sv",
            "agents": [{"contact": "ctc_000000000000c", "language": "en", "priority": 3}],
            "chosen": "ctc_000000000000c",
            "strategy": "listed",
            "terms": {
                "link_expires_after": "90s",
                "expires_after": "1d",
                "offer_time": "2m",
                "queue_time": "10m",
                "first_reply_time": "5m",
                "resume_time": "1h",
            },
            "at_once": 1,
            "why": None,
            "among": 0,
        },
    }
    assert second["data"]["send"] == "snd_0000000000002"
    assert second["data"]["to"] == "agent"


def test_a_rank_is_shown_by_name() -> None:
    status = MessageStatus(MessageId(1), SendId(2), None, Rank.DELIVERED, None, EPOCH)
    recorded = Recorded(OURS, 1, "send/2", 3, status)
    shown = event_answer(ConversationId(100), recorded)
    assert (shown.type, shown.data["rank"], shown.data["code"]) == (
        "message.status", "delivered", None,
    )  # fmt: skip


@st.composite
def any_event(draw: Callable[[st.SearchStrategy[Event]], Event]) -> Event:
    ids = st.integers(0, (1 << 63) - 1)
    for kind in (WorkspaceId, ConversationId, ChannelId, ContactId, MessageId, SendId):
        st.register_type_strategy(kind, ids)
    return draw(st.one_of([st.from_type(of) for of in TYPES]))


@settings(max_examples=50)
@given(event=any_event())
def test_every_event_can_be_shown(event: Event) -> None:
    shown = event_answer(ConversationId(100), Recorded(OURS, 1, "conversation/100", 1, event))
    assert "at" not in shown.data
    in_the_feed = cloud_event(OURS, 1, ConversationId(100), event)
    assert json.loads(msgspec.json.encode(shown)) == json.loads(msgspec.json.encode(in_the_feed))
