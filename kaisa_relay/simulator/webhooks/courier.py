"""Brings webhooks to the business: batches, signs, posts in parallel, and tries again until it
hears 200.

Rule 1: at least once and in no promised order, as Meta does; what goes wrong on purpose comes
from the fault knobs.
Rule 2: nothing is lost silently: every attempt, and every update nobody listened for, is in the
record.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from functools import partial
from random import Random
from typing import Any

import httpx
import trio
from attrs import define, evolve, field, frozen

from ..agenda import Agenda
from ..clock import Clock
from ..config import Timing
from ..faults import Faults
from ..record import Record
from .callbacks import Callback, Callbacks, encode, signature
from .payloads import Update, envelope
from .trouble import Trouble


@frozen
class Post:
    """One webhook body on its way; `born` is on Trio's clock, `round` tells posts from before a
    reset.
    """

    number: int
    callback: Callback
    body: bytes
    about: tuple[str, ...]
    channels: tuple[str, ...]
    born: float
    round: int
    attempt: int = 1


def _posts() -> tuple[trio.MemorySendChannel[Post], trio.MemoryReceiveChannel[Post]]:
    return trio.open_memory_channel[Post](math.inf)


@define
class Courier:
    """The queue of updates and the workers that post them."""

    client: httpx.AsyncClient
    callbacks: Callbacks
    agenda: Agenda
    clock: Clock
    faults: Faults
    record: Record
    timing: Timing
    rng: Random
    trouble: Trouble = field(factory=Trouble)
    _pending: list[Update] = field(factory=list, init=False)
    _numbers: Iterator[int] = field(factory=lambda: itertools.count(1), init=False)
    _round: int = field(default=0, init=False)
    _posting: int = field(default=0, init=False)
    _retrying: int = field(default=0, init=False)
    _channel: tuple[trio.MemorySendChannel[Post], trio.MemoryReceiveChannel[Post]] = field(
        factory=_posts, init=False
    )

    def submit(self, update: Update) -> None:
        """Take one update; it leaves at once, with its batch, or later if a fault says so."""
        about = (update.phone_number_id,)
        delay = 0.0
        if (knob := self.faults.strikes("delay_webhook", *about)) is not None:
            delay += knob.seconds
        if (knob := self.faults.strikes("reorder_webhook", *about)) is not None:
            delay += knob.seconds * self.rng.random()
        if delay:
            self.agenda.after(delay, partial(self._collect, update))
        else:
            self._collect(update)

    def _collect(self, update: Update) -> None:
        self._pending.append(update)
        if len(self._pending) >= self.faults.switches.batch:
            self._flush()
        elif len(self._pending) == 1:
            self.agenda.after(self.timing.batch_wait, self._flush)

    def _flush(self) -> None:
        updates, self._pending = self._pending, []
        by_callback: dict[Callback, list[Update]] = {}
        for update in updates:
            callback = self.callbacks.of(update.waba, update.phone_number_id)
            if callback is None:
                self.record.add("webhook", about=[update.about], outcome="nobody listens")
            else:
                by_callback.setdefault(callback, []).append(update)
        for callback, group in by_callback.items():
            post = self._write(callback, group)
            self._channel[0].send_nowait(post)
            if self.faults.strikes("duplicate_webhook", *post.channels) is not None:
                self._channel[0].send_nowait(post)

    def _write(self, callback: Callback, updates: Sequence[Update]) -> Post:
        number = next(self._numbers)
        style = self.faults.switches.escapes
        ascii_only = number % 2 == 1 if style == "mixed" else style == "ascii"
        return Post(
            number=number,
            callback=callback,
            body=encode(envelope(updates), ascii_only),
            about=tuple(update.about for update in updates),
            channels=tuple(sorted({update.phone_number_id for update in updates})),
            born=self.clock.time(),
            round=self._round,
        )

    async def post_now(self, update: Update) -> None:
        """Post one update and return when its first attempt is over."""
        callback = self.callbacks.of(update.waba, update.phone_number_id)
        if callback is None:
            self.record.add("webhook", about=[update.about], outcome="nobody listens")
            return
        await self._attempt(self._write(callback, [update]))

    def forget(self) -> None:
        """Drop everything that waits; posts already on the wire are not tried again."""
        self._round += 1
        self._retrying = 0
        self._pending.clear()

    async def run(self) -> None:
        """One worker: post until cancelled."""
        async for post in self._channel[1]:
            await self._attempt(post)

    async def _attempt(self, post: Post) -> None:
        self._posting += 1
        try:
            await self._try(post)
        finally:
            self._posting -= 1

    async def _try(self, post: Post) -> None:
        if post.round != self._round:
            return
        if (
            post.attempt == 1
            and self.faults.strikes("drop_first_attempt", *post.channels) is not None
        ):
            outcome: int | str = "lost on purpose"
        else:
            outcome = await self._deliver(post)
            self.trouble.note(post.callback.url, outcome)
        self.record.add(
            "webhook",
            post=post.number,
            attempt=post.attempt,
            about=list(post.about),
            outcome=outcome,
        )
        if outcome != 200:
            self._try_later(post)

    async def _deliver(self, post: Post) -> int | str:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": signature(post.callback.app_secret, post.body),
        }
        try:
            answer = await self.client.post(
                post.callback.url,
                content=post.body,
                headers=headers,
                timeout=self.timing.webhook_timeout,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            return type(failure).__name__
        return answer.status_code

    def _try_later(self, post: Post) -> None:
        delays = self.timing.retry_delays
        delay = delays[min(post.attempt, len(delays)) - 1]
        if post.round != self._round:
            return
        if self.clock.time() + delay - post.born > self.timing.retry_for:
            self.record.add("webhook", post=post.number, about=list(post.about), outcome="given up")
            return
        self._retrying += 1
        self.agenda.after(delay, partial(self._again, evolve(post, attempt=post.attempt + 1)))

    def _again(self, post: Post) -> None:
        self._retrying -= 1
        self._channel[0].send_nowait(post)

    def statistics(self) -> dict[str, Any]:
        """How much is on its way: updates for a batch, posts for a worker, on the wire, refused.

        `planned` is everything else that has its time, such as a status to come.
        """
        return {
            "pending": len(self._pending),
            "queued": self._channel[0].statistics().current_buffer_used,
            "posting": self._posting,
            "retrying": self._retrying,
            "planned": self.agenda.planned() - self._retrying,
        }
