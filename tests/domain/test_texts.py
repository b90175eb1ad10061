"""The automatic texts: complete in every language, readable without names, safe to substitute."""

import re
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.texts import (
    LANGUAGES,
    BadText,
    TextKey,
    check_override,
    kind_name,
    language_of,
    moment,
    render,
)
from kaisa_relay.domain.texts.keys import BUTTONS, PLACEHOLDERS
from tests.architecture.sources import code_files, read

FULL = {
    "name": "Åsa",
    "agent": "Bo",
    "url": "https://wa.me/46",
    "kind": "x",
    "token": "23456789cd",
    "note": "n",
    "fields": "f",
    "command": "/x",
    "chats": "2 (Åsa, Bo)",
    "time": "89m",
    "count": "3",
    "opening": "Monday 09:00",
    "lines": "Åsa: hi",
    "names": "Bo, Cleo",
}
EVERY = [(key, language) for key in TextKey for language in LANGUAGES]


@pytest.mark.parametrize(("key", "language"), EVERY)
def test_every_text_uses_exactly_its_values(key: TextKey, language: str) -> None:
    """Each value that a text is promised appears in it, and no placeholder is left over."""
    text = render(key, language, FULL)
    assert "{" not in text
    for name in PLACEHOLDERS.get(key, frozenset()):
        assert FULL[name] in text


@pytest.mark.parametrize(("key", "language"), EVERY)
def test_every_text_reads_well_without_values(key: TextKey, language: str) -> None:
    """No hole, doubled space or stray punctuation is left where a value is empty."""
    text = render(key, language, dict.fromkeys(FULL, " "))
    assert not re.search(r"[{}]| {2}| [,.!?]|^[,.!?]|\s$|^\s", text)
    assert text[0] in "¡¿" or text[0].isupper()


@pytest.mark.parametrize(("key", "language"), EVERY)
def test_every_text_fits_whatsapp(key: TextKey, language: str) -> None:
    """Labels have at most 20 characters, a text with buttons at most 1,024, a link 120."""
    text = render(key, language, FULL)
    limit = 20 if key in BUTTONS else 120 if key is TextKey.PREFILLED_LINK else 1024
    assert len(text) <= limit


@pytest.mark.parametrize("language", LANGUAGES)
def test_prefilled_link_ends_with_its_token(language: str) -> None:
    """The token stands by itself at the end, where a reader finds it."""
    assert render(TextKey.PREFILLED_LINK, language, FULL).endswith(" 23456789cd")


@pytest.mark.parametrize(
    ("tag", "language"),
    [("sv", "sv"), ("sv-SE", "sv"), ("SV_fi", "sv"), (" es-419", "es"), ("pt", "en"), ("", "en")],
)
def test_language_tags(tag: str, language: str) -> None:
    """A tag gives its base language, and English where we have none."""
    assert language_of(tag) == language
    assert render(TextKey.QUEUED, tag, {}) == render(TextKey.QUEUED, language, {})


@given(st.text(max_size=30))
def test_values_are_never_interpreted(value: str) -> None:
    """Braces, backslashes and placeholders in a value come out as they went in."""
    text = render(TextKey.UNKNOWN_COMMAND, "en", {"command": "<" + value + ">"})
    assert "<" + value + ">" in text


@pytest.mark.parametrize(
    ("language", "text"),
    [("sv-SE", "Vänta!"), ("SV-se", "Vänta!"), ("sv", "Vänta lite."), ("sv-FI", "Vänta lite.")],
)
def test_overrides_by_exact_tag_then_base(language: str, text: str) -> None:
    """A workspace's own text wins, the nearest one first."""
    own = {("queued", "sv-se"): "Vänta!", ("queued", "sv"): "Vänta lite."}
    assert render(TextKey.QUEUED, language, {}, own) == text


def test_english_override_serves_languages_we_lack_only() -> None:
    """An override in English does not replace a shipped Swedish text."""
    own = {("queued", "en"): "Hold on."}
    assert render(TextKey.QUEUED, "pt", {}, own) == "Hold on."
    assert render(TextKey.QUEUED, "sv", {}, own) == render(TextKey.QUEUED, "sv", {})


def test_overrides_close_the_gap_of_an_empty_value() -> None:
    """The white space before an empty value goes with it."""
    own = {("seeking", "en"): "Hi {name}!"}
    assert render(TextKey.SEEKING, "en", {"name": ""}, own) == "Hi!"
    assert render(TextKey.SEEKING, "en", {"name": "{name}"}, own) == "Hi {name}!"


@pytest.mark.parametrize(
    ("key", "text", "reason"),
    [
        (TextKey.SEEKING, "Hi {nmae}", "{nmae} is not known here; this text may use: {name}"),
        (TextKey.QUEUED, "Wait {name}", "this text may use: none"),
        (TextKey.QUEUED, " ", "empty"),
        (TextKey.QUEUED, "x" * 901, "at most 900"),
        (TextKey.OFFER_ACCEPT, "I shall take that one", "at most 20"),
        (TextKey.PREFILLED_LINK, "Code {token} please", "must end with {token}"),
        (TextKey.PREFILLED_LINK, "x" * 120 + "{token}", "at most 100"),
    ],
)
def test_bad_overrides_are_refused_with_a_reason(key: TextKey, text: str, reason: str) -> None:
    """The refusal names what is wrong."""
    bad = check_override(key, text)
    assert isinstance(bad, BadText)
    assert reason in bad.reason


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (TextKey.SEEKING, "Hi {name} { not a placeholder }"),
        (TextKey.PREFILLED_LINK, "Hi! {token}"),
        (TextKey.OFFER_ACCEPT, "Yes please"),
    ],
)
def test_good_overrides(key: TextKey, text: str) -> None:
    """A text with known placeholders and a possible length is taken."""
    assert check_override(key, text) is None


def test_kinds_have_names() -> None:
    """A kind is named to its sender, and one without a name is still spoken of."""
    assert kind_name("image", "en") == "your picture"
    assert kind_name("voice", "sv-SE") == "ditt röstmeddelande"
    assert kind_name("hologram", "es") == "ese tipo de mensaje"


def test_every_text_is_said_by_somebody() -> None:
    """A text that nothing says is translated for nobody."""
    said = "".join(
        read(path)
        for path in code_files()
        if path.parts[0] == "kaisa_relay" and "texts" not in path.parts
    )
    assert [key for key in TextKey if not re.search(rf"\bTextKey\.{key.name}\b", said)] == []


def test_spanish_has_one_word_for_a_conversation() -> None:
    texts = [render(key, "es", FULL) for key in TextKey]
    assert [text for text in texts if re.search(r"\bchats?\b", text)] == []


def test_a_mark_above_a_message_is_short() -> None:
    assert check_override(TextKey.FORWARDED, "x" * 60) is None
    assert isinstance(check_override(TextKey.FORWARDED, "x" * 61), BadText)


def test_a_moment_is_named_by_its_day() -> None:
    """With the date where the weekday could be another week's."""
    today = date(2026, 11, 23)
    assert moment(datetime(2026, 11, 24, 9, 0), today, "en") == "Tuesday 09:00"  # noqa: DTZ001 - local
    far = datetime(2026, 12, 24, 9, 0)  # noqa: DTZ001 - local
    assert moment(far, today, "sv") == "torsdag 2026-12-24 09:00"
