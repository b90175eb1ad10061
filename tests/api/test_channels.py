"""Channels over HTTP, and why a conversation has the channel and the agents that it has."""

from datetime import timedelta

import pytest

from kaisa_relay.domain.channel_health import Health, Quality
from kaisa_relay.domain.conversation.choices import Choices, OfferEnd, OfferMade
from kaisa_relay.domain.conversation.terms import AgentReason, ChannelReason, Strategy
from kaisa_relay.domain.ids import CHANNEL as PREFIX
from kaisa_relay.domain.ids import ContactId, ConversationId, to_text
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.ports.boards import ChannelStanding, ChoicesView
from kaisa_relay.ports.views import PersonView
from tests.api.bench import STRANGER, Bench
from tests.api.fakes import EPOCH
from tests.api.rows import CHANNEL

ID = to_text(PREFIX, CHANNEL.id)
ANNA = ContactId(12)


async def test_a_channel_that_is_well(bench: Bench) -> None:
    """Also when nothing was ever reported on it."""
    answer = await bench.get("/channels")
    assert answer.json == {
        "items": [
            {
                "id": ID,
                "phone": "+46850000001",
                "state": "up",
                "down": None,
                "limited": None,
                "draining": False,
                "quality": "unknown",
                "tier": None,
                "throughput": {"per_second": 80, "last_minute": 12, "waiting": 0},
                "conversations": 0,
                "pairs": 0,
            }
        ],
        "next": None,
    }
    assert (await bench.get(f"/channels/{ID}")).json == answer.json["items"][0]


@pytest.mark.parametrize(
    ("health", "state"),
    [
        (Health(limited="spam", limited_until=EPOCH + timedelta(hours=1)), "limited"),
        (Health(down="banned", limited="spam"), "down"),
    ],
)
async def test_a_channel_that_is_not(bench: Bench, health: Health, state: str) -> None:
    """With the reason, and what it carries."""
    bench.rows.standings[CHANNEL.id] = ChannelStanding(health, 3, 5, 7)
    view = (await bench.get(f"/channels/{ID}")).json
    assert (view["state"], view["down"]) == (state, health.down)
    until = "2026-11-22T09:00:00Z" if health.limited_until else None
    assert view["limited"] == {"reason": "spam", "until": until}
    assert (view["conversations"], view["pairs"], view["throughput"]["waiting"]) == (3, 5, 7)
    assert view["quality"] == Quality.UNKNOWN


async def test_nobody_elses_channel(bench: Bench) -> None:
    """And no parameter that means nothing."""
    assert (await bench.get("/channels", STRANGER)).json["items"] == []
    assert (await bench.get(f"/channels/{ID}", STRANGER)).problem == "not-found"
    assert (await bench.get("/channels/7")).problem == "not-found"
    assert list((await bench.get("/channels?limit=1")).errors) == ["limit"]


async def test_why_this_channel_and_these_agents(bench: Bench) -> None:
    """Told where one conversation is read."""
    address = f"/conversations/{(await bench.create()).json['id']}"
    assert (await bench.get(address)).json["why"] is None
    made = OfferMade(
        1,
        ANNA,
        EPOCH,
        AgentReason.NAMED,
        2,
        True,
        Requester(RequesterKind.USER, 3),
        OfferEnd.FAILED,
        EPOCH,
        131026,
    )
    old = OfferMade(2, ANNA, EPOCH, None, 0, False, None)
    chosen = Choices(Strategy.STICKY, ChannelReason.LOAD, 2, (made, old))
    people = {ANNA: PersonView(ANNA, "Anna", Phone("+46701234568"))}
    bench.rows.choices[ConversationId(100)] = ChoicesView(chosen, people)
    why = (await bench.get(address)).json["why"]
    assert (why["strategy"], why["channel"], why["channels"]) == ("sticky", "load", 2)
    assert why["offers"][0] == {
        "number": 1,
        "agent": "ctc_000000000000c",
        "name": "Anna",
        "reason": "named",
        "among": 2,
        "transfer": True,
        "by": {"kind": "user", "id": "usr_0000000000003"},
        "offered_at": "2026-11-22T08:00:00Z",
        "outcome": "failed",
        "ended_at": "2026-11-22T08:00:00Z",
        "code": 131026,
    }
    assert (why["offers"][1]["reason"], why["offers"][1]["among"]) == (None, None)
    assert "by" not in why["offers"][1]
