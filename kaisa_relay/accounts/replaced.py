"""The command that replaces a channel by another, and what it is answered with."""

from attrs import frozen


@frozen
class ReplaceChannel:
    """Have `new` carry what `old` does; `after` is the last conversation of the page before."""

    old: str
    new: str
    after: str | None = None


@frozen
class Stayed:
    """A conversation that stays where it is, and why (`ports.replacing.NotMoved`)."""

    conversation: str
    why: str


@frozen
class Replaced:
    """What became of a page; `next` is what to ask for next, None after the last one."""

    moved: int
    stayed: tuple[Stayed, ...]
    next: str | None
