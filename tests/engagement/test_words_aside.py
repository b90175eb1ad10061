"""Judging words takes long, so it is never done on the loop."""

from threading import get_ident
from typing import Any, cast

from attrs import field, frozen

from kaisa_relay.engagement.builder import Builder
from tests.api.bench import Bench
from tests.engagement.stage import Stage
from tests.engagement.test_api import ABANDONED, Client


@frozen
class Noting:
    """The Engagement Builder, which notes in which thread texts are judged."""

    inner: Builder
    judged_in: list[int] = field(factory=list)

    def bad_text(self, text: str) -> str | None:
        """Judge a text."""
        self.judged_in.append(get_ident())
        return self.inner.bad_text(text)

    def __getattr__(self, name: str) -> Any:
        """Be what is noted in everything else."""
        return getattr(self.inner, name)


async def test_words_are_judged_off_the_loop(stage: Stage) -> None:
    """As many as a body may hold take seconds, in which the relay must go on."""
    client, noting = Client(stage), Noting(stage.engine.builder)
    client.bench = Bench(engagement=cast(Any, noting), workspace=stage.world.workspace)
    action = {"template": "hello", "language": "en", "parameters": ["{{ visitor.name }}"]}
    body = {"name": "x", "on": [ABANDONED], "steps": [{"actions": [action]}]}
    assert (await client.call("POST", "/triggers", body)).status == 201
    assert (await client.call("POST", "/triggers/preview", body)).status == 200
    assert len(noting.judged_in) == 4
    assert get_ident() not in noting.judged_in


async def test_a_name_that_no_database_keeps_is_refused(stage: Stage) -> None:
    """PostgreSQL takes no text with a zero in it: the answer was a 500."""
    action = {"template": "hello", "language": "en"}
    body = {"name": "a\0b", "on": [ABANDONED], "steps": [{"actions": [action]}]}
    refused = await Client(stage).call("POST", "/triggers", body)
    assert (refused.status, set(refused.errors)) == (422, {"name"})
