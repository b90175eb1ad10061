"""Who may import whom, as the design has it."""

import ast
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath

Finding = tuple[int, str]

PORTS = frozenset({"domain", "ports", "runtime"})
TABLES = PORTS | {"store"}
NOTHING: frozenset[str] = frozenset()
EVERYTHING = TABLES | {
    "accounts", "actors", "api", "dashboard", "directory", "engagement", "explore", "feed",
    "journal", "listener", "logs", "metrics", "privacy", "settings", "simulator", "whatsapp",
}  # fmt: skip

# A room may always import itself. A new room needs a line here and in the design.
MAY_IMPORT = {
    "domain": NOTHING,
    "runtime": NOTHING,
    "simulator": NOTHING,
    "settings": frozenset({"setting_values"}),
    "setting_values": NOTHING,
    "logs": NOTHING,
    "listener": NOTHING,
    "__init__": NOTHING,
    "ports": frozenset({"domain"}),
    "actors": PORTS,
    "store": PORTS,
    "whatsapp": PORTS,
    "api": PORTS | {"listener"},
    "feed": PORTS,
    "dashboard": PORTS,
    "journal": TABLES,
    "directory": TABLES,
    "accounts": TABLES,
    "metrics": TABLES,
    "engagement": TABLES,
    "explore": TABLES,
    "privacy": TABLES,
    "app": EVERYTHING,
    "cli": EVERYTHING | {"app"},
    "__main__": EVERYTHING | {"app", "cli"},
}

# The domain is pure: of the standard library, what reads no clock, draws no lots and opens nothing.
IMPURE = {
    "asyncio", "io", "logging", "os", "pathlib", "secrets", "shutil", "socket", "sqlite3",
    "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip


def layers(path: PurePosixPath, tree: ast.Module) -> Iterator[Finding]:
    """Layers point down."""
    room = _room(path)
    if room is None:
        return
    if room not in MAY_IMPORT:
        yield 1, f"the room {room} is not in the table of who may import whom"
        return
    for line, module in _imports(path, tree):
        target = _room_of_module(module)
        if target is not None and target != room and target not in MAY_IMPORT[room]:
            yield line, f"{room} may not import {target}"


def domain_is_pure(path: PurePosixPath, tree: ast.Module) -> Iterator[Finding]:
    """The domain never awaits, reads no clock, and uses nothing third-party but attrs."""
    if _room(path) != "domain":
        return
    allowed = {"attrs", "kaisa_relay"} | ({"phonenumbers"} if path.name == "phone.py" else set())
    for line, module in _imports(path, tree):
        top = module.split(".")[0]
        if top not in allowed and (top in IMPURE or top not in sys.stdlib_module_names):
            yield line, f"the domain may not import {top}"
    for node in ast.walk(tree):
        match node:
            case ast.AsyncFunctionDef() | ast.Await() | ast.AsyncFor() | ast.AsyncWith():
                yield node.lineno, "the domain never awaits"
            case ast.Call(func=ast.Attribute(attr="now" | "utcnow" | "today")):
                yield node.lineno, "the domain reads no clock"
            case ast.Call(func=ast.Name(id="open" | "print" | "input")):
                yield node.lineno, "the domain does no I/O"


def no_mocks(path: PurePosixPath, tree: ast.Module) -> Iterator[Finding]:
    """Fakes that pass the contract suite, not mocks."""
    for line, module in _imports(path, tree):
        if module.startswith("unittest.mock") or module.split(".")[0] in ("mock", "pytest_mock"):
            yield line, "no mocks"


def _room(path: PurePosixPath) -> str | None:
    if path.parts[0] != "kaisa_relay" or len(path.parts) < 2:
        return None
    return path.parts[1].removesuffix(".py")


def _room_of_module(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "kaisa_relay" and len(parts) > 1 else None


def _imports(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported, wherever in the file."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                above = path.parts[: len(path.parts) - level] if level else ()
                origin = ".".join([*above, *([module] if module else [])])
                yield from ((node.lineno, f"{origin}.{alias.name}") for alias in names)
