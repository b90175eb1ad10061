"""Words with facts in their places: what they may do, and what comes out."""

from contextlib import suppress
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.engagement.bodies import (
    DEEPEST_LOOP,
    LONGEST_FACT,
    bounded,
    fault,
    write,
)
from kaisa_relay.engagement.body_bounds import MOST_ITEMS, MOST_WORK, MOST_WRITTEN, BadBody

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
        ("{% for car in metadata.items %}{{ loop.index }}: {{ car }}{% endfor %}", "1: three"),
        ("{% for no in metadata.none %}{{ no }}{% else %}none{% endfor %}", "none"),
        ("{{ metadata.price | round(0, 'ceil') }}", "13.0"),
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
        ("{{ 1 | round(3000000, 'ceil') }}", "may round to 15 digits"),
        ("{{ 1 | round('2') }}", "may round to 15 digits"),
        ("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", "nested too deeply"),
        ("{{ 1" + " | upper" * 1600 + " }}", "nested too deeply"),
        ("{% if metadata.a %}" * 150 + "{% endif %}" * 150, "nested too deeply"),
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


SLOW = "{{ metadata.s" + "|title" * 20 + "|length }}"
BOTH, END = "{% for a in metadata.l %}{% for b in metadata.l %}", "{% endfor %}{% endfor %}"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (BOTH + SLOW + END, "takes too long"),
        (BOTH.replace("metadata.l", "metadata.s") + SLOW + END, None),
        ((BOTH + END) * 50, None),
        (BOTH + "{% if " + "metadata.s ~ " * 100 + "'' %}{% endif %}" + END, None),
        ("{{ (" + "metadata.s ~ " * 50 + "'') | title }}", f"longer than {MOST_WRITTEN}"),
    ],
)
def test_a_text_ends(source: str, why: str | None) -> None:
    """Whatever it is made of; letters are nothing to loop over."""
    facts = {"metadata": {"l": list(range(50)), "s": "a b " * 1_000}}
    assert fault(source) is None
    began = thread_time()
    if why is None:
        write(source, facts)
    else:
        with pytest.raises(BadBody, match=why):
            write(source, facts)
    assert thread_time() - began < 4 * MOST_WORK  # of this thread's processor, no wall's clock


def test_a_number_saved_before_is_not_raised_to_any_power() -> None:
    """It had no fault when it was saved."""
    with pytest.raises(BadBody, match="may round to 15 digits"):
        write("{{ metadata.total | round(3000000, 'ceil') }}", FACTS)


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
