"""Commands and typed answers, as hurried people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.chat_commands import (
    USUAL_PAUSE,
    Block,
    ChatCommand,
    Close,
    Help,
    History,
    Literal,
    Note,
    Off,
    On,
    Pause,
    Status,
    UnknownCommand,
    Who,
    parse,
    typed_answer,
)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/close", Close()),
        ("  /Close. ", Close()),
        ("/CLOSE sold", Close("sold")),
        (
            "/close sold Wants the blue one\non Friday",
            Close("sold", "Wants the blue one\non Friday"),
        ),
        ("/close  sold   later ", Close("sold", "later")),
        ("/close\nsold", Close("sold")),
        ("/avsluta såld", Close("såld")),
        ("/STÄNG", Close()),
        ("/stang", Close()),
        ("/cerrar vendido", Close("vendido")),
        ("/help", Help()),
        ("/hjälp", Help()),
        ("/hja\u0308lp", Help()),
        ("/ayuda!", Help()),
        ("/status", Status()),
        ("/estado", Status()),
        ("/who", Who()),
        ("/note  wants a bicycle ", Note("wants a bicycle")),
        ("/anteckna röd\ncykel", Note("röd\ncykel")),
        ("/nota", Note(None)),
        ("/History", History()),
        ("/historik", History()),
        ("/vem", Who()),
        ("/quién", Who()),
        ("/quien?", Who()),
        ("/pause 2h", Pause(timedelta(hours=2))),
        ("/paus 30 M.", Pause(timedelta(minutes=30))),
        ("/pausa", Pause(USUAL_PAUSE)),
        ("/pause soon", Pause(None)),
        ("/pause 1s", Pause(None)),
        ("/pause 31d", Pause(None)),
        ("/block", Block()),
        ("/Blockera!", Block()),
        ("/bloquear", Block()),
        ("/on", On()),
        ("/på", On()),
        ("/activar", On()),
        ("/off", Off()),
        ("/Av", Off()),
        ("/desactivar", Off()),
    ],
)
@pytest.mark.parametrize("language", ["en", "sv-SE", "es", "pt"])
def test_commands(text: str, command: ChatCommand, language: str) -> None:
    """Every language's names work for everybody, with or without accents."""
    assert parse(text, language) == command


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/", "/"),
        ("/ close", "/"),
        ("/clsoe sold", "/clsoe"),
        ("/home/me", "/home/me"),
        ("/" + "x" * 100, "/" + "x" * 29),
    ],
)
def test_a_slash_without_a_command_is_said(text: str, shown: str) -> None:
    """It is no ordinary text, and what was typed is shown back in part."""
    assert parse(text, "en") == UnknownCommand(shown)


@pytest.mark.parametrize("text", ["", " ", "hello", "close", "and/or", "\\close", ".close"])
def test_ordinary_text(text: str) -> None:
    """Without a slash in front there is no command."""
    assert parse(text, "en") is None


@pytest.mark.parametrize(
    ("text", "literal"), [("//close", "/close"), (" //", "/"), ("///x\ny", "//x\ny")]
)
def test_two_slashes_make_one(text: str, literal: str) -> None:
    """What begins with two slashes is text that begins with one."""
    assert parse(text, "en") == Literal(literal)


@pytest.mark.parametrize(
    "text",
    [
        *["yes", "Yes!", " YES. ", "y", "Y", "ok", "Okay…", "Accept", "ja", "Ja!!", "Ja, tack"],
        *["sí", "Si", "SÍ.", "¡Sí!", "dale", "vale", "Ta chatten"],
        *["👍", "👍🏽", "👍🏿!", "✅", "✔️"],
    ],
)
def test_yes(text: str) -> None:
    """The whole message says yes, whatever its case and punctuation."""
    assert typed_answer(text) is True


@pytest.mark.parametrize(
    "text", ["no", "No.", "N", "nej", "Nä", "nej tack", "decline", "Avböj", "no, gracias", "👎🏻"]
)
def test_no(text: str) -> None:
    """The whole message says no, whatever its case and punctuation."""
    assert typed_answer(text) is False


@pytest.mark.parametrize(
    "text", ["", "yes but later", "no idea who that is", "hello", "👍👎", "yesterday", "/yes", "?"]
)
def test_neither(text: str) -> None:
    """A message that says more is no answer."""
    assert typed_answer(text) is None


@given(st.text(max_size=60), st.text(max_size=6))
def test_any_text_is_read(text: str, language: str) -> None:
    """Never an exception; only a leading slash gives a command."""
    typed_answer(text)
    assert (parse(text, language) is None) != text.strip().startswith("/")
