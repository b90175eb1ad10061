"""Whom a command names, and the note after it."""

import pytest

from kaisa_relay.domain.handover import agent_names, note_of, read
from kaisa_relay.domain.ids import ContactId
from tests import fakes
from tests.domain.builders import ANNA, active
from tests.domain.builders import BO as BO_

BO, BODIL, ASA, NAMELESS = map(ContactId, range(1, 5))
NAMES = {BO: "Bo Ek", BODIL: "Bodil", ASA: "Åsa Maria Holm", NAMELESS: ""}


@pytest.mark.parametrize(
    ("rest", "named", "note"),
    [
        ("", None, ""),
        ("next", None, ""),
        ("Nästa  has a dog", None, "has a dog"),
        ("bo", (BO,), ""),
        ("BO, wants  red\nand blue", (BO,), "wants  red\nand blue"),
        ("bo ek wants red", (BO,), "wants red"),
        ("asa", (ASA,), ""),
        ("åsa maria is better", (ASA,), "maria is better"),
        ("Asa Maria Holm: hello", (ASA,), "hello"),
        ("bodil", (BODIL,), ""),
        ("cleo has time", (), ""),
        (".", (), ""),
    ],
)
def test_names_are_read_as_they_are_typed(
    rest: str, named: tuple[ContactId, ...] | None, note: str
) -> None:
    """The first name, or all of it; case and accents do not count."""
    assert read(rest, NAMES) == (named, note)


def test_the_same_first_name_twice() -> None:
    """Both are meant, unless all of the name is typed."""
    names = {BO: "Anna Ek", ASA: "Anna Holm"}
    assert read("anna please", names) == ((BO, ASA), "please")
    assert read("anna holm please", names) == ((ASA,), "please")


def test_the_note_of_a_command() -> None:
    """Of this command alone, in any language."""
    assert note_of("/överlämna bo: viktigt", NAMES) == "viktigt"
    assert note_of("/transfer cleo hello", NAMES) == ""
    assert note_of("/note bo hello", NAMES) == ""


def test_who_could_have_it() -> None:
    """The others of the form; somebody erased has no name."""
    state = active().state
    people = {each: fakes.person(each, f"Agent {each}") for each in (BO_, ANNA)}
    assert agent_names(state, people) == {BO_: f"Agent {BO_}"}
    assert agent_names(state, {}) == {BO_: ""}
