"""The container file: read as its builder reads it, without building."""

import json
import re
from collections.abc import Sequence

import pytest

from tests.deploy.tools import DEPLOY, read

INSTRUCTIONS = {
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL",
    "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
}  # fmt: skip


def parse(text: str) -> list[tuple[str, str]]:
    """Instructions with their arguments, continued lines joined, comments gone."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    pairs = [line.partition(" ") for line in joined.splitlines() if line.strip()]
    return [(name, rest.strip()) for name, _, rest in pairs]


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    return parse(read("Containerfile"))


def last_stage(instructions: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    start = max(n for n, (name, _) in enumerate(instructions) if name == "FROM")
    return list(instructions[start:])


def test_it_parses(instructions: list[tuple[str, str]]) -> None:
    assert instructions[0][0] == "FROM"
    assert {name for name, _ in instructions} <= INSTRUCTIONS
    for name, rest in instructions:
        if name in ("CMD", "ENTRYPOINT"):
            assert all(isinstance(part, str) for part in json.loads(rest)), "a shell eats signals"


def test_what_runs_is_slim_and_nobody_special(instructions: list[tuple[str, str]]) -> None:
    stages = [rest for name, rest in instructions if name == "FROM"]
    assert len(stages) == 2
    assert all(re.match(r"python:3\.\d+-slim-\w+( AS \w+)?$", stage) for stage in stages)
    [user] = [rest for name, rest in last_stage(instructions) if name == "USER"]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user), "a number, so that it is seen not to be root"
    assert not any("pip" in rest for name, rest in last_stage(instructions) if name == "RUN")


def test_versions_are_the_tested_ones(instructions: list[tuple[str, str]]) -> None:
    installs = [rest for name, rest in instructions if name == "RUN" and "pip install" in rest]
    assert all("-c constraints.txt" in rest or "--no-deps" in rest for rest in installs)
    assert installs


def test_its_health_check_is_python(instructions: list[tuple[str, str]]) -> None:
    [check] = [rest for name, rest in instructions if name == "HEALTHCHECK"]
    python, flag, code = json.loads(check.partition(" CMD ")[2])
    assert (python, flag) == ("python", "-c")
    compile(code, "healthcheck", "exec")
    assert "/healthz" in code


def test_it_copies_what_is_there_and_what_the_build_may_see(
    instructions: list[tuple[str, str]],
) -> None:
    visible = {
        line[1:] for line in read("Containerfile.dockerignore").splitlines() if line[:1] == "!"
    }
    sources = [
        source
        for name, rest in instructions
        if name == "COPY" and not rest.startswith("--from=")
        for source in rest.split()[:-1]
    ]
    assert set(sources) == visible
    assert all((DEPLOY.parent / source).exists() for source in sources)


def test_it_holds_no_secret(instructions: list[tuple[str, str]]) -> None:
    given = " ".join(rest for name, rest in instructions if name in ("ARG", "ENV"))
    assert not re.search(r"SECRET|TOKEN|PASSWORD", given)
