"""Agents who must say yes first: invited once, offered nothing before."""

from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.content import ButtonTap
from kaisa_relay.domain.conversation.events import AgentInvited, AgentOptedIn
from kaisa_relay.domain.outgoing import Template
from tests import fakes
from tests.actors.house import AGENT, BRUNO, House, form, open_house
from tests.actors.test_presence import said_of


def must_opt_in(house: House) -> None:
    """Configure it."""
    workspace = house.accounts.workspace(fakes.WORKSPACE)
    house.accounts.add(evolve(workspace, agent_opt_in=True))


def invitations(house: House) -> list[Template]:
    """Return the invitations that the agent's phone got."""
    sent = [each for each in house.sent(AGENT) if isinstance(each, Template)]
    return [each for each in sent if each.name == "kaisa_opt_in"]


async def test_nobody_is_offered_anything_before_they_said_yes(autojump_clock: MockClock) -> None:
    """Invited with the first form that names them, once; the tap serves who waits."""
    async with open_house() as house:
        must_opt_in(house)
        link = await house.reserved(AGENT)
        await house.quiet()
        assert len(invitations(house)) == 1
        await house.scan(link)
        other = await house.reserved(AGENT, visitor=form(101))
        await house.scan(other, form(101))
        assert (house.offered(AGENT), len(invitations(house))) == (0, 1)
        await house.write(AGENT, ButtonTap(invitations(house)[0].payloads[0], "Yes, I will"))
        assert [type(each) for each in said_of(house, AGENT)] == [AgentInvited, AgentOptedIn]
        assert house.offered(AGENT) == 1
        await house.tap(AGENT, "Accept")
        assert await house.phase(link.conversation) == "active"
        house.check_finished()


async def test_a_typed_on_is_a_yes_too(autojump_clock: MockClock) -> None:
    """And being asked means nothing to who goes off again."""
    async with open_house() as house:
        must_opt_in(house)
        link = await house.reserved(AGENT, BRUNO)
        await house.quiet()
        await house.write(AGENT, "/on")
        await house.write(AGENT, "/off")
        await house.scan(link)
        assert len(invitations(house)) == 1
        assert house.offered(AGENT) == 0


async def test_without_the_setting_nobody_is_invited(autojump_clock: MockClock) -> None:
    """Existing use goes on."""
    async with open_house() as house:
        link = await house.reserved(AGENT)
        await house.scan(link)
        assert not invitations(house)
        assert house.offered(AGENT) == 1
