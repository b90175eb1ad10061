"""A number's health: what reports make of it, and that repeats are no news."""

from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.channel_health import (
    LASTS,
    Burden,
    ChannelDown,
    ChannelLimited,
    ChannelQualityChanged,
    ChannelUp,
    DownReported,
    GotThrough,
    Health,
    LimitReported,
    Quality,
    QualityReported,
    Report,
    TemplateReported,
    Trouble,
    WorksReported,
    decide,
    evolve,
    lapsed,
    limit_of,
)
from kaisa_relay.domain.ids import ChannelId
from tests import fakes

AT = fakes.EPOCH
HOUR = timedelta(hours=1)
HERE = ChannelId(1)


def after(*reports: Report) -> Health:
    """Return how a number stands after these reports."""
    health = Health()
    for report in reports:
        health = reduce(evolve, decide(health, HERE, report, AT), health)
    return health


@pytest.mark.parametrize(
    ("reports", "burden"),
    [
        ((), Burden.NONE),
        ((QualityReported("FLAGGED", Quality.RED),), Burden.LIMITED),
        ((QualityReported("DOWNGRADE", Quality.YELLOW),), Burden.QUALITY),
        ((LimitReported("spam", AT + HOUR),), Burden.LIMITED),
        ((LimitReported("spam", AT),), Burden.NONE),
        ((LimitReported("spam", None), DownReported("halted")), Burden.DOWN),
        ((LimitReported("spam", None), DownReported("halted"), GotThrough()), Burden.LIMITED),
        ((LimitReported("spam", None), DownReported("deleted"), WorksReported()), Burden.NONE),
        ((DownReported("disabled_update"), GotThrough()), Burden.DOWN),
    ],
)
def test_what_speaks_against_a_number(reports: tuple[Report, ...], burden: Burden) -> None:
    """The worst of what holds now; what Meta announced, only Meta takes back."""
    assert after(*reports).burden is burden


def test_the_longer_limit_counts() -> None:
    """A shorter one is no news beside it, and a longer one takes its place."""
    short, long = LimitReported("spam", AT + HOUR), LimitReported("restricted", AT + 2 * HOUR)
    assert after(long, short) == after(long)
    assert after(short, long).limited == "restricted"
    assert after(LimitReported("for ever", None), long).limited_until is None


def test_a_limit_ends_by_itself() -> None:
    """At its time, not before."""
    health = after(LimitReported("spam", AT + HOUR))
    assert lapsed(health, HERE, AT + HOUR - timedelta(seconds=1)) == ()
    assert lapsed(Health(), HERE, AT + HOUR) == ()
    (up,) = lapsed(health, HERE, AT + HOUR)
    assert up == ChannelUp(HERE, Trouble.LIMITED, AT + HOUR)
    assert evolve(health, up).burden is Burden.NONE


def test_errors_that_speak_of_a_limit() -> None:
    """131048 and 131064 do; the limit of one person, or of a second, does not."""
    limit = limit_of(131048, AT)
    assert limit == LimitReported("spam", AT + LASTS, 131048)
    assert limit_of(131064, AT) is not None
    assert [limit_of(code, AT) for code in (None, 0, 131056, 130429)] == [None] * 4


REPORTS: st.SearchStrategy[Report] = st.one_of(
    st.builds(
        LimitReported,
        st.sampled_from(["spam", "restricted"]),
        st.none() | st.integers(-1, 5).map(lambda hours: AT + hours * HOUR),
    ),
    st.builds(DownReported, st.sampled_from(["halted", "account_deleted"])),
    st.just(WorksReported()),
    st.just(GotThrough()),
    st.builds(
        QualityReported,
        st.just("FLAGGED"),
        st.none() | st.sampled_from(Quality),
        st.none() | st.sampled_from(["TIER_250", "TIER_2K"]),
    ),
)


@given(st.lists(REPORTS, max_size=12), REPORTS)
def test_a_repeat_is_no_news(before: list[Report], report: Report) -> None:
    """Meta delivers again, and every failing send reports: one event for it."""
    health = after(*before)
    events = decide(health, HERE, report, AT)
    now = reduce(evolve, events, health)
    assert decide(now, HERE, report, AT) == ()
    assert now.version == health.version + len(events)
    for event in events:
        match event:
            case ChannelLimited():
                assert now.limited is not None
            case ChannelDown():
                assert now.down is not None
            case ChannelUp(over=Trouble.DOWN):
                assert now.down is None
            case ChannelQualityChanged():
                assert (now.quality, now.tier) != (health.quality, health.tier)
            case _:
                pass


def test_a_template_is_only_told() -> None:
    """It changes nothing about the number."""
    report = TemplateReported("kaisa_offer", "en_US", "PAUSED", "NONE")
    (event,) = decide(Health(), HERE, report, AT)
    assert evolve(Health(), event) == Health(version=1)
