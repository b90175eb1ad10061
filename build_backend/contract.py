"""Writes what the API says of itself, for the types of the page: `contract.py FOLDER`.

`api.json` is its OpenAPI document; `feed.json` has the schemas of the AsyncAPI one in the form
that the same tool reads.
"""

import sys
from pathlib import Path
from typing import Any

import attrs
import msgspec
import trio

from kaisa_relay.api.application import create_api
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.feed import Feed, Hub


async def write(folder: Path) -> None:
    """Write the documents."""
    (folder / "api.json").write_bytes(await _told("/openapi.json"))
    schemas = msgspec.json.decode(await _told("/asyncapi.json"))["components"]["schemas"]
    info = {"title": "feed", "version": "1"}
    read = {"openapi": "3.1.0", "info": info, "paths": {}, "components": {"schemas": schemas}}
    (folder / "feed.json").write_bytes(msgspec.json.encode(read))


async def _told(address: str) -> bytes:
    # Nothing of what the API stands on is asked when it describes itself.
    needed = [each.name for each in attrs.fields(Dependencies) if each.default is attrs.NOTHING]
    nothing: Any = dict.fromkeys(needed)
    nothing["feed"] = Feed(hub=Hub(), following=nothing["feed"], frames=nothing["feed"])
    answer = await create_api(Dependencies(**nothing)).test_client().get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answers {answer.status_code}")
    return await answer.get_data(as_text=False)


if __name__ == "__main__":
    trio.run(write, Path(sys.argv[1]))
