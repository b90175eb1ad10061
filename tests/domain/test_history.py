"""One line for each message of a history."""

import pytest

from kaisa_relay.domain.content import (
    ButtonTap,
    ContactCard,
    ContactCards,
    Content,
    Edit,
    FormAnswer,
    Location,
    Media,
    MediaKind,
    Order,
    Reaction,
    Revocation,
    Text,
    Unknown,
)
from kaisa_relay.domain.history import LONGEST_LINE, line
from kaisa_relay.domain.payloads import Reopen, encode
from tests.domain.builders import HERE


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (Text("hi"), "Vera: hi"),
        (Text("  "), None),
        (Media(MediaKind.IMAGE, "id", "image/jpeg", caption="look"), "Vera: 📷 look"),
        (Media(MediaKind.AUDIO, "id", "audio/ogg", voice=True), "Vera: 🎤"),
        (Location(59.3, 18.1, "Garage", "Storgatan 1"), "Vera: 📍 Garage Storgatan 1"),
        (Media(MediaKind.DOCUMENT, "id", "a/b", filename="offer.pdf"), "Vera: 📄 offer.pdf"),
        (ContactCards((ContactCard("Bo"), ContactCard("Cleo"))), "Vera: 👤 Bo, Cleo"),
        (Edit("wamid", Text("ho")), "Vera: ✏️ ho"),
        (ButtonTap("theirs", "Yes please"), "Vera: Yes please"),
        (ButtonTap(encode(Reopen(HERE)), "Keep open"), None),
        (FormAnswer("form", "{}"), "Vera: 📝"),
        (Order("catalogue", (), "today please"), "Vera: 🛒 today please"),
        (Reaction("wamid", "👍"), None),
        (Revocation("wamid"), None),
        (Unknown("hologram"), None),
    ],
)
def test_a_line(content: Content, shown: str | None) -> None:
    """Words, a picture for a file, and nothing for what no line can show."""
    assert line("Vera", content) == shown


def test_a_long_message_is_shortened_and_an_erased_name_leaves_no_trace() -> None:
    """Twelve lines fit into one text."""
    shown = line("", Text("x" * 5000))
    assert shown == "x" * (LONGEST_LINE - 1) + "…"
