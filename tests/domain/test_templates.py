"""The templates that Meta must approve."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.templates import (
    TEMPLATES,
    TemplateKey,
    brief,
    clean_parameter,
    template_text,
)
from kaisa_relay.domain.texts import LANGUAGES

VARIABLE = re.compile(r"\{\{(\d+)\}\}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", TemplateKey)
def test_each_is_one_that_meta_can_approve(key: TemplateKey, language: str) -> None:
    """A sample for each variable, numbered from one, none at the end, buttons that fit."""
    text = template_text(key, language)
    assert [int(n) for n in VARIABLE.findall(text.body)] == list(range(1, len(text.samples) + 1))
    assert not VARIABLE.search(text.body[:5] + text.body[-5:])
    assert 1 <= len(text.buttons) <= 10
    assert all(0 < len(button) <= 25 for button in text.buttons)
    assert len(set(text.buttons)) == len(text.buttons)


def test_every_language_has_the_same_parameters_and_buttons() -> None:
    for texts in TEMPLATES.values():
        shapes = {(len(each.samples), len(each.buttons)) for each in texts.values()}
        assert len(shapes) == 1


def test_an_unknown_language_falls_back() -> None:
    assert template_text(TemplateKey.OFFER, "fi") == TEMPLATES[TemplateKey.OFFER]["en"]


@pytest.mark.parametrize("key", TemplateKey)
def test_operators_find_every_text(key: TemplateKey) -> None:
    """In `docs/templates.md`, word for word."""
    page = (Path(__file__).parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")
    for language, text in TEMPLATES[key].items():
        row = f"| `{key.value}` | {language} | {text.body} | {', '.join(text.buttons)} |"
        assert row in page


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Ana", "Ana"),
        ("  Ana \t\r\n  Lind ", "Ana Lind"),
        ("", "-"),
        (" \n ", "-"),
        ("\x00\x1b", "-"),
        ("Ana \x07 Lind", "Ana Lind"),
        ("A\u200dna\x07", "A\u200dna"),
        ("\u00a0Ana\u2028Lind", "Ana Lind"),
        ("x" * 61, "x" * 61),
    ],
)
def test_parameters_are_cleaned(text: str, clean: str) -> None:
    """One line without control characters, never empty."""
    assert clean_parameter(text) == clean


@given(st.text(max_size=100))
def test_any_parameter_is_taken(text: str) -> None:
    """Meta refuses newlines, tabs, four spaces in a row, and empty parameters."""
    clean = clean_parameter(text)
    assert clean
    assert 1 <= len(brief(text)) <= 60
    assert clean == " ".join(clean.split())
    assert clean.encode()


@pytest.mark.parametrize(
    ("text", "short"),
    [
        (" Ana\n", "Ana"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
        ("x" * 58 + " yyy", "x" * 58 + "…"),
    ],
)
def test_our_own_are_brief(text: str, short: str) -> None:
    """A name must not swamp an offer."""
    assert brief(text) == short
