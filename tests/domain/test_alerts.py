"""What is an alert, when it begins, and when it is over."""

from itertools import count
from typing import Any

import pytest

from kaisa_relay.domain.alerts import (
    AlertCleared,
    AlertEvent,
    AlertKind,
    AlertRaised,
    Level,
    Troubles,
    decide,
    latest_states,
)
from kaisa_relay.domain.channel_health import ChannelUp, Health, TemplateChanged, Trouble
from kaisa_relay.domain.ids import AlertId
from tests.domain.builders import CHANNEL, after

OFFER = (CHANNEL, "kaisa_offer", "en")
BEGINS = [
    ({"health": {CHANNEL: Health(down="account_deleted")}}, AlertKind.CHANNEL_DOWN, Level.ERROR),
    ({"health": {CHANNEL: Health(down="token")}}, AlertKind.TOKEN_EXPIRED, Level.ERROR),
    ({"templates": {OFFER: "PAUSED"}}, AlertKind.TEMPLATE_STOPPED, Level.WARNING),
    ({"templates": {OFFER: "REJECTED"}}, AlertKind.TEMPLATE_STOPPED, Level.WARNING),
    ({"queue": 11}, AlertKind.QUEUE_LONG, Level.WARNING),
    ({"parked": 2}, AlertKind.ROWS_PARKED, Level.ERROR),
    ({"unrouted": 1}, AlertKind.ROWS_UNROUTED, Level.ERROR),
]


def look(
    opened: list[AlertRaised], queue_alert: int = 10, **troubles: Any
) -> tuple[AlertEvent, ...]:
    """Look how things stand."""
    return decide(opened, Troubles(**troubles), queue_alert, after(5), count(70).__next__)


@pytest.mark.parametrize(("troubles", "kind", "level"), BEGINS)
def test_it_is_raised_once_and_cleared_once(
    troubles: dict[str, Any], kind: AlertKind, level: Level
) -> None:
    """With its subject, while things stand so."""
    [raised] = look([], **troubles)
    assert isinstance(raised, AlertRaised)
    assert (raised.alert, raised.kind, raised.level, raised.at) == (70, kind, level, after(5))
    assert look([raised], **troubles) == ()
    assert look([raised]) == (AlertCleared(AlertId(70), kind, after(5)),)


def test_what_it_is_about() -> None:
    """The channel, the template in its language, how many."""
    [down] = look([], health={CHANNEL: Health(down="unreachable")})
    assert isinstance(down, AlertRaised)
    assert (down.channel, down.reason, down.count) == (CHANNEL, "unreachable", None)
    [stopped] = look([], templates={OFFER: "DISABLED"})
    assert isinstance(stopped, AlertRaised)
    assert (stopped.channel, stopped.template, stopped.language) == OFFER
    assert stopped.reason == "disabled"
    [long] = look([], queue=12)
    assert isinstance(long, AlertRaised)
    assert (long.channel, long.count) == (None, 12)


def test_what_is_well_is_no_alert() -> None:
    """Nor a queue that nobody minds, nor one just as long as it may be."""
    assert look([], health={CHANNEL: Health(limited="spam")}, templates={OFFER: "APPROVED"}) == ()
    assert look([], queue=10) == ()
    assert look([], queue_alert=0, queue=1000) == ()


def test_a_queue_does_not_come_and_go_with_every_visitor() -> None:
    """It is long until it is half of what it may be, or nobody minds any more."""
    [long] = look([], queue=11)
    assert isinstance(long, AlertRaised)
    assert look([long], queue=6) == ()
    assert len(look([long], queue=5)) == 1
    assert len(look([long], queue_alert=0, queue=11)) == 1


def test_another_trouble_of_the_same_channel_is_another_alert() -> None:
    """A token that has expired in place of an account that was gone."""
    [down] = look([], health={CHANNEL: Health(down="account_deleted")})
    assert isinstance(down, AlertRaised)
    raised, cleared = look([down], health={CHANNEL: Health(down="token")})
    assert (raised.kind, cleared.kind) == (AlertKind.TOKEN_EXPIRED, AlertKind.CHANNEL_DOWN)


def test_of_templates_the_latest_state_counts() -> None:
    """Other events of the channel say nothing of them."""
    states = [
        TemplateChanged(CHANNEL, "kaisa_offer", "en", status, "NONE", after())
        for status in ("PAUSED", "APPROVED")
    ]
    up = ChannelUp(CHANNEL, Trouble.DOWN, after())
    assert latest_states([*states, up]) == {OFFER: "APPROVED"}
