"""Where log lines go: to stderr, as text for people or JSON for machines, never with contents.

Rule 1: an exception is logged as its classes, codes and stack; its text may quote a message,
a number or a token, and stays out.
Rule 2: the libraries' own lines pass the same way as ours.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]

# Codes that the standard library, SQLite and psycopg give; none of them quotes data.
CODES = ("errno", "sqlite_errorname", "sqlstate")


# Libraries whose information is none to an operator; httpx even writes each URL it calls.
CHATTY = ("httpx", "alembic", "hypercorn.error")


def configure(
    log_format: Literal["console", "json"] = "console", level: int = logging.INFO
) -> None:
    """Send structlog and the standard library's logging to stderr; may be called again."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        exception_without_text,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(log_format, shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in CHATTY:
        chatty = logging.getLogger(name)
        chatty.setLevel(max(level, logging.WARNING))
        chatty.handlers.clear()  # Hypercorn brings one that prints exceptions with their text
        chatty.propagate = True


def exception_without_text(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace `exc_info` by `exception`: what crashed and where, not what it said."""
    exc_info = event.pop("exc_info", None)
    crash = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if crash is True:
        crash = sys.exc_info()[1]
    if isinstance(crash, BaseException):
        event["exception"] = "\n".join(_describe(crash))
    return event


def _formatter(log_format: str, shared: list[Processor]) -> logging.Formatter:
    renderer: Processor
    if log_format == "json":
        renderer = structlog.processors.JSONRenderer()
    else:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def _describe(crash: BaseException, depth: int = 0) -> Iterator[str]:
    """The stack and the name, the members of a group, then whatever caused it."""
    indent = "  " * depth
    for frame in traceback.extract_tb(crash.__traceback__):
        yield f"{indent}{frame.filename}:{frame.lineno} in {frame.name}"
    codes = [f"{code}={value}" for code in CODES if (value := getattr(crash, code, None))]
    name = f"{type(crash).__module__}.{type(crash).__qualname__}"
    yield " ".join([f"{indent}{name.removeprefix('builtins.')}", *codes])
    if isinstance(crash, BaseExceptionGroup):
        for member in crash.exceptions:
            yield from _describe(member, depth + 1)
    if crash.__cause__ is not None:
        yield f"{indent}caused by"
        yield from _describe(crash.__cause__, depth)
