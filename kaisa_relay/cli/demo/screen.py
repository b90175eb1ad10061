"""What a spectator sees: who says what to whom, as it arrives."""

from io import StringIO
from typing import Final, Protocol

import click
import segno

from kaisa_relay.cli.demo.people import Arrival, Person
from kaisa_relay.cli.demo.relay import Conversation

WIDTH: Final = 17
"""Characters of a name's column."""
RELAY: Final = "relay"
COLOURS: Final = ("cyan", "magenta", "yellow", "green", "blue", "red")


class Screen(Protocol):
    """Where a play is shown."""

    def created(self, visitor: Person, conversation: Conversation) -> None:
        """Show that somebody got a link."""
        ...

    def scanned(self, visitor: Person) -> None:
        """Show that somebody sent the prefilled sentence."""
        ...

    def acts(self, person: Person, what: str) -> None:
        """Show what somebody does."""
        ...

    def heard(self, writer: Person | None, reader: Person, arrival: Arrival) -> None:
        """Show a message where it arrives; without a writer it is an automatic one."""
        ...

    def says(self, text: str) -> None:
        """Show a line of ours."""
        ...


class Dark:
    """Shows nothing."""

    def created(self, visitor: Person, conversation: Conversation) -> None:
        """Show nothing."""

    def scanned(self, visitor: Person) -> None:
        """Show nothing."""

    def acts(self, person: Person, what: str) -> None:
        """Show nothing."""

    def heard(self, writer: Person | None, reader: Person, arrival: Arrival) -> None:
        """Show nothing."""

    def says(self, text: str) -> None:
        """Show nothing."""


class Terminal:
    """Lines on standard output, in colours where that is a terminal."""

    def __init__(self) -> None:
        self._links = 0
        self._colours: dict[str, str] = {}

    def created(self, visitor: Person, conversation: Conversation) -> None:
        """Show the link; the first one also as a QR code."""
        self.acts(visitor, "fills in the form and gets a link")
        self._links += 1
        if self._links == 1 and conversation.url is not None:
            click.echo(qr_code(conversation.url))
            click.echo(conversation.url)

    def scanned(self, visitor: Person) -> None:
        """Show that the prefilled sentence was sent."""
        self.acts(visitor, "scans it and sends the sentence that is there")

    def acts(self, person: Person, what: str) -> None:
        """Show what somebody does."""
        click.echo(f"{self._name(person.name)} {what}")

    def heard(self, writer: Person | None, reader: Person, arrival: Arrival) -> None:
        """Show a message in one line, with its buttons."""
        origin = self._name(writer.name if writer else RELAY)
        buttons = "".join(f" [{button.label}]" for button in arrival.buttons)
        text = " ".join(arrival.text.split()) + buttons
        said = text if writer else click.style(text, dim=True)
        click.echo(f"{origin} → {reader.name}: {said}")

    def says(self, text: str) -> None:
        """Show a line of ours."""
        click.echo(text)

    def _name(self, name: str) -> str:
        if name == RELAY:
            return click.style(name.rjust(WIDTH), dim=True)
        colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
        return click.style(name.rjust(WIDTH), fg=colour)


def qr_code(url: str) -> str:
    """Return a QR code in block characters, for terminals with a dark background or a light one."""
    drawn = StringIO()
    segno.make_qr(url, error="l").terminal(drawn, border=2, compact=True)
    return drawn.getvalue().rstrip("\n")
