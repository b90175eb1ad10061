"""Texts by language."""

from typing import Any

import pytest

from kaisa_relay.domain.engagement.definition import BadDefinition
from kaisa_relay.domain.engagement.wording import LONGEST, MOST_LANGUAGES, read_wording

TEXTS = {"en": "Hello", "sv": "Hej", "pt-BR": "Olá"}

CODES = [f"a{chr(97 + at)}" for at in range(MOST_LANGUAGES + 1)]


def fine(text: str) -> str | None:
    """Find a fault in curses only."""
    return "holds a curse" if "curse" in text else None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sv", "Hej"),
        ("sv-FI", "Hej"),
        ("SV", "Hej"),
        ("pt_BR", "Olá"),
        ("pt", "Hello"),
        ("de", "Hello"),
        (None, "Hello"),
    ],
)
def test_everybody_gets_their_language_or_the_first(language: str | None, text: str) -> None:
    """Or their language's parent."""
    assert read_wording(TEXTS, "text", fine).of(language) == text


def test_one_text_is_for_everybody() -> None:
    """In whatever language it is."""
    wording = read_wording("Hello", "text", fine)
    assert (wording.of("sv"), wording.of(None), wording.write()) == ("Hello", "Hello", "Hello")


def test_what_is_written_reads_the_same() -> None:
    """By language, in its author's order."""
    assert read_wording(TEXTS, "text", fine).write() == TEXTS


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (5, "text"),
        ("", "text"),
        ("x" * (LONGEST + 1), "text"),
        ("curse", "text"),
        ({}, "text"),
        (dict.fromkeys(CODES, "x"), "text"),
        ({"english": "Hello"}, "text.english"),
        ({"": "Hello"}, "text."),
        ({"en": "Hello", "sv": "curse"}, "text.sv"),
        ({"en": None}, "text.en"),
    ],
)
def test_a_mistake_is_named_by_its_path(value: Any, field: str) -> None:
    """With the language, if it is in one."""
    with pytest.raises(BadDefinition) as refused:
        read_wording(value, "text", fine)
    assert refused.value.field == field
