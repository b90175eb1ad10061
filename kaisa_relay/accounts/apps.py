"""Commands about Meta's apps beside the default one, and what they are answered with.

Rule 1: an app's secrets sign its webhooks; they are stored sealed and never shown.
"""

from attrs import field, frozen


@frozen
class AddApp:
    """Make an app known by a name of ours, which is a part of its webhooks' address."""

    name: str
    secrets: tuple[str, ...] = field(repr=False)


@frozen
class SetApp:
    """Give an app other secrets; any of them may have signed a webhook while one is rotated."""

    name: str
    secrets: tuple[str, ...] = field(repr=False)


@frozen
class ListApps:
    """Ask for the apps beside the default one."""


@frozen
class AppFacts:
    """An app, and how many channels belong to it; its secrets are never shown."""

    name: str
    channels: int


@frozen
class Apps:
    """Every app but the default one, by name."""

    apps: tuple[AppFacts, ...]


AppCommand = AddApp | SetApp | ListApps
AppResult = AppFacts | Apps
