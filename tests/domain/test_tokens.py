"""Tokens are found in whatever people send, and leave no trace in what is relayed."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.texts import LANGUAGES, TextKey, render
from kaisa_relay.domain.tokens import (
    ALPHABET,
    LENGTH,
    find_tokens,
    is_untouched,
    new_token,
    strip_token,
)

TOKEN = "k7dm3p9qw2"
SENTENCES = [
    (language, render(TextKey.PREFILLED_LINK, language, {"token": TOKEN})) for language in LANGUAGES
]


def test_tokens_have_more_than_forty_bits() -> None:
    """The alphabet to the power of the length, and no character that is two."""
    assert len(set(ALPHABET)) == len(ALPHABET)
    assert len(ALPHABET) ** LENGTH > 2**45
    assert not set(ALPHABET) & set("aeiouybglsz01")


@given(st.integers())
def test_new_tokens_are_found_again(seed: int) -> None:
    """Whatever is made is found, in either case."""
    token = new_token(Random(seed))
    assert find_tokens(f"Hello! My code: {token.upper()}") == (token,)


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        TOKEN.upper(),
        "K7dm3p9qw2",
        f"hello {TOKEN}",
        f"{TOKEN} hello",
        f"*{TOKEN}*",
        f"_{TOKEN}_",
        f"({TOKEN}).",
        f"code:{TOKEN}!",
        f"\n{TOKEN}\n",
        f"{TOKEN}Hello I wonder",
        f"my number is 2345678923, code {TOKEN}",
    ],
)
def test_finds_a_token_in_what_people_send(text: str) -> None:
    """Case, punctuation, words around and words glued on do not hide it."""
    assert find_tokens(text) == (TOKEN,)


@pytest.mark.parametrize(
    "text",
    ["", "Hello", "2345678923", "+46 70 123 45 67", "k7dm3p9qw", "rhythmcdfh", "strength99"],
)
def test_finds_none_in_ordinary_text(text: str) -> None:
    """Numbers and words are no tokens."""
    assert find_tokens(text) == ()


def test_many_candidates_are_cut() -> None:
    """A text full of look-alikes costs a bounded number of look-ups."""
    text = " ".join(new_token(Random(n)) for n in range(50))
    assert len(find_tokens(text)) == 4


@pytest.mark.parametrize(("language", "sentence"), SENTENCES)
def test_the_sentence_itself_is_untouched(language: str, sentence: str) -> None:
    """Also when its language was another one, or a keyboard changed its case and spaces."""
    assert is_untouched(sentence, TOKEN, language)
    assert is_untouched(sentence, TOKEN, "pt-BR")
    assert is_untouched(" " + sentence.upper() + " \n", TOKEN, language)


@pytest.mark.parametrize(("language", "sentence"), SENTENCES)
def test_words_of_their_own_are_kept(language: str, sentence: str) -> None:
    """Whatever is added survives; the token and the words that introduce it do not."""
    added = sentence + "\nDo you have it in blue?"
    assert not is_untouched(added, TOKEN, language)
    stripped = strip_token(added, TOKEN)
    assert stripped.endswith("Do you have it in blue?")
    assert TOKEN not in stripped
    assert ":" not in stripped


def test_an_own_sentence_is_untouched_too() -> None:
    """A workspace's wording counts as the prefilled sentence."""
    own = {("prefilled_link", "pt"): "Ahoy! {token}", ("queued", "sv"): "Vänta!"}
    assert is_untouched(f"Ahoy! {TOKEN}", TOKEN, "pt", own)
    assert is_untouched(f"Ahoy! {TOKEN}", TOKEN, "en", own)
    assert not is_untouched(f"Ahoy! {TOKEN}", TOKEN, "en")


def test_links_made_before_a_rewording_count() -> None:
    """The shipped sentence is still recognised after a workspace has chosen its own."""
    own = {("prefilled_link", language): "Ahoy! {token}" for language in LANGUAGES}
    assert all(is_untouched(sentence, TOKEN, "en", own) for _, sentence in SENTENCES)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (TOKEN, ""),
        (f"*{TOKEN.upper()}*.", ""),
        (f"Hello {TOKEN} there", "Hello there"),
        (f"Hello ({TOKEN})", "Hello"),
        (f"{TOKEN}Hello", "Hello"),
        (f"Hello\n{TOKEN}\nBye", "Hello\n\nBye"),
        ("No token here", "No token here"),
        (f"{TOKEN} 👍", "👍"),
    ],
)
def test_strips_the_token(text: str, rest: str) -> None:
    """What the person wrote is left, tidied where the token stood."""
    assert strip_token(text, TOKEN) == rest


@given(st.text(max_size=80))
def test_any_text_is_searched_and_stripped(text: str) -> None:
    """Never an exception; a token put into any text is gone after stripping."""
    find_tokens(text)
    assert TOKEN not in strip_token(text + " " + TOKEN, TOKEN).lower()
