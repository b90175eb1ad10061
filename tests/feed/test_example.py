"""The client in `docs/feed.md` does what the page says, as it stands there."""

import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import trio

from kaisa_relay.feed.positions import write_position
from tests.contracts.world import World
from tests.feed.serving import KEY, Serving, serving
from tests.feed.test_feed import happen, shown

PAGE = Path(__file__).parents[2] / "docs" / "feed.md"


def example() -> str:
    """Return the program in the page."""
    [program] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    return str(program)


@asynccontextmanager
async def running(feed: Serving, folder: Path) -> AsyncIterator[trio.Process]:
    """Run the client; it is killed at the end."""
    address = feed.url.replace("http", "ws") + "/feed"
    process = await trio.lowlevel.open_process(
        [sys.executable, "-c", example()],
        env={"RELAY_FEED": address, "RELAY_KEY": KEY},
        stdout=subprocess.PIPE,
        cwd=folder,
    )
    assert process.stdout is not None
    try:
        yield process
    finally:
        process.kill()
        with trio.CancelScope(shield=True):
            await process.wait()
            await process.stdout.aclose()


async def subjects(client: trio.Process, count: int) -> list[str]:
    """Return which conversations it tells of first."""
    assert client.stdout is not None
    heard = b""
    while heard.count(b"\n") < count:
        heard += await client.stdout.receive_some()
    return [line.split()[1] for line in heard.decode().splitlines()]


async def test_the_client_of_the_page_goes_on_where_it_was(world: World, tmp_path: Path) -> None:
    position = tmp_path / "position.txt"
    async with serving(world) as feed:
        async with running(feed, tmp_path) as client:
            while not position.exists():  # noqa: ASYNC110 - it is another process
                await trio.sleep(0.02)
            first = [shown(each.id) for each in await happen(world, 3)]
            assert await subjects(client, 3) == first
            while position.read_text() != write_position(world.workspace, 3):  # noqa: ASYNC110
                await trio.sleep(0.02)
        then = [shown(each.id) for each in await happen(world, 2)]  # while nobody watches
        async with running(feed, tmp_path) as client:
            assert await subjects(client, 2) == then
