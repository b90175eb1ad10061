"""Commands about the block list, and what they are answered with."""

from datetime import datetime

from attrs import field, frozen


@frozen
class AddBlock:
    """Put somebody on the list; the number may be nobody's yet."""

    workspace: str
    number: str = field(repr=False)


@frozen
class RemoveBlock:
    """Take somebody off the list: a number, or a contact's id as `ListBlocks` shows it."""

    workspace: str
    who: str = field(repr=False)


@frozen
class ListBlocks:
    """Ask for the block list of a workspace (name or id)."""

    workspace: str


@frozen
class BlockFacts:
    """Somebody on the block list: since when, and who put them there."""

    contact: str
    name: str = field(repr=False)
    number: str | None = field(repr=False)
    by: str
    blocked_at: datetime
    agent: str | None
    conversation: str | None


@frozen
class Blocks:
    """Those of the list that were asked for, the contact known first first."""

    blocks: tuple[BlockFacts, ...]


@frozen
class Unblocked:
    """So many contacts were taken off the list."""

    contacts: int


BlockCommand = AddBlock | RemoveBlock | ListBlocks
BlockResult = BlockFacts | Blocks | Unblocked
