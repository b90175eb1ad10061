"""Words with places for facts: Jinja's expressions in a sandbox, and only a few of them.

Rule 1: what a text may do is a list, checked when its trigger is saved: no call, no variable of its
own, no loop deeper than two.
Rule 2: its work ends (`body_bounds`).
Rule 3: a fact that is not there is an empty text; a name that can never be there is refused.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jinja2 import ChainableUndefined, Template, TemplateError, meta, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment

from kaisa_relay.engagement.body_bounds import (
    DIGITS,
    ITEMS,
    MOST_DIGITS,
    MOST_ITEMS,
    MOST_WRITTEN,
    BadBody,
    BoundedLoops,
    bounded_work,
    go_on,
    items,
    rounded,
    watched,
)

LONGEST_FACT: Final = 4_000
DEEPEST_LOOP: Final = 2

KNOWN: Final[Mapping[str, frozenset[str] | None]] = {
    "event": frozenset({"id", "type", "time", "subject", "source", "data"}),
    "conversation": frozenset(
        {"id", "status", "reason", "outcome", "value", "currency", "channel", "agent",
         "created_at", "started_at", "accepted_at", "ended_at"}
    ),
    "metadata": None,
    "visitor": frozenset({"name", "first_name", "phone", "language"}),
    "agent": frozenset({"name", "first_name"}),
    "unsubscribe_url": frozenset(),
    "link": frozenset(),
    "qr_url": frozenset(),
}  # fmt: skip
"""What a text may ask for; None where its customer chooses the names."""

_ALLOWED: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem,
    nodes.Const, nodes.If, nodes.For, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.CondExpr, nodes.Concat, nodes.Filter, nodes.Test,
)  # fmt: skip
_TESTS: Final = ("defined", "undefined", "number", "string")
_FILTERS: Final = (
    "capitalize", "date", "default", "first", "last", "length", "lower", "round", "time", "title",
    "trim", "truncate", "upper", "urlencode",
)  # fmt: skip


def fault(source: str, own: frozenset[str] = frozenset()) -> str | None:
    """Say what is wrong with a text, or None; `own` are facts beside those of `KNOWN`."""
    try:
        tree = _PLAIN.parse(source)
        _check(tree, loops=0, own=own)
        _PLAIN.from_string(source)
    except TemplateError as error:
        return f"cannot be read: {error.message}"
    except (RecursionError, SyntaxError):  # the latter by Python, which compiles what Jinja makes
        return "cannot be read: it is nested too deeply"
    except BadBody as bad:
        return bad.reason
    return None


def fault_among(source: str, names: frozenset[str]) -> str | None:
    """Say what is wrong with a text that may ask for these facts only, or None."""
    wrong = fault(source, names)
    if wrong is not None:
        return wrong
    strange = meta.find_undeclared_variables(_PLAIN.parse(source)) - names
    if strange:
        return f"asks for {min(strange)}; there are: {', '.join(sorted(names))}"
    return None


@lru_cache(maxsize=256)
def asks(source: str) -> frozenset[str]:
    """Return the names that a text, which had no `fault`, asks for."""
    return frozenset(find_undeclared_variables(_PLAIN.parse(source)))


@bounded_work()
def write(source: str, facts: Mapping[str, Any], html: bool = False) -> str:
    """Write a text, which had no `fault`, with these facts; in HTML they are escaped.

    Raises `BadBody`.
    """
    written, size = [], 0
    try:
        for part in _compiled(source, html).generate(bounded(facts)):
            size += len(part)
            if size > MOST_WRITTEN:
                raise BadBody(f"is longer than {MOST_WRITTEN} characters")
            written.append(part)
            go_on()
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise BadBody(f"cannot be written: {type(error).__name__}") from error
    return "".join(written)


def bounded(fact: Any) -> Any:
    """Return a fact with long texts and lists cut."""
    match fact:
        case str():
            return fact[:LONGEST_FACT]
        case Mapping():
            return {name: bounded(value) for name, value in list(fact.items())[:MOST_ITEMS]}
        case list() | tuple():
            return [bounded(value) for value in fact[:MOST_ITEMS]]
        case _:
            return fact


# --- what a text may hold


def _check(node: nodes.Node, loops: int, own: frozenset[str]) -> None:
    """Raise `BadBody` for what is not on the list; `own` are the names of loops around."""
    if not isinstance(node, _ALLOWED):
        raise BadBody(f"may not use {type(node).__name__.lower()}")
    match node:
        case nodes.For():
            loops += 1
            if loops > DEEPEST_LOOP or node.recursive:
                raise BadBody(f"may not nest loops deeper than {DEEPEST_LOOP}")
            _check(node.iter, loops, own)
            if not isinstance(node.target, nodes.Name):
                raise BadBody("may have one name in a loop only")
            own |= {node.target.name, "loop"}
            for child in (*node.body, *node.else_, *([node.test] if node.test else [])):
                _check(child, loops, own)
            return
        case nodes.Name():
            _check_root(node.name, own)
        case nodes.Getattr(node=nodes.Name(name=root), attr=attr):
            _check_member(root, attr, own)
        case nodes.Filter():
            _check_filter(node)
        case nodes.Test() if node.name not in _TESTS:
            raise BadBody(f"may not use the test {node.name}; there are: {', '.join(_TESTS)}")
    for child in node.iter_child_nodes():
        _check(child, loops, own)


def _check_root(name: str, own: frozenset[str]) -> None:
    if name not in KNOWN and name not in own:
        raise BadBody(f"asks for {name}, which there never is; there are: {', '.join(KNOWN)}")


def _check_member(root: str, member: str, own: frozenset[str]) -> None:
    known = None if root in own else KNOWN.get(root)
    if known is not None and member not in known:
        names = ", ".join(sorted(known))
        raise BadBody(f"asks for {root}.{member}, which there never is; there are: {names}")


def _check_filter(node: nodes.Filter) -> None:
    if node.name not in _FILTERS:
        raise BadBody(f"may not use the filter {node.name}; there are: {', '.join(_FILTERS)}")
    plain = all(isinstance(each, nodes.Const) for each in node.args)
    if node.kwargs or not (plain or node.name == "default"):
        raise BadBody(f"must give the filter {node.name} plain values")
    if node.name == "round" and node.args and not _few_digits(node.args[0]):
        raise BadBody(DIGITS)
    zones = [each.value for each in node.args if isinstance(each, nodes.Const)]
    if node.name in ("date", "time") and zones:
        _zone(str(zones[0]))


def _few_digits(node: nodes.Expr) -> bool:
    digits = node.value if isinstance(node, nodes.Const) else None
    return isinstance(digits, int) and abs(digits) <= MOST_DIGITS


# --- dates


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadBody(f"names {name}, which is no time zone; one is Europe/Stockholm") from error


def _in_zone(write_out: Callable[[datetime], str]) -> Callable[..., str]:
    def shown(instant: object, zone: str = "UTC") -> str:
        """Write an instant as the facts have it, in a zone; what is none stays empty."""
        try:
            return write_out(datetime.fromisoformat(str(instant)).astimezone(_zone(zone)))
        except ValueError:
            return ""

    return shown


class _Sandbox(SandboxedEnvironment):
    """Where a dot asks for a fact's member, never for an attribute of the object that holds it."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a member."""
        if isinstance(obj, LoopContext):
            return super().getattr(obj, attribute)
        try:
            return obj[attribute]
        except (LookupError, TypeError):
            return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: str | Any) -> Any:
        """Return a member or an item."""
        return self.getattr(obj, argument)

    def _generate(self, source: nodes.Template, *rest: Any, **named: Any) -> str:
        return super()._generate(BoundedLoops().visit(source), *rest, **named)


def _environment(escape: bool) -> SandboxedEnvironment:
    environment = _Sandbox(
        autoescape=escape, undefined=ChainableUndefined, keep_trailing_newline=True
    )
    environment.globals = {}
    every = {
        **environment.filters,
        "date": _in_zone(lambda at: at.date().isoformat()),
        "time": _in_zone(lambda at: f"{at:%H:%M}"),
        "round": rounded,
    }
    environment.filters = {name: watched(every[name]) for name in _FILTERS} | {ITEMS: items}
    environment.tests = {name: environment.tests[name] for name in (*_TESTS, *_COMPARING)}
    return environment


_COMPARING: Final = ("==", "!=", "<", "<=", ">", ">=", "in")
_PLAIN: Final = _environment(escape=False)
_HTML: Final = _environment(escape=True)


@lru_cache(maxsize=256)
def _compiled(source: str, html: bool) -> Template:
    return (_HTML if html else _PLAIN).from_string(source)
