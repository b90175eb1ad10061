"""Our templates as Graph creates and lists them."""

from typing import Any

import pytest

from kaisa_relay.domain.templates import TEMPLATES, TemplateKey
from kaisa_relay.whatsapp.templates import Listed, Standing, Wanted, creation, listed, wanted

OFFER = TEMPLATES[TemplateKey.OFFER]["sv"]
BODY = {"type": "BODY", "text": OFFER.body}
BUTTONS = {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY"}, {"type": "QUICK_REPLY"}]}


def entry(**other: Any) -> dict[str, Any]:
    """The offer in Swedish as Graph lists it."""
    named = {"name": "kaisa_offer", "language": "sv", "status": "APPROVED"}
    return {**named, "components": [BODY, BUTTONS], **other}


def one(**other: Any) -> Listed:
    """The one entry of a listing."""
    (found,) = listed([entry(**other)])
    return found


@pytest.mark.parametrize("key", TemplateKey)
@pytest.mark.parametrize("language", ["en", "sv", "es"])
def test_what_is_created_is_what_is_wanted(key: TemplateKey, language: str) -> None:
    """Utility, with the samples in the order of the variables; listed back it has our shape."""
    (each,) = wanted("my_offer", key, [language])
    body = creation(each)
    assert each.name == ("my_offer" if key is TemplateKey.OFFER else key.value)
    assert body["category"] == "UTILITY"
    parts = body["components"]
    assert isinstance(parts, list)
    samples = parts[0].get("example", {}).get("body_text", [[]])[0]
    assert tuple(samples) == each.text.samples
    (back,) = listed([{**body, "status": "APPROVED"}])
    assert back.as_wanted(each) is Standing.APPROVED


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("APPROVED", Standing.APPROVED),
        ("approved", Standing.APPROVED),
        ("PENDING", Standing.PENDING),
        ("IN_APPEAL", Standing.PENDING),
        ("REJECTED", Standing.REJECTED),
        ("PAUSED", Standing.PAUSED),
        ("DISABLED", Standing.DISABLED),
        ("DELETED", Standing.MISSING),
        ("WHO_KNOWS", Standing.UNKNOWN),
    ],
)
def test_how_it_stands(status: str, standing: Standing) -> None:
    """Meta's words in ours; a new one of theirs is not taken for good."""
    assert one(status=status).as_wanted(Wanted("kaisa_offer", "sv", OFFER)) is standing


@pytest.mark.parametrize(
    "components",
    [
        [{"type": "BODY", "text": "Hej {{1}}, kom."}, BUTTONS],
        [BODY],
        [BODY, {"type": "BUTTONS", "buttons": [{}]}],
        [],
        None,
    ],
)
def test_an_approved_one_of_another_shape(components: Any) -> None:
    """Every send with it would be refused (132000)."""
    seen = one(components=components)
    assert seen.as_wanted(Wanted("kaisa_offer", "sv", OFFER)) is Standing.DIFFERS


def test_the_reason_is_a_code_and_nothing_else() -> None:
    """Free text is not repeated; `NONE` is none."""
    assert one(status="REJECTED", rejected_reason="INVALID_FORMAT").reason == "INVALID_FORMAT"
    assert one(rejected_reason="NONE").reason == ""
    assert one(rejected_reason="about +46 70 000 00 01").reason == ""


@pytest.mark.parametrize("junk", [None, 3, [], {}, {"name": "x"}, entry(components="x")])
def test_what_cannot_be_read_is_left_out(junk: Any) -> None:
    """The others are read all the same; a language may be written with a hyphen."""
    found = list(listed([junk, entry(language="pt-BR")]))
    assert [each.language for each in found] == ["pt_BR"]
