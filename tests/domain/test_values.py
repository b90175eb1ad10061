"""The small vocabulary: ids as text, kinds of content, names, sides, outages."""

import importlib
import pkgutil
import string
from types import ModuleType
from typing import get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay import domain
from kaisa_relay.domain.contact import Person, Side
from kaisa_relay.domain.content import (
    ButtonTap,
    Choice,
    ContactCards,
    Content,
    Edit,
    Empty,
    FormAnswer,
    Location,
    Media,
    MediaKind,
    Order,
    Reaction,
    Revocation,
    Text,
    Unknown,
    Unsupported,
    kind_of,
)
from kaisa_relay.domain.conversation import Decision
from kaisa_relay.domain.engagement.definition import Faults, Part
from kaisa_relay.domain.ids import ALPHABET, ContactId, from_text, to_text
from kaisa_relay.domain.outage import Outage
from kaisa_relay.domain.phone import parse
from kaisa_relay.domain.tokens import LENGTH, new_token
from tests.domain.builders import after

NUMBERS = st.integers(0, 2**63 - 1)


@given(NUMBERS, st.sampled_from(["cnv", "chn", "ctc", "msg", "wsp", "key"]))
def test_an_id_comes_back(number: int, prefix: str) -> None:
    """From the public form to the number, and only with its own prefix."""
    text = to_text(prefix, number)
    assert from_text(prefix, text) == number
    assert from_text("xxx", text) is None
    assert len(text) == len(prefix) + 14


@given(NUMBERS, NUMBERS)
def test_ids_sort_as_their_numbers(one: int, other: int) -> None:
    """So that a list by id is a list by time, wherever it is sorted."""
    assert (to_text("cnv", one) < to_text("cnv", other)) == (one < other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cnv",
        "cnv_",
        "cnv_123",
        "cnv_" + "0" * 12,
        "cnv_" + "0" * 14,
        "cnv_" + "u" * 13,
        "cnv_" + "A" * 13,
        "cnv_" + "z" * 13,
        "cnv_8" + "0" * 12,
        "cnv-" + "0" * 13,
        "CNV_" + "0" * 13,
        "cnv_" + "\u0661" * 13,
        " cnv_" + "0" * 13,
    ],
)
def test_what_is_no_id_of_ours(text: str) -> None:
    """None, never an error and never a number beyond 63 bits."""
    assert from_text("cnv", text) is None


@given(st.text(alphabet=string.printable, max_size=20))
def test_any_text_is_an_id_or_not(text: str) -> None:
    """One public form for each id: what is read is written the same."""
    number = from_text("cnv", text)
    assert number is None or to_text("cnv", number) == text


def test_the_alphabet_is_unambiguous() -> None:
    """32 characters, none of them mistaken for another."""
    assert len(set(ALPHABET)) == 32
    assert not set("ilou") & set(ALPHABET)


KINDS: list[tuple[Content, str]] = [
    (Text("x"), "text"),
    (Media(MediaKind.IMAGE, "id", "image/png"), "image"),
    (Media(MediaKind.VIDEO, "id", "video/mp4"), "video"),
    (Media(MediaKind.AUDIO, "id", "audio/ogg"), "audio"),
    (Media(MediaKind.AUDIO, "id", "audio/ogg", voice=True), "voice"),
    (Media(MediaKind.DOCUMENT, "id", "application/pdf"), "document"),
    (Media(MediaKind.STICKER, "id", "image/webp"), "sticker"),
    (Location(1, 2), "location"),
    (ContactCards(()), "contacts"),
    (ButtonTap("p", "t"), "button"),
    (Choice("c", "t"), "choice"),
    (FormAnswer("n", "{}"), "form"),
    (Reaction("w", None), "reaction"),
    (Order("c", ()), "order"),
    (Edit("w", Text("x")), "edit"),
    (Revocation("w"), "deletion"),
    (Unsupported("poll", None), "poll"),
    (Unsupported(None, 131051), "unsupported"),
    (Unsupported("", None), "unsupported"),
    (Unknown("hologram"), "unknown"),
    (Empty("image", "no id"), "image"),
]


@pytest.mark.parametrize(("content", "kind"), KINDS, ids=[kind for _, kind in KINDS])
def test_every_content_has_a_kind(content: Content, kind: str) -> None:
    """As the API and the automatic texts name it."""
    assert kind_of(content) == kind


def test_no_content_is_forgotten() -> None:
    """A new class needs a kind, and a line above."""
    assert {type(content) for content, _ in KINDS} == set(get_args(Content))


@pytest.mark.parametrize(
    ("name", "first"),
    [("Maja Lind", "Maja"), ("  Bo  ", "Bo"), ("", ""), ("   ", ""), ("Åsa-Li\tX", "Åsa-Li")],
)
def test_the_other_side_sees_a_first_name(name: str, first: str) -> None:
    """Never more of it."""
    assert Person(ContactId(1), name, "en").first_name == first


def test_sides_face_each_other() -> None:
    """Across and back again."""
    assert Side.VISITOR.other is Side.AGENT
    assert all(side.other.other is side is not side.other for side in Side)


def test_the_length_of_an_outage() -> None:
    """From the last good moment to the first."""
    assert Outage(after(10), after(70)).length.total_seconds() == 60


def test_a_prefix_of_two_zeros_that_means_something_else() -> None:
    """Australia dials 0011 for abroad, which read as 00 would be no country."""
    assert parse("0011 46 70 123 45 67", "AU") == "+46701234567"


IN_THE_MAKING = (Decision, Faults, Part)
"""A decision, and a definition that is being read."""
MODULES = [
    importlib.import_module(module.name)
    for module in pkgutil.walk_packages(domain.__path__, domain.__name__ + ".")
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_values_are_frozen(module: ModuleType) -> None:
    """What is told does not change afterwards; only what is in the making does."""
    for cls in vars(module).values():
        if isinstance(cls, type) and attrs.has(cls) and cls not in IN_THE_MAKING:
            assert cls.__hash__ is not None
            assert cls.__setattr__ is not object.__setattr__, cls


class Letters:
    """Draws letters only, until a token's worth of them has been drawn."""

    def __init__(self) -> None:
        self.drawn = 0

    def choice(self, characters: str, /) -> str:
        """A letter, and later a digit now and then."""
        self.drawn += 1
        return characters[-1] if self.drawn <= LENGTH or self.drawn % 2 else characters[0]


def test_a_token_has_letters_and_digits() -> None:
    """A word or a number that somebody types must not look like one: draw again."""
    assert new_token(Letters()) == "x2" * 5
