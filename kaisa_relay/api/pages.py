"""Pages for people: the API's operations and what each problem means, without any script.

Rule 1: self-contained: nothing is loaded from anywhere.
"""

import re
from collections.abc import Iterator
from html import escape
from typing import Any, Final

from kaisa_relay.api.problem_kinds import Kind

HEADERS: Final = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
MEDIA_TYPE: Final = "text/html; charset=utf-8"

_CODE: Final = re.compile(r"`([^`]+)`")
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
    body = [f"<p>{_said(info['description'])}</p>"]
    body.append('<p>For programs: <a href="/openapi.json">openapi.json</a>.</p>')
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            body.extend(_operation(path, method, operation, document["components"]["schemas"]))
    body.append("<section><h2>Problems</h2><ul>")
    body += [f'<li><a href="{kind.type}">{escape(_named(kind))}</a></li>' for kind in kinds]
    body.append("</ul></section>")
    return page(f"{info['title']} {info['version']}", body)


def problem_page(kind: Kind) -> bytes:
    """Return the page that a problem's type leads to."""
    advice = f"<p>{_said(kind.advice)}</p>"
    return page(_named(kind), [advice, '<p><a href="/docs">All of the API</a></p>'])


def _operation(
    path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]
) -> Iterator[str]:
    yield f"<section><h2><code>{method.upper()} {escape(path)}</code></h2>"
    yield f"<p>{_said(operation.get('summary', ''))}</p>"
    if operation.get("description"):
        yield f"<p>{_said(operation['description'])}</p>"
    yield from _table(
        (parameter["name"], parameter["in"], _about(parameter))
        for parameter in operation["parameters"]
    )
    for encoding, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<p>Body: <code>{escape(encoding)}</code></p>"
        yield from _table(_fields(content["schema"], schemas))
    for status, response in operation["responses"].items():
        yield f"<p>{escape(str(status))}: {_said(response['description'])}</p>"
        for content in response.get("content", {}).values():
            yield from _folded(_table(_fields(content.get("schema", {}), schemas, answered=True)))
    yield "</section>"


def _folded(table: Iterator[str]) -> Iterator[str]:
    for each in table:
        yield f"<details><summary>Fields</summary>{each}</details>"


def _fields(
    schema: dict[str, Any], schemas: dict[str, Any], at: str = "", *, answered: bool = False
) -> Iterator[tuple[str, str, str]]:
    """Yield the fields and those within them, as `visitor.name` and `agents[].name`."""
    resolved = _resolved(schema, schemas)
    required = resolved.get("required", [])
    for name, field in resolved.get("properties", {}).items():
        need = "" if answered else "required" if name in required else "optional"
        yield f"{at}{name}", need, _about(field)
        for each in (field, *field.get("anyOf", ())):
            if "$ref" in each:
                yield from _fields(each, schemas, f"{at}{name}.", answered=answered)
            elif "$ref" in each.get("items", {}):
                yield from _fields(each["items"], schemas, f"{at}{name}[].", answered=answered)


def _table(rows: Iterator[tuple[str, str, str]]) -> Iterator[str]:
    cells = [
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(place)}</td>"
        f"<td>{_said(about)}</td></tr>"
        for name, place, about in rows
    ]
    if cells:
        yield f"<table>{''.join(cells)}</table>"


def _about(field: dict[str, Any]) -> str:
    """Return what is said of a field, and of the kind of text that it is."""
    schema = field.get("schema", field)
    kinds = (schema, *schema.get("anyOf", ()))
    said = [each["description"] for each in (field, *kinds) if each.get("description")]
    said += [f"One of: {', '.join(each['enum'])}." for each in kinds if each.get("enum")]
    return " ".join(dict.fromkeys(said))


def _said(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text))


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return schemas[name] if name else schema


def _named(kind: Kind) -> str:
    return f"{kind.status} {kind.title}"


def page(title: str, body: list[str], language: str = "en") -> bytes:
    """Return a page with a title and these parts of HTML."""
    head = f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
    sized = '<meta name="viewport" content="width=device-width">'
    named = f"<title>{escape(title)}</title><style>{_STYLE}</style>"
    return "\n".join([head, sized, named, f"<h1>{escape(title)}</h1>", *body, "</html>"]).encode()
