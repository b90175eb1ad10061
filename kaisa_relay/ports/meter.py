"""What the actors count for operators."""

from typing import Protocol


class Meter(Protocol):
    """Counts and durations (seconds); never ids, numbers or texts."""

    def crashed(self, actor: str) -> None:
        """An actor of this kind crashed and is started again."""
        ...

    def quarantined(self) -> None:
        """A conversation gave up."""
        ...

    def answered(self, outcome: str, code: int | None) -> None:
        """WhatsApp answered a send: `accepted`, `rejected`, `deferred`, `halted`, `uncertain`."""
        ...

    def relayed(self, seconds: float) -> None:
        """A relayed message was accepted so long after it had arrived."""
        ...

    def template_refused(self, code: int) -> None:
        """WhatsApp did not send a template, for the template's own sake."""
        ...

    def file(self, state: str, size: int) -> None:
        """A file of so many bytes came to a state (`ports.files.FileState`)."""
        ...


class SilentMeter:
    """A meter that nobody reads."""

    def crashed(self, actor: str) -> None:
        """Count nothing."""

    def quarantined(self) -> None:
        """Count nothing."""

    def answered(self, outcome: str, code: int | None) -> None:
        """Count nothing."""

    def relayed(self, seconds: float) -> None:
        """Count nothing."""

    def template_refused(self, code: int) -> None:
        """Count nothing."""

    def file(self, state: str, size: int) -> None:
        """Count nothing."""
