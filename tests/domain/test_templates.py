"""The templates that Meta must approve."""

import re
from pathlib import Path

import pytest

from kaisa_relay.domain.templates import TEMPLATES, TemplateKey, template_text
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
