"""What agents say of themselves, and what comes of it."""

from datetime import timedelta

import pytest

from kaisa_relay.domain.agent_events import (
    AgentAvailable,
    AgentAway,
    AgentInvited,
    AgentOptedIn,
    AgentPaused,
    PresenceCause,
)
from kaisa_relay.domain.chat_commands import Off, On, Pause
from kaisa_relay.domain.ids import MessageId, SendId
from kaisa_relay.domain.presence import (
    Agent,
    Presence,
    TeamPauses,
    TeamResumes,
    begins_anew,
    evolve,
    obey,
    obey_team,
    run_out,
)
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.domain.schedule import Schedule, read_schedule
from tests.domain.builders import ANNA, after

SAID = MessageId(1)
HOUR = Pause(timedelta(hours=1))
AVAILABLE = Agent(ANNA)
AWAY = Agent(ANNA, Presence.AWAY, version=1)
PAUSED = Agent(ANNA, Presence.PAUSED, after(hours=1), version=1)


@pytest.mark.parametrize(
    ("agent", "command", "becomes"),
    [
        (AVAILABLE, On(), None),
        (AVAILABLE, Off(), AgentAway),
        (AVAILABLE, HOUR, AgentPaused),
        (AVAILABLE, Pause(None), None),
        (AWAY, On(), AgentAvailable),
        (AWAY, Off(), None),
        (AWAY, HOUR, AgentPaused),
        (PAUSED, On(), AgentAvailable),
        (PAUSED, Off(), AgentAway),
        (PAUSED, HOUR, AgentPaused),
    ],
)
def test_commands(agent: Agent, command: On | Off | Pause, becomes: type | None) -> None:
    """What stands already is no news; a new pause is, for it ends at another time."""
    events = obey(agent, command, SAID, after(60))
    assert [type(event) for event in events] == ([becomes] if becomes else [])
    for event in events:
        assert isinstance(event, AgentAvailable | AgentAway | AgentPaused)
        assert (event.cause, event.said) == (PresenceCause.AGENT, SAID)


def test_a_pause_is_over_by_itself() -> None:
    """To the second, and the journal hears of it once."""
    assert PAUSED.presence_at(after(3599)) is Presence.PAUSED
    assert not PAUSED.takes_offers(after(3599))
    assert run_out(PAUSED, after(3599)) == ()
    assert PAUSED.takes_offers(after(3600))
    [back] = run_out(PAUSED, after(3600))
    assert back == AgentAvailable(ANNA, PresenceCause.PAUSE_OVER, after(3600))
    assert run_out(evolve(PAUSED, back), after(3600)) == ()


def test_being_away_does_not_end_by_itself() -> None:
    """Only `/on` does that, also for who was paused before."""
    [gone] = obey(PAUSED, Off(), SAID, after(60))
    agent = evolve(PAUSED, gone)
    assert agent == Agent(ANNA, Presence.AWAY, None, 0, 2)
    assert not agent.takes_offers(after(days=99))


def test_whoever_changes_presence_begins_anew_with_misses() -> None:
    """Else one more miss after a pause would pause them again at once."""
    missed = Agent(ANNA, missed=3)
    [paused] = obey(missed, HOUR, SAID, after())
    assert evolve(missed, paused).missed == 0


def test_hours_and_being_on_call() -> None:
    """Their own hours always count, the business's only for who is not on call."""
    # T0 is a Sunday, 13:00 in Stockholm.
    sundays = read_schedule("Europe/Stockholm", "sun 12:00-14:00")
    assert isinstance(sundays, Schedule)
    agent, on_call = Agent(ANNA, schedule=sundays), Agent(ANNA, schedule=sundays, on_call=True)
    assert agent.takes_offers(after())
    assert not agent.takes_offers(after(), business=False)
    assert on_call.takes_offers(after(), business=False)
    assert not on_call.takes_offers(after(hours=1), business=False)
    assert not Agent(ANNA, Presence.AWAY, on_call=True).takes_offers(after())


def test_who_was_invited_opts_in_once() -> None:
    """With `/on`; who was not has nothing to say yes to."""
    asked = evolve(AVAILABLE, AgentInvited(ANNA, SAID, SendId(2), after()))
    assert (asked.invited_at, asked.presence) == (after(), Presence.AVAILABLE)
    assert asked.takes_offers(after())
    assert not asked.takes_offers(after(), opt_in=True)
    events = obey(asked, On(), SAID, after(60))
    assert events == (AgentOptedIn(ANNA, after(60), SAID),)
    ready = evolve(asked, events[0])
    assert ready.takes_offers(after(60), opt_in=True)
    assert obey(ready, On(), SAID, after(99)) == ()
    away = evolve(asked, obey(asked, Off(), SAID, after())[0])
    assert len(obey(away, On(), SAID, after(60))) == 2


SAM = Requester(RequesterKind.USER, 9)


def test_the_team_pauses_and_has_them_back() -> None:
    """For a time, anew each time, or until somebody says otherwise; a repeat is no news."""
    agent = Agent(ANNA)
    hour = timedelta(hours=1)
    paused = obey_team(agent, TeamPauses(hour, SAM), after(60))
    assert paused == (AgentPaused(ANNA, after(60) + hour, PresenceCause.TEAM, after(60), by=SAM),)
    resting = evolve(agent, paused[0])
    assert obey_team(resting, TeamPauses(hour, SAM), after(60)) == paused
    away = obey_team(resting, TeamPauses(None, SAM), after(60))
    assert away == (AgentAway(ANNA, PresenceCause.TEAM, after(60), by=SAM),)
    gone = evolve(resting, away[0])
    assert obey_team(gone, TeamPauses(None, SAM), after(60)) == ()
    back = obey_team(gone, TeamResumes(SAM), after(60))
    assert back == (AgentAvailable(ANNA, PresenceCause.TEAM, after(60), by=SAM),)
    assert obey_team(evolve(gone, back[0]), TeamResumes(SAM), after(60)) == ()


def test_any_change_of_presence_forgives_what_was_missed() -> None:
    """A confirmation alone does not."""
    assert begins_anew((AgentAvailable(ANNA, PresenceCause.AGENT, after()),))
    assert not begins_anew(())
