"""Links that were made later: where they lead, and to whom."""

from typing import Any

import pytest

from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.routing import Answer, Binds, Facts, Route, ToConversation, Token, route
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import ELSEWHERE, HERE, STRANGER, VISITOR, after
from tests.domain.test_routing import OTHER_CHANNEL, facts, live, past, token


def link(**changes: Any) -> Token:
    """A link of an ended conversation that nobody has used."""
    values: dict[str, Any] = {"link": 1, "live": False, "until": after(days=7)}
    return token(**(values | changes))


def comes(who: ContactId, by: Token) -> Facts:
    """Somebody who is in nothing comes by it."""
    return facts(who, pairs=(past(who),), token=by)


BY_LINK: list[tuple[str, Facts, Route]] = [
    ("over-and-it-leads-back", comes(VISITOR, link()), Binds(link(), VISITOR)),
    ("anybody-where-nobody-wrote", comes(STRANGER, link()), Binds(link(), STRANGER)),
    (
        "only-theirs-where-they-wrote",
        comes(STRANGER, link(used_by=VISITOR)),
        Answer(TextKey.LINK_USED, STRANGER),
    ),
    (
        "theirs",
        comes(VISITOR, link(used_by=VISITOR)),
        Binds(link(used_by=VISITOR), VISITOR),
    ),
    (
        "its-time-is-over",
        comes(VISITOR, link(until=after())),
        Answer(TextKey.LINK_ENDED, VISITOR),
    ),
    (
        "the-newest-wins",
        comes(STRANGER, link(newer="newest")),
        Answer(TextKey.RIGHT_LINK, STRANGER, HERE),
    ),
    (
        "an-older-one-is-good-for-the-visitor",
        comes(VISITOR, link(newer="newest")),
        Binds(link(newer="newest"), VISITOR),
    ),
    (
        "the-first-link-beside-a-later-one",
        comes(STRANGER, token(newer="newest")),
        Binds(token(newer="newest"), STRANGER),
    ),
    (
        "another-channel",
        comes(VISITOR, link(channel=OTHER_CHANNEL)),
        Answer(TextKey.RIGHT_LINK, VISITOR, HERE),
    ),
    (
        "what-lives-is-not-overruled",
        facts(VISITOR, pairs=(live(VISITOR, ELSEWHERE),), token=link()),
        ToConversation(ELSEWHERE, VISITOR),
    ),
]


@pytest.mark.parametrize(
    ("known", "expected"), [each[1:] for each in BY_LINK], ids=[each[0] for each in BY_LINK]
)
def test_where_a_link_leads(known: Facts, expected: Route) -> None:
    """Each rung by itself."""
    assert route(known) == expected
