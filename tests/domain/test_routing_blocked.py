"""Whose message is it, when its writer is on the block list?"""

from typing import Any

import pytest

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.routing import Answer, Blocked, Facts, Route, ToConversation, route
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import CHANNEL, HERE, OTHER_PHONE, VISITOR, after
from tests.domain.test_routing import live, past, token

BLOCKED = frozenset({VISITOR})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Blocked(VISITOR, None, scanned=False)),
        ({"pairs": (past(VISITOR),)}, Blocked(VISITOR, None, scanned=False)),
        ({"pairs": (live(VISITOR),)}, Blocked(VISITOR, HERE, scanned=False)),
        ({"pairs": (live(VISITOR, role=Side.AGENT),)}, ToConversation(HERE, VISITOR)),
        ({"token": token()}, Blocked(VISITOR, None, scanned=True)),
        ({"token": token(live=False)}, Blocked(VISITOR, None, scanned=True)),
        ({"named": HERE}, Blocked(VISITOR, None, scanned=False)),
        ({"ended": ToConversation(HERE, VISITOR)}, Blocked(VISITOR, None, scanned=False)),
        (
            {"contacts": (VISITOR, OTHER_PHONE), "pairs": (live(OTHER_PHONE),)},
            ToConversation(HERE, OTHER_PHONE),
        ),
        ({"contacts": (OTHER_PHONE, VISITOR)}, Blocked(VISITOR, None, scanned=False)),
    ],
)
def test_somebody_on_the_block_list(changes: dict[str, Any], expected: Route) -> None:
    """No rung is theirs as a visitor; a live talk as an agent is, and so is somebody else's."""
    known: dict[str, Any] = {
        "channel": CHANNEL,
        "contacts": (VISITOR,),
        "pairs": (),
        "token": None,
        "named": None,
        "at": after(),
        "blocked": BLOCKED,
    }
    assert route(Facts(**(known | changes))) == expected


@pytest.mark.parametrize("scanned", [False, True])
def test_somebody_whose_talk_went_to_another_number(scanned: bool) -> None:
    """Whatever they write here, they get the link to where it is now."""
    facts = Facts(
        channel=CHANNEL,
        contacts=(VISITOR,),
        pairs=(past(VISITOR),),
        token=token(used_by=VISITOR) if scanned else None,
        named=None,
        at=after(),
        moved=HERE,
    )
    assert route(facts) == Answer(TextKey.RIGHT_LINK, VISITOR, HERE)
