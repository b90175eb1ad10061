"""The house rules that a machine can check, and the proof that it checks them."""

import ast
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

import pytest

from tests.architecture import layers, shapes, sources

pytestmark = [pytest.mark.timeout(240)]  # every file is parsed

Finding = tuple[int, str]
TreeRule = Callable[[PurePosixPath, ast.Module], Iterator[Finding]]
TextRule = Callable[[PurePosixPath, str], Iterator[Finding]]

TREE_RULES: list[TreeRule] = [
    layers.layers,
    layers.domain_is_pure,
    layers.no_mocks,
    shapes.sizes,
    shapes.names,
    shapes.catches,
    shapes.environment,
    shapes.task_names,
]


def on_tree(rule: TreeRule, path: str, source: str) -> list[Finding]:
    """What the rule finds in a file of that path and content."""
    return list(rule(PurePosixPath(path), ast.parse(source)))


def report(path: PurePosixPath, findings: Iterator[Finding]) -> list[str]:
    """Findings as an editor can jump to them."""
    return [f"{path}:{line}: {text}" for line, text in findings]


@pytest.fixture(scope="module")
def trees() -> dict[PurePosixPath, ast.Module]:
    return {path: ast.parse(sources.read(path)) for path in sources.code_files()}


@pytest.mark.parametrize("rule", TREE_RULES, ids=lambda rule: rule.__name__)
def test_the_code_keeps_the_rule(rule: TreeRule, trees: dict[PurePosixPath, ast.Module]) -> None:
    found = [line for path, tree in trees.items() for line in report(path, rule(path, tree))]
    assert not found, "\n" + "\n".join(found)


def test_no_file_is_too_long() -> None:
    files = sources.code_files()
    found = [line for p in files for line in report(p, shapes.file_length(p, sources.read(p)))]
    assert not found, "\n" + "\n".join(found)


def test_no_file_names_a_machine() -> None:
    files = sources.text_files()
    found = [line for p in files for line in report(p, shapes.machine_paths(p, sources.read(p)))]
    assert not found, "\n" + "\n".join(found)


def test_the_sources_are_found() -> None:
    """Rules that look at no file keep every house in order."""
    code = {str(path) for path in sources.code_files()}
    assert {"kaisa_relay/runtime/supervise.py", "tests/test_architecture.py"} <= code
    assert PurePosixPath("pyproject.toml") in sources.text_files()


DOMAIN, SEND, TEST = "kaisa_relay/domain/x.py", "kaisa_relay/actors/x.py", "tests/x.py"


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (layers.layers, DOMAIN, "import kaisa_relay.ports"),
        (layers.layers, DOMAIN, "from kaisa_relay import runtime"),
        (layers.layers, DOMAIN, "from ..runtime import mailbox"),
        (layers.layers, DOMAIN, "def f():\n    from kaisa_relay.store import engine"),
        (layers.layers, SEND, "from kaisa_relay.journal.memory import MemoryJournal"),
        (layers.layers, "kaisa_relay/runtime/x.py", "from kaisa_relay.domain import ids"),
        (layers.layers, "kaisa_relay/feed/x.py", "from kaisa_relay.store import engine"),
        (layers.layers, "kaisa_relay/journal/x.py", "import kaisa_relay.directory"),
        (layers.layers, "kaisa_relay/simulator/x.py", "from kaisa_relay.domain import ids"),
        (layers.layers, "kaisa_relay/api/x.py", "from kaisa_relay.settings import Settings"),
        (layers.layers, "kaisa_relay/api/x.py", "from kaisa_relay import app"),
        (layers.layers, "kaisa_relay/app.py", "from kaisa_relay import cli"),
        (layers.layers, "kaisa_relay/plugins/x.py", ""),
        (layers.domain_is_pure, DOMAIN, "import trio"),
        (layers.domain_is_pure, DOMAIN, "import phonenumbers"),
        (layers.domain_is_pure, DOMAIN, "import time"),
        (layers.domain_is_pure, DOMAIN, "async def f(): ..."),
        (layers.domain_is_pure, DOMAIN, "datetime.now(UTC)"),
        (layers.domain_is_pure, DOMAIN, "open(name)"),
        (layers.no_mocks, TEST, "from unittest import mock"),
        (layers.no_mocks, TEST, "from unittest.mock import Mock"),
        (shapes.sizes, SEND, "def f():\n" + "    x()\n" * 40),
        (shapes.sizes, TEST, "def f():\n" + "    x()\n" * 60),
        (shapes.sizes, SEND, "def f(a, b, c, d, e, f): ..."),
        (shapes.sizes, SEND, "class C:\n    def f(self, a, b, c, d, /, e, *, f): ..."),
        (shapes.sizes, SEND, "def f():\n if a:\n  for b in c:\n   with d:\n    while e: g()"),
        (
            shapes.sizes,
            SEND,
            "def f():\n try:\n  a()\n except B:\n  if c:\n   if d:\n    if e: g()",
        ),
        (shapes.sizes, SEND, "def f():\n match a:\n  case b:\n   if c:\n    if d:\n     if e: g()"),
        (shapes.names, "kaisa_relay/api/utils.py", ""),
        (shapes.names, "kaisa_relay/common/text.py", ""),
        (shapes.names, "kaisa_relay/api/message_helpers.py", ""),
        (shapes.names, SEND, "class ConversationManager: ..."),
        (shapes.names, TEST, "class MessageHandler: ..."),
        (shapes.catches, SEND, "try: f()\nexcept Exception: g()"),
        (shapes.catches, SEND, "try: f()\nexcept (OSError, Exception): g()"),
        (shapes.catches, SEND, "try: f()\nexcept* Exception: g()"),
        (shapes.catches, SEND, "try: f()\nexcept: g()"),
        (shapes.catches, SEND, "with contextlib.suppress(Exception): f()"),
        (shapes.catches, SEND, "try: f()\nexcept trio.Cancelled: g()"),
        (shapes.catches, "kaisa_relay/runtime/supervise.py", "try: f()\nexcept BaseException: g()"),
        (shapes.environment, SEND, "os.environ['X']"),
        (shapes.environment, SEND, "os.getenv('X')"),
        (shapes.environment, SEND, "from os import environ"),
        (shapes.task_names, SEND, "nursery.start_soon(run, mailbox)"),
    ],
)
def test_a_broken_rule_is_found(rule: TreeRule, path: str, source: str) -> None:
    (finding,) = on_tree(rule, path, source)
    assert finding[0] >= 1


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (layers.layers, DOMAIN, "from kaisa_relay.domain.ids import ChannelId"),
        (layers.layers, DOMAIN, "from .ids import ChannelId"),
        (layers.layers, SEND, "from kaisa_relay.ports import Journal"),
        (layers.layers, "kaisa_relay/journal/x.py", "from kaisa_relay.store import engine"),
        (layers.layers, "kaisa_relay/app.py", "from kaisa_relay import api, settings"),
        (layers.layers, "kaisa_relay/cli/x.py", "from kaisa_relay import app"),
        (layers.layers, TEST, "from kaisa_relay import app"),
        (layers.domain_is_pure, "kaisa_relay/domain/phone.py", "import phonenumbers"),
        (layers.domain_is_pure, DOMAIN, "from random import Random\nfrom attrs import frozen"),
        (layers.domain_is_pure, SEND, "async def f(): await g()"),
        (shapes.sizes, SEND, "def f():\n" + "    x()\n" * 39),
        (shapes.sizes, TEST, "def f():\n" + "    x()\n" * 59),
        (shapes.sizes, SEND, "class C:\n    def f(self, a, b, c, d, e): ..."),
        (shapes.sizes, SEND, "def f():\n if a:\n  if b:\n   if c: g()"),
        (shapes.sizes, SEND, "def f():\n if a: g()\n elif b: g()\n elif c: g()\n elif d: g()"),
        (shapes.names, "kaisa_relay/store/database.py", "class Handled: ..."),
        (shapes.catches, "kaisa_relay/runtime/supervise.py", "try: f()\nexcept Exception: g()"),
        (shapes.catches, SEND, "try: f()\nexcept (OSError, trio.TooSlowError): g()"),
        (shapes.environment, "kaisa_relay/settings.py", "os.environ"),
        (shapes.environment, TEST, "os.environ"),
        (shapes.task_names, SEND, "nursery.start_soon(run, name='feed')"),
    ],
)
def test_a_kept_rule_is_left_alone(rule: TreeRule, path: str, source: str) -> None:
    assert on_tree(rule, path, source) == []


def test_a_long_file_is_found() -> None:
    path = PurePosixPath(SEND)
    assert list(shapes.file_length(path, "x\n" * 301)) == [
        (301, "the file has 301 lines, more than 300")
    ]
    assert list(shapes.file_length(path, "x\n" * 300)) == []


@pytest.mark.parametrize("folder", ["work", "root", "tmp"])
def test_a_machine_path_is_found(folder: str) -> None:
    path = PurePosixPath("README.md")
    (finding,) = shapes.machine_paths(path, f"first\nsee /{folder}/notes")
    assert finding[0] == 2
    assert list(shapes.machine_paths(path, f"https://relay.example/{folder}/notes")) == []


def test_a_registry_host_is_found() -> None:
    host = ".".join(["pypi", "org"])
    assert len(list(shapes.machine_paths(PurePosixPath("README.md"), f"https://{host}/x"))) == 1
