"""A real browser, headless, over its DevTools pipe: no driver, no port.

JSON messages end in NUL; we write to its descriptor 3 and read from its 4 (Chrome DevTools
Protocol, `--remote-debugging-pipe`).
"""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import trio
from attrs import define, field

CHROMIUM: Final = shutil.which("chromium")
PATIENCE: Final = 15.0
LOOK_AGAIN: Final = 0.05
_OPTIONS: Final = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--window-size=1280,900", "--remote-debugging-pipe", "about:blank",
)  # fmt: skip


class PageError(AssertionError):
    """Something in the page went wrong, in its own words."""


@define(eq=False)
class Page:
    """One tab. Scripts are expressions; a promise is awaited."""

    _to: trio.lowlevel.FdStream
    _back: trio.lowlevel.FdStream
    _session: str = ""
    _last: int = 0
    _rest: bytes = b""
    errors: list[str] = field(factory=list)

    async def go(self, url: str) -> None:
        """Open an address."""
        await self.call("Page.navigate", url=url)
        await self.wait("document.readyState === 'complete'")

    async def run(self, script: str) -> Any:
        """Return what an expression comes to."""
        said = await self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in said:
            raise PageError(json.dumps(said["exceptionDetails"])[:500])
        return said["result"].get("value")

    async def wait(self, script: str) -> None:
        """Wait until an expression is true."""
        with trio.move_on_after(PATIENCE):
            while not await self.run(f"Boolean({script})"):  # noqa: ASYNC110 - only looking tells
                await trio.sleep(LOOK_AGAIN)
            return
        raise PageError(f"never true: {script}")

    async def picture(self, path: Path) -> None:
        """Keep what it looks like, as PNG."""
        shot = await self.call("Page.captureScreenshot")
        await trio.Path(path).write_bytes(base64.b64decode(shot["data"]))

    async def open(self) -> None:
        """Attach to a tab of its own."""
        target = (await self.call("Target.createTarget", url="about:blank"))["targetId"]
        attached = await self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            await self.call(f"{domain}.enable")

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call one method of the protocol."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        await self._to.send_all(json.dumps(message).encode() + b"\0")
        with trio.fail_after(PATIENCE):
            while True:
                said = await self._receive()
                if said.get("id") == self._last:
                    break
                self._note(said)
        if "error" in said:
            raise PageError(f"{method}: {said['error']}")
        result: dict[str, Any] = said["result"]
        return result

    def _note(self, said: dict[str, Any]) -> None:
        match said.get("method"):
            case "Runtime.exceptionThrown":
                self.errors.append(json.dumps(said["params"]["exceptionDetails"])[:500])
            case "Log.entryAdded" if said["params"]["entry"]["level"] == "error":
                self.errors.append(said["params"]["entry"]["text"])

    async def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            data = await self._back.receive_some(1 << 16)
            if not data:
                raise PageError("the browser has ended")
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\0")
        said: dict[str, Any] = json.loads(line)
        return said


@asynccontextmanager
async def browsing(profile: Path) -> AsyncIterator[Page]:
    """Run a browser with a fresh profile until the block ends."""
    assert CHROMIUM is not None
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    command = ["bash", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "-", CHROMIUM]
    process = await trio.lowlevel.open_process(
        [*command, f"--user-data-dir={profile}", *_OPTIONS],
        pass_fds=(theirs_in, theirs_out),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    try:
        async with trio.lowlevel.FdStream(ours_out) as to, trio.lowlevel.FdStream(ours_in) as back:
            page = Page(to, back)
            await page.open()
            yield page
    finally:
        process.terminate()
        with trio.CancelScope(shield=True), trio.move_on_after(PATIENCE):
            await process.wait()
        if process.returncode is None:
            process.kill()
