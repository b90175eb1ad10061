"""The golden webhook bodies, and a small world in which they arrive."""

import json
from hashlib import blake2b
from pathlib import Path

from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.ids import ChannelId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.ports import NewItem
from kaisa_relay.whatsapp.inbound import split

FOLDER = Path(__file__).parent.parent / "data" / "webhooks"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))

CHANNELS = {
    number_id: Channel(
        WorkspaceId(1), ChannelId(n), number_id, Phone(f"+1555000111{n}"), "portfolio", "app"
    )
    for n, number_id in enumerate(("200000000000001", "200000000000002"), 1)
}


def golden(name: str) -> bytes:
    """Return a golden body as Meta sends it: without the white space that makes it readable."""
    return compact((FOLDER / f"{name}.json").read_bytes())


def compact(body: bytes) -> bytes:
    """Remove the white space between the tokens of a JSON text."""
    return json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()


def dedup(wamid: str) -> str:
    """Make a key as the lane does, without its secret."""
    return blake2b(wamid.encode(), digest_size=16).hexdigest()


def rows_of(body: bytes) -> tuple[NewItem, ...]:
    """Split a body in a world of two channels."""
    return split(body, CHANNELS.get, dedup)
