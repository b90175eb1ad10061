"""Words with facts in their places: what they may do, and what comes out."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.engagement.bodies import (
    DEEPEST_LOOP,
    LONGEST_FACT,
    MOST_ITEMS,
    MOST_WRITTEN,
    BadBody,
    bounded,
    fault,
    write,
)

FACTS = {
    "visitor": {"name": "Vera <b>Holm", "phone": "+46701740641"},
    "event": {"time": "2026-11-23T09:05:00Z", "data": {"reason": "unscanned"}},
    "metadata": {"cars": ["Volvo", "Saab"], "items": "three", "total": 200, "price": 12.5},
}


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("Hi {{ visitor.name }}!", "Hi Vera <b>Holm!"),
        ("{{ visitor.first_name | default('there') }}", "there"),
        ("{{ visitor.first_name | default(visitor.phone) }}", "+46701740641"),
        ("{{ visitor.first_name or 'you' }}", "you"),
        ("{{ metadata.no.such.thing }}", ""),
        ("{{ metadata.items }}", "three"),
        ("{{ metadata['total'] }}", "200"),
        ("{{ metadata.price | round(1) }}", "12.5"),
        ("{{ event.time | date }} {{ event.time | time('Europe/Stockholm') }}", "2026-11-23 10:05"),
        ("{{ metadata.items | date }}", ""),
        ("{% if metadata.total > 100 and 'Saab' in metadata.cars %}yes{% endif %}", "yes"),
        ("{% if metadata.email is defined %}yes{% else %}no{% endif %}", "no"),
        (
            "{% for car in metadata.cars %}{{ car ~ ('' if loop.last else ', ') }}{% endfor %}",
            "Volvo, Saab",
        ),
        ("{{ metadata.cars | first | upper }}", "VOLVO"),
        (
            "https://acme.example/?q={{ visitor.name | urlencode }}",
            "https://acme.example/?q=Vera%20%3Cb%3EHolm",
        ),
        ("two\n", "two\n"),
    ],
)
def test_facts_are_put_in_their_places(source: str, written: str) -> None:
    """As Jinja does; a fact that is missing is an empty text."""
    assert fault(source) is None
    assert write(source, FACTS) == written


def test_html_is_escaped() -> None:
    """Whatever a fact holds."""
    assert write("<p>{{ visitor.name }}", FACTS, html=True) == "<p>Vera &lt;b&gt;Holm"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{{ visiter.name }}", "asks for visiter, which there never is"),
        ("{{ visitor.nme }}", "asks for visitor.nme, which there never is"),
        ("{{ loop.index }}", "asks for loop"),
        ("{{ visitor.name", "cannot be read"),
        ("{{ visitor.name.upper() }}", "may not use call"),
        ("{{ range(10) }}", "may not use call"),
        ("{{ 'a' * 99999999 }}", "may not use mul"),
        ("{{ metadata.total + 1 }}", "may not use add"),
        ("{% set x = 1 %}", "may not use assign"),
        ("{% macro a() %}{% endmacro %}", "may not use macro"),
        ("{% include 'x' %}", "may not use include"),
        ("{% for a in metadata.l recursive %}{{ a }}{% endfor %}", "may not nest loops"),
        ("{% for a, b in metadata.l %}{{ a }}{% endfor %}", "one name in a loop"),
        ("{% for a in metadata.l %}" * 3 + "{% endfor %}" * 3, f"deeper than {DEEPEST_LOOP}"),
        ("{{ metadata.a | replace('a', 'b') }}", "may not use the filter replace"),
        ("{{ metadata.a | truncate(metadata.b) }}", "must give the filter truncate plain values"),
        ("{{ event.time | date('Mars/Crater') }}", "names Mars/Crater, which is no time zone"),
        ("{% if metadata.a is callable %}{% endif %}", "may not use the test callable"),
    ],
)
def test_what_a_text_may_not_do_is_refused_when_it_is_saved(source: str, why: str) -> None:
    """With the reason."""
    assert why in (fault(source) or "")


@pytest.mark.parametrize("name", ["__class__", "__mro__", "_private", "format", "keys"])
def test_no_attribute_of_an_object_is_reached(name: str) -> None:
    """A dot asks for a member of a fact, and for nothing else."""
    assert write(f"{{{{ metadata.{name} }}}}{{{{ ''.{name} }}}}", FACTS) == ""


def test_a_text_stays_within_bounds() -> None:
    """However often it repeats however long a fact."""
    loops = "{% for a in metadata.l %}{% for b in metadata.l %}{{ metadata.s ~ b }}"
    source = loops + "{% endfor %}{% endfor %}"
    facts = {"metadata": {"l": list(range(10_000)), "s": "x" * 100_000}}
    assert fault(source) is None
    with pytest.raises(BadBody, match=f"longer than {MOST_WRITTEN}"):
        write(source, facts)
    assert len(bounded(facts)["metadata"]["l"]) == MOST_ITEMS
    assert len(bounded(facts)["metadata"]["s"]) == LONGEST_FACT


def test_facts_that_do_not_fit_are_named() -> None:
    """A number is no list."""
    with pytest.raises(BadBody, match="cannot be written"):
        write("{% for a in metadata.total %}{% endfor %}", FACTS)


PIECES = (
    "{{ }} {% %} {# #} | . ~ ( ) [ ] , ' if for in endif endfor visitor name metadata event "
    "default upper first loop a 1 == not or and is defined set macro"
)


def reads_or_refuses(text: str) -> None:
    """Nothing but a text or a `BadBody` comes out of it."""
    if fault(text) is None:
        with suppress(BadBody):
            write(text, FACTS)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever it holds."""
    reads_or_refuses(text)


@given(st.lists(st.sampled_from(PIECES.split(" ")), max_size=14))
def test_any_pieces_are_read_or_refused(pieces: list[str]) -> None:
    """However they are put together."""
    reads_or_refuses(" ".join(pieces))
