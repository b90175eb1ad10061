"""The template registry, as a table of sends."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from kaisa_relay.simulator import KAISA_OFFER, TemplateConfig, TemplateText
from kaisa_relay.simulator.errors import GraphError
from kaisa_relay.simulator.templates.registry import Template, languages_of
from kaisa_relay.simulator.templates.rendering import Button, Rendered, render


def in_language(config: TemplateConfig, language: str = "en") -> Template | None:
    """What the registry has of a configured template."""
    return next((one for one in languages_of(config) if one.language == language), None)


def send(*texts: str, language: str = "en", buttons: list[Any] | None = None) -> dict[str, Any]:
    """The object under `template` for the offer."""
    parameters = [{"type": "text", "text": text} for text in texts]
    body = {"type": "body", "parameters": parameters}
    components = [body, *(buttons or [])]
    return {"name": "kaisa_offer", "language": {"code": language}, "components": components}


def quick_reply(index: Any, payload: Any) -> dict[str, Any]:
    """A component that gives a quick reply its payload."""
    parameters = [{"type": "payload", "payload": payload}]
    return {"type": "button", "sub_type": "quick_reply", "index": index, "parameters": parameters}


def test_the_offer_reads_as_filled_in_with_its_payloads() -> None:
    """Both index spellings; a quick reply without a payload answers its label."""
    shown = render(
        in_language(KAISA_OFFER),
        send("Vera {{2}}", "a boat", buttons=[quick_reply("0", "accept.7")]),
    )
    assert isinstance(shown, Rendered)
    assert "Vera {{2}}" in shown.text
    assert "a boat" in shown.text
    assert shown.buttons == (
        Button("quick_reply", "Accept", "accept.7"),
        Button("quick_reply", "Decline", "Decline"),
    )
    numbered = render(
        in_language(KAISA_OFFER), send("a", "b", buttons=[quick_reply(1, "decline.7")])
    )
    assert isinstance(numbered, Rendered)
    assert numbered.buttons[1].payload == "decline.7"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (send("one"), 132000),
        (send("a", "b", language="en_US"), 132001),
        (send("a\nb", "c"), 132018),
        (send("a" + " " * 5 + "b", "c"), 132018),
        (send("", "c"), 131008),
        (send("a" * 1024, "c"), 132005),
        (send("a", "b", buttons=[quick_reply("2", "x")]), 132018),
        (send("a", "b", buttons=[quick_reply("0", "")]), 132012),
    ],
)
def test_wrong_sends_are_refused(body: dict[str, Any], code: int) -> None:
    """Each rule with its code."""
    refused = render(in_language(KAISA_OFFER, body["language"]["code"]), body)
    assert isinstance(refused, GraphError)
    assert refused.code == code


@pytest.mark.parametrize(
    ("status", "code"), [("pending", 132001), ("paused", 132015), ("disabled", 132016)]
)
def test_a_template_that_is_not_approved_is_refused(status: str, code: int) -> None:
    """The code says what to do about it."""
    refused = render(in_language(evolve(KAISA_OFFER, status=status)), send("a", "b"))
    assert isinstance(refused, GraphError)
    assert refused.code == code


def test_an_unknown_template_is_refused() -> None:
    """As one that does not exist in the language."""
    assert render(None, send("a", "b")) == GraphError(
        132001, "template name (kaisa_offer) does not exist in en"
    )


def test_a_named_template_wants_its_names() -> None:
    """By name, in any order."""
    texts = {"en": TemplateText("{{a}}-{{b}}!")}
    named = TemplateConfig("kaisa_offer", texts, parameter_names=("a", "b"))
    parameters = [{"type": "text", "parameter_name": name, "text": name * 2} for name in "ba"]
    body = send() | {"components": [{"type": "body", "parameters": parameters}]}
    shown = render(in_language(named), body)
    assert isinstance(shown, Rendered)
    assert shown.text == "aa-bb!"
    assert isinstance(render(in_language(named), send("x", "y")), GraphError)


VALUES = st.none() | st.integers() | st.text(max_size=3) | st.lists(st.none(), max_size=1)
KEYS = st.sampled_from(["type", "text", "payload", "parameter_name", "currency"])
PARAMETERS = st.lists(
    st.dictionaries(KEYS, VALUES | st.sampled_from(["text", "payload", "currency"])), max_size=2
)
COMPONENTS = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["body", "button", "BODY"]) | VALUES},
        optional={"sub_type": st.just("quick_reply"), "index": VALUES, "parameters": PARAMETERS},
    ),
    max_size=3,
)


@given(components=COMPONENTS)
@example(components=[{"type": "body", "sub_type": "quick_reply", "parameters": [{}, {}]}])
def test_any_components_are_rendered_or_refused(components: list[Any]) -> None:
    """Never another exception."""
    body = {"name": "kaisa_offer", "language": {"code": "sv"}, "components": components}
    assert isinstance(render(in_language(KAISA_OFFER, "sv"), body), Rendered | GraphError)
