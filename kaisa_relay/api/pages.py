"""Pages for people: the API's operations and what each problem means, without any script.

Rule 1: self-contained: nothing is loaded from anywhere.
"""

from collections.abc import Iterator
from html import escape
from typing import Any, Final

from kaisa_relay.api.problem_kinds import Kind

HEADERS: Final = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
MEDIA_TYPE: Final = "text/html; charset=utf-8"

_STYLE: Final = (
    ":root{color-scheme:light dark}"
    "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:52rem;padding:0 1rem}"
    "code{font:.95em ui-monospace,monospace}"
    "section{border-top:1px solid #8886;padding:.5rem 0}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{border-bottom:1px solid #8883;padding:.2rem .6rem .2rem 0;text-align:left;"
    "vertical-align:top}"
)


def operations_page(document: dict[str, Any], kinds: list[Kind]) -> bytes:
    """Return the page of the whole API."""
    info = document["info"]
    body = [f"<p>{escape(info['description'])}</p>"]
    body.append('<p>For programs: <a href="/openapi.json">openapi.json</a>.</p>')
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            body.extend(_operation(path, method, operation, document["components"]["schemas"]))
    body.append("<section><h2>Problems</h2><ul>")
    body += [f'<li><a href="{kind.type}">{escape(_named(kind))}</a></li>' for kind in kinds]
    body.append("</ul></section>")
    return _page(f"{info['title']} {info['version']}", body)


def problem_page(kind: Kind) -> bytes:
    """Return the page that a problem's type leads to."""
    advice = f"<p>{escape(kind.advice)}</p>"
    return _page(_named(kind), [advice, '<p><a href="/docs">All of the API</a></p>'])


def _operation(
    path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]
) -> Iterator[str]:
    yield f"<section><h2><code>{method.upper()} {escape(path)}</code></h2>"
    yield f"<p>{escape(operation.get('summary', ''))}</p>"
    if operation.get("description"):
        yield f"<p>{escape(operation['description'])}</p>"
    yield from _table(
        (parameter["name"], parameter["in"], _about(parameter))
        for parameter in operation["parameters"]
    )
    for encoding, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<p>Body: <code>{escape(encoding)}</code></p>"
        yield from _fields(content["schema"], schemas)
    for status, response in operation["responses"].items():
        yield f"<p>{escape(str(status))}: {escape(response['description'])}</p>"
    yield "</section>"


def _fields(schema: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    resolved = _resolved(schema, schemas)
    required = resolved.get("required", [])
    yield from _table(
        (name, "required" if name in required else "optional", _about(field))
        for name, field in resolved.get("properties", {}).items()
    )


def _table(rows: Iterator[tuple[str, str, str]]) -> Iterator[str]:
    cells = [
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(place)}</td>"
        f"<td>{escape(about)}</td></tr>"
        for name, place, about in rows
    ]
    if cells:
        yield f"<table>{''.join(cells)}</table>"


def _about(field: dict[str, Any]) -> str:
    schema = field.get("schema", field)
    return str(field.get("description") or schema.get("description") or "")


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return schemas[name] if name else schema


def _named(kind: Kind) -> str:
    return f"{kind.status} {kind.title}"


def _page(title: str, body: list[str]) -> bytes:
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
    style = f"<style>{_STYLE}</style>"
    return "\n".join([head, style, f"<h1>{escape(title)}</h1>", *body, "</html>"]).encode()
