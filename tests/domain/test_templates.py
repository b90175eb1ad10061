"""The templates that Meta must approve."""

import re

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
