"""One run of the demo: the stage, the play on it, the verdict, and then the user's own turn."""

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import httpx
import trio
from attrs import define, evolve, field, frozen

from kaisa_relay.accounts.commands import WorkspaceSettings
from kaisa_relay.cli.demo import plan, summary
from kaisa_relay.cli.demo.accounts import Customer, Login
from kaisa_relay.cli.demo.answers import Unexpected
from kaisa_relay.cli.demo.audience import invite
from kaisa_relay.cli.demo.cast import LINES, chats
from kaisa_relay.cli.demo.outreach import Outreach
from kaisa_relay.cli.demo.people import Missing
from kaisa_relay.cli.demo.play import Play, Scene, Tempo
from kaisa_relay.cli.demo.processes import ChildDied
from kaisa_relay.cli.demo.programs import RELAY_PORT, SIMULATOR_PORT, RelayConfig, bind_to
from kaisa_relay.cli.demo.screen import Screen
from kaisa_relay.cli.demo.stage import Binds, Stage, staged
from kaisa_relay.cli.demo.summary import Summary
from kaisa_relay.cli.demo.text_messages import Provider, texting
from kaisa_relay.cli.demo.verdict import Heard, phone_problems
from kaisa_relay.cli.demo.yours import YourTurn
from kaisa_relay.runtime.clock import system_clock

FAULTS: Final = {
    "duplicate_webhook": 0.2,
    "reorder_webhook": {"probability": 0.2, "seconds": 0.2},
    "delay_webhook": {"probability": 0.1, "seconds": 0.3},
    "drop_first_attempt": 0.1,
    "malformed_extra_fields": 0.2,
    "status_before_answer": 0.1,
    "drop_answer": 0.08,
    "error_after_accept": 0.05,
    "downtime": 0.08,
}
"""Everything that the relay must put right by itself. An error before accepting without a word
from WhatsApp is not here: nobody can tell it from a lost answer, so a person must decide."""


@frozen
class Wishes:
    """What the command line asks for."""

    once: bool
    messages: int
    faults: bool
    seed: int
    database_url: str = field(repr=False)
    login: Login = field(factory=partial(Login, "supervisor"))

    @property
    def tempo(self) -> Tempo:
        """How fast people are: at once, or so that a spectator can follow."""
        return Tempo() if self.once else Tempo(writing=0.6, answering=0.8)

    @property
    def customer(self) -> Customer:
        """Whose chats are played: agents have little time, so that one can be seen to miss it."""
        offer_time = timedelta(seconds=3 if self.once and not self.faults else 4)
        login = None if self.once else self.login
        return Customer("demo", WorkspaceSettings(offer_time=offer_time), LINES, login)

    @property
    def binds(self) -> Binds:
        """Where to listen: the usual ports for people, any for programs."""
        return Binds() if self.once else Binds(bind_to(RELAY_PORT), bind_to(SIMULATOR_PORT))


@define(eq=False)
class Performance:
    """One run; `summary` is there as soon as the verdict is."""

    wishes: Wishes
    screen: Screen
    folder: Path
    summary: Summary | None = None

    async def run(self) -> None:
        """Play, judge, and unless it is `once`, let the user try until cancelled."""
        began = trio.current_time()
        try:
            await self._run(began)
        except* (ChildDied, Missing, Unexpected, httpx.HTTPError) as group:
            self.summary = self._summary(began, _reasons(group))

    async def _run(self, began: float) -> None:
        wishes = self.wishes
        config = RelayConfig(wishes.database_url)
        self.screen.says("Starting the simulator and the relay …")
        on_stage = staged(config, wishes.customer, self.folder, wishes.binds)
        async with texting() as provider, on_stage as stage:
            await stage.simulator.set_faults({"seed": wishes.seed})
            if wishes.faults:
                await stage.simulator.set_faults(FAULTS)
            if not wishes.once:
                await invite(self.screen, stage.serving.url, wishes.login)
            self.summary = await self._play(stage, provider, began)
            if not wishes.once and self.summary.ok:
                await YourTurn(stage, self.screen).run(self.summary)

    async def _play(self, stage: Stage, provider: Provider, began: float) -> Summary:
        outreach = await Outreach(stage.relay(), provider).opened()
        play = Play(
            simulator=stage.simulator,
            relay=stage.relay(),
            outreach=outreach,
            screen=self.screen,
            clock=system_clock,
            channels={line.number: line.phone_number_id for line in LINES},
            scenes=[Scene(chat) for chat in chats(self.wishes.messages)],
            tempo=self.wishes.tempo,
        )
        problems: list[str] = []
        try:
            await play.perform()
        except* (Missing, Unexpected) as group:
            problems += _reasons(group)
        for phone in play.phones.values():
            await phone.refresh()
        witnessed = [(each, await play.witness(each)) for each in play.scenes if each.conversation]
        problems += _problems(play, witnessed)
        recovery = await outreach.recovery()
        for scene in play.scenes:
            if scene.chat.unscanned:
                problems += outreach.problems(scene.chat.visitor, recovery)
        return evolve(
            self._summary(began, problems),
            conversations=tuple(summary.played(scene, heard) for scene, heard in witnessed),
            relay_latency_ms=summary.latency(
                [took for each in play.scenes for took in each.relayed]
            ),
            recovery=recovery,
            faults_struck=await stage.simulator.struck(),
        )

    def _summary(self, began: float, problems: list[str]) -> Summary:
        return Summary(
            ok=not problems,
            problems=tuple(problems),
            database=self.wishes.database_url.partition(":")[0],
            seed=self.wishes.seed,
            seconds=round(trio.current_time() - began, 2),
            logs=str(self.folder) if problems else None,
        )


def _problems(play: Play, witnessed: list[tuple[Scene, Heard]]) -> Iterator[str]:
    for scene, heard in witnessed:
        yield from summary.problems_of(scene, heard)
    channels = {
        scene.chat.visitor.name: play.channels[scene.created.channel.phone]
        for scene, _ in witnessed
    }
    chats = [scene.chat for scene, _ in witnessed]
    yield from phone_problems(plan.phones(chats, channels), play.shown())


def _reasons(group: BaseExceptionGroup[BaseException]) -> list[str]:
    reasons = []
    for each in group.exceptions:
        if isinstance(each, BaseExceptionGroup):
            reasons += _reasons(each)
        else:
            reasons.append(str(each) or type(each).__name__)
    return reasons


def new_seed() -> int:
    """Return a seed that nobody chose."""
    return random.SystemRandom().randrange(2**31)
