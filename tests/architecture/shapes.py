"""Sizes, names, and the few constructs that have one place each."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

Finding = tuple[int, str]
Function = ast.FunctionDef | ast.AsyncFunctionDef

FILE_LINES = 300
FUNCTION_LINES = 40
TEST_FUNCTION_LINES = 60
PARAMETERS = 5
NESTING = 3
BLOCKS = (
    ast.If, ast.For, ast.While, ast.With, ast.Try, ast.TryStar, ast.Match, ast.AsyncFor,
    ast.AsyncWith,
)  # fmt: skip

EMPTY_MODULE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base"}
EMPTY_CLASS_NAME = re.compile(r"(Manager|Handler|Helper|Service|Utils)$")
MAY_CATCH_ALL = {
    "kaisa_relay/runtime/supervise.py",
    "kaisa_relay/api/problems.py",
    "kaisa_relay/api/webhooks/listener.py",
    "kaisa_relay/app/connections.py",
}


def sizes(path: PurePosixPath, tree: ast.Module) -> Iterator[Finding]:
    """Functions, parameters and nesting; the file's own length is `file_length`."""
    most = TEST_FUNCTION_LINES if path.parts[0] == "tests" else FUNCTION_LINES
    for node in ast.walk(tree):
        if isinstance(node, Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > most:
                yield node.lineno, f"{node.name} has {lines} lines, more than {most}"
            if (count := _parameters(node)) > PARAMETERS:
                yield node.lineno, f"{node.name} has {count} parameters, more than {PARAMETERS}"
            for line in _too_deep(node.body, 0):
                yield line, f"{node.name} nests deeper than {NESTING}"


def file_length(path: PurePosixPath, text: str) -> Iterator[Finding]:
    """A file that grew too long holds two concepts."""
    lines = len(text.splitlines())
    if lines > FILE_LINES:
        yield lines, f"the file has {lines} lines, more than {FILE_LINES}"


def names(path: PurePosixPath, tree: ast.Module) -> Iterator[Finding]:
    """The noun of the product, or a function."""
    for part in path.with_suffix("").parts:
        if EMPTY_MODULE_NAMES & set(part.split("_")):
            yield 1, f"{part} says nothing about what is in it"
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and EMPTY_CLASS_NAME.search(node.name):
            yield node.lineno, f"{node.name} says nothing about what it is"


def catches(path: PurePosixPath, tree: ast.Module) -> Iterator[Finding]:
    """Catch what can be named; a cancellation never."""
    for node in ast.walk(tree):
        match node:
            case ast.ExceptHandler(type=None):
                yield node.lineno, "a bare except catches cancellations"
            case ast.ExceptHandler(type=ast.expr() as caught):
                yield from _broad(path, node.lineno, caught)
            case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress")):
                for argument in node.args:
                    yield from _broad(path, node.lineno, argument)


def environment(path: PurePosixPath, tree: ast.Module) -> Iterator[Finding]:
    """One reader of the environment."""
    if path.parts[0] != "kaisa_relay" or str(path) == "kaisa_relay/settings.py":
        return
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr="environ" | "environb" | "getenv"):
                yield node.lineno, "only settings.py reads the environment"
            case ast.ImportFrom(module="os", names=imported):
                if {alias.name for alias in imported} & {"environ", "environb", "getenv"}:
                    yield node.lineno, "only settings.py reads the environment"


def task_names(path: PurePosixPath, tree: ast.Module) -> Iterator[Finding]:
    """A task that crashes or hangs must be findable by its name."""
    if path.parts[0] == "tests":
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="start_soon"), keywords=keywords):
                if not any(keyword.arg == "name" for keyword in keywords):
                    yield node.lineno, "start_soon without name="


# Written so that this file does not match itself.
MACHINE_PATH = re.compile(r"(?<![\w.~}/-])/(?:work|root|tmp)/(?=\w)")
REGISTRY_HOST = re.compile(r"pypi\.(?:org)|python(?:hosted)\.org|npmjs\.(?:com|org)")


def machine_paths(path: PurePosixPath, text: str) -> Iterator[Finding]:
    """What is written here holds on every machine."""
    for number, line in enumerate(text.splitlines(), start=1):
        if MACHINE_PATH.search(line):
            yield number, "names a path of one machine"
        if REGISTRY_HOST.search(line):
            yield number, "names a package registry's host"


def _parameters(function: Function) -> int:
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args]
    if named and named[0].arg in ("self", "cls"):
        named = named[1:]
    return len(named) + len(arguments.kwonlyargs)


def _too_deep(nodes: list[ast.stmt], depth: int) -> Iterator[int]:
    for node in nodes:
        if isinstance(node, BLOCKS):
            if depth == NESTING:
                yield node.lineno
            else:
                yield from _too_deep_inside(node, depth + 1)


def _too_deep_inside(block: ast.stmt, depth: int) -> Iterator[int]:
    for name in ("body", "orelse", "finalbody"):
        nodes = getattr(block, name, [])
        # An elif is not a level of its own, though the tree has it as an if inside the else.
        is_elif = name == "orelse" and isinstance(block, ast.If) and _is_elif(nodes, block)
        yield from _too_deep(nodes, depth - 1 if is_elif else depth)
    for part in [*getattr(block, "handlers", []), *getattr(block, "cases", [])]:
        yield from _too_deep(part.body, depth)


def _is_elif(orelse: list[ast.stmt], block: ast.If) -> bool:
    return (
        len(orelse) == 1
        and isinstance(orelse[0], ast.If)
        and orelse[0].col_offset == block.col_offset
    )


def _broad(path: PurePosixPath, line: int, caught: ast.expr) -> Iterator[Finding]:
    for node in caught.elts if isinstance(caught, ast.Tuple) else [caught]:
        match node:
            case ast.Name(id="BaseException" | "BaseExceptionGroup"):
                yield line, "catches cancellations"
            case ast.Attribute(attr="Cancelled"):
                yield line, "catches cancellations"
            case ast.Name(id="Exception" | "ExceptionGroup") if str(path) not in MAY_CATCH_ALL:
                yield line, "catches what it cannot name"
