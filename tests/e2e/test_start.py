"""`serve` with what it cannot work with: one clear message, exit code 1, no traceback."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.house import house

pytestmark = pytest.mark.timeout(240)

GOOD: Final = {
    "KAISA_APP_SECRET": "sim-app-secret",
    "KAISA_VERIFY_TOKEN": "sim-verify-token",
    "KAISA_SECRET_KEY": "k" * 32,
    "KAISA_BIND": "127.0.0.1:0",
}


def serve(environment: Mapping[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `serve` until it ends by itself."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("KAISA_")}
    command = (sys.executable, "-m", "kaisa_relay", "serve")
    return subprocess.run(
        command,
        env={**others, **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_bad_configuration_is_refused_by_name(tmp_path: Path) -> None:
    """Everything that is wrong is said at once, no secret is repeated, and nothing is made."""
    given = GOOD | {
        "KAISA_DATABASE_URL": "mysql://localhost/kaisa",
        "KAISA_SECRET_KEY": "canary",
        "KAISA_BIND": "nowhere",
        "KAISA_GRAPH_URL": "graph.example",
        "KAISA_VERIFY_TOCKEN": "x",
    }
    del given["KAISA_VERIFY_TOKEN"]
    refused = serve(given, tmp_path)
    assert refused.returncode == 1
    for key in {*given, "KAISA_VERIFY_TOKEN"} - {"KAISA_APP_SECRET"}:
        assert f"{key} " in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "canary" not in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_not_there_is_said(tmp_path: Path) -> None:
    url = f"postgresql://nobody@/nothing?host={tmp_path}"
    refused = serve(GOOD | {"KAISA_DATABASE_URL": url}, tmp_path)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert "database" in refused.stderr


async def test_a_second_serve_on_the_same_file_is_refused(tmp_path: Path) -> None:
    """It says who holds the database, and the first one goes on undisturbed."""
    url = f"sqlite:///{tmp_path / 'relay.db'}"
    async with house(url, tmp_path) as built:
        environment = {**built.child.program.environment, "KAISA_BIND": "127.0.0.1:0"}
        refused = serve(environment, tmp_path)
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
        assert f"process {built.child.process.pid}" in refused.stderr
        assert (await built.clients.http.get("/readyz")).status_code == 200
