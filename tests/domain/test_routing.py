"""Whose message is it? Every rung of the ladder, and what two rungs together give."""

from typing import Any

import pytest

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId
from kaisa_relay.domain.routing import (
    Answer,
    Binds,
    Facts,
    Pair,
    Route,
    ToConversation,
    Token,
    route,
)
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import (
    ANNA,
    CHANNEL,
    ELSEWHERE,
    HERE,
    OTHER_PHONE,
    STRANGER,
    VISITOR,
    after,
)

OTHER_CHANNEL = ChannelId(6)
THIRD = ConversationId(9)


def token(**changes: Any) -> Token:
    """The token of a reservation on this channel that nobody has used."""
    values: dict[str, Any] = {
        "value": "k7dm3p9qw2",
        "conversation": HERE,
        "channel": CHANNEL,
        "until": after(minutes=30),
        "visitor": VISITOR,
        "used_by": None,
        "live": True,
    }
    return Token(**(values | changes))


def live(
    contact: ContactId, conversation: ConversationId = HERE, role: Side = Side.VISITOR
) -> Pair:
    """Somebody in a live conversation on this channel."""
    return Pair(CHANNEL, contact, conversation, role)


def past(contact: ContactId, role: Side | None = Side.VISITOR) -> Pair:
    """Somebody whose last conversation here is over, or who never had one."""
    return Pair(CHANNEL, contact, None, role, ELSEWHERE)


def facts(
    *contacts: ContactId,
    pairs: tuple[Pair, ...] = (),
    token: Token | None = None,
    named: ConversationId | None = None,
    said: str = "",
) -> Facts:
    """What is known of one message."""
    return Facts(CHANNEL, contacts, pairs, token, named, after(), said)


A_FORMER_AGENT = (past(ANNA, Side.AGENT),)

IN_A_CONVERSATION: list[tuple[str, Facts, Route]] = [
    (
        "a-live-visitor",
        facts(VISITOR, pairs=(live(VISITOR),)),
        ToConversation(HERE, VISITOR),
    ),
    (
        "a-live-agent",
        facts(ANNA, pairs=(live(ANNA, role=Side.AGENT),)),
        ToConversation(HERE, ANNA),
    ),
    (
        "a-own-token-again",
        facts(VISITOR, pairs=(live(VISITOR),), token=token(used_by=VISITOR)),
        ToConversation(HERE, VISITOR),
    ),
    (
        "a-agent-with-own-conversation's-token",
        facts(ANNA, pairs=(live(ANNA, role=Side.AGENT),), token=token(used_by=VISITOR)),
        ToConversation(HERE, ANNA),
    ),
    (
        "a-another-reservation-is-a-duplicate",
        facts(VISITOR, pairs=(live(VISITOR, ELSEWHERE),), token=token()),
        ToConversation(ELSEWHERE, VISITOR, duplicate=HERE),
    ),
    (
        "a-another-reservation-on-another-channel",
        facts(VISITOR, pairs=(live(VISITOR, ELSEWHERE),), token=token(channel=OTHER_CHANNEL)),
        ToConversation(ELSEWHERE, VISITOR, duplicate=HERE),
    ),
    (
        "a-token-that-somebody-else-uses",
        facts(VISITOR, pairs=(live(VISITOR, ELSEWHERE),), token=token(used_by=STRANGER)),
        ToConversation(ELSEWHERE, VISITOR),
    ),
    (
        "a-token-that-is-over",
        facts(VISITOR, pairs=(live(VISITOR, ELSEWHERE),), token=token(live=False)),
        ToConversation(ELSEWHERE, VISITOR),
    ),
    (
        "a-agent-scans-a-visitor's-link",
        facts(ANNA, pairs=(live(ANNA, ELSEWHERE, Side.AGENT),), token=token()),
        Answer(TextKey.BUSY_AS_AGENT, ANNA),
    ),
    (
        "a-agent-with-a-dead-link",
        facts(ANNA, pairs=(live(ANNA, ELSEWHERE, Side.AGENT),), token=token(live=False)),
        ToConversation(ELSEWHERE, ANNA),
    ),
    (
        "a-before-an-old-button",
        facts(ANNA, pairs=(live(ANNA, role=Side.AGENT),), named=THIRD),
        ToConversation(HERE, ANNA),
    ),
    (
        "e-one-of-several-has-the-reservation",
        facts(OTHER_PHONE, VISITOR, pairs=(past(OTHER_PHONE), live(VISITOR))),
        ToConversation(HERE, VISITOR),
    ),
]

BY_TOKEN: list[tuple[str, Facts, Route]] = [
    ("b-someone-new", facts(token=token()), Binds(token(), None)),
    ("b-who-the-form-says", facts(VISITOR, token=token()), Binds(token(), VISITOR)),
    (
        "b-another-number",
        facts(OTHER_PHONE, pairs=(past(OTHER_PHONE),), token=token()),
        Binds(token(), OTHER_PHONE),
    ),
    (
        "b-a-free-agent-tries-the-link",
        facts(ANNA, pairs=(past(ANNA, Side.AGENT),), token=token()),
        Binds(token(), ANNA),
    ),
    (
        "b-several-and-the-form-says-which",
        facts(OTHER_PHONE, VISITOR, token=token()),
        Binds(token(), VISITOR),
    ),
    (
        "b-several-and-none-is-on-the-form",
        facts(OTHER_PHONE, STRANGER, token=token()),
        Binds(token(), None),
    ),
    (
        "b-tells-two-reservations-apart",
        facts(
            OTHER_PHONE, VISITOR, pairs=(live(OTHER_PHONE, ELSEWHERE), live(VISITOR)), token=token()
        ),
        Binds(token(), VISITOR),
    ),
    (
        "b-used-by-the-same-person",
        facts(VISITOR, token=token(used_by=VISITOR)),
        Binds(token(used_by=VISITOR), VISITOR),
    ),
    (
        "b-several-and-one-has-used-it",
        facts(
            OTHER_PHONE,
            VISITOR,
            pairs=(live(OTHER_PHONE, ELSEWHERE), live(VISITOR)),
            token=token(used_by=OTHER_PHONE),
        ),
        Binds(token(used_by=OTHER_PHONE), OTHER_PHONE),
    ),
    (
        "c-another-channel",
        facts(VISITOR, token=token(channel=OTHER_CHANNEL)),
        Answer(TextKey.RIGHT_LINK, VISITOR, HERE),
    ),
    (
        "c-another-channel-someone-new",
        facts(token=token(channel=OTHER_CHANNEL)),
        Answer(TextKey.RIGHT_LINK, None, HERE),
    ),
    (
        "d-used-by-another",
        facts(STRANGER, token=token(used_by=VISITOR)),
        Answer(TextKey.LINK_USED, STRANGER),
    ),
    (
        "d-used-by-another-someone-new",
        facts(token=token(used_by=VISITOR)),
        Answer(TextKey.LINK_USED, None),
    ),
    (
        "d-used-by-another-on-another-channel",
        facts(STRANGER, token=token(used_by=VISITOR, channel=OTHER_CHANNEL)),
        Answer(TextKey.LINK_USED, STRANGER),
    ),
    (
        "d-used-by-another-and-over",
        facts(STRANGER, token=token(used_by=VISITOR, live=False)),
        Answer(TextKey.LINK_USED, STRANGER),
    ),
    (
        "over",
        facts(VISITOR, token=token(used_by=VISITOR, live=False)),
        Answer(TextKey.LINK_ENDED, VISITOR),
    ),
    (
        "lapsed-a-moment-ago",
        facts(VISITOR, token=token(until=after())),
        Answer(TextKey.LINK_ENDED, VISITOR),
    ),
    (
        "lapsed-on-another-channel",
        facts(VISITOR, token=token(until=after(), channel=OTHER_CHANNEL)),
        Answer(TextKey.LINK_ENDED, VISITOR),
    ),
]

NOWHERE: list[tuple[str, Facts, Route]] = [
    (
        "button-of-an-old-conversation",
        facts(ANNA, pairs=(past(ANNA, Side.AGENT),), named=HERE),
        ToConversation(HERE, ANNA),
    ),
    ("button-by-who-knows-whom", facts(named=HERE), Answer(TextKey.OUT_OF_SESSION_VISITOR, None)),
    ("g-someone-new", facts(), Answer(TextKey.OUT_OF_SESSION_VISITOR, None)),
    (
        "g-never-here",
        facts(VISITOR, pairs=(past(VISITOR, None),)),
        Answer(TextKey.OUT_OF_SESSION_VISITOR, VISITOR),
    ),
    (
        "g-a-former-visitor",
        facts(VISITOR, pairs=(past(VISITOR),)),
        Answer(TextKey.OUT_OF_SESSION_VISITOR, VISITOR),
    ),
    (
        "g-a-former-agent",
        facts(ANNA, pairs=(past(ANNA, Side.AGENT),)),
        Answer(TextKey.NO_CONVERSATION_AGENT, ANNA),
    ),
    *(
        (f"g-a-former-agent-says{said}", facts(ANNA, pairs=A_FORMER_AGENT, said=said), answer)
        for said, answer in (
            ("/help", Answer(TextKey.HELP_AGENT, ANNA)),
            ("/Hjälp", Answer(TextKey.HELP_AGENT, ANNA)),
            ("/close", Answer(TextKey.NO_CONVERSATION_AGENT, ANNA)),
        )
    ),
    (
        "g-a-former-visitor-has-no-commands",
        facts(VISITOR, pairs=(past(VISITOR),), said="/help"),
        Answer(TextKey.OUT_OF_SESSION_VISITOR, VISITOR),
    ),
    (
        "e-several-and-none-has-a-reservation",
        facts(OTHER_PHONE, VISITOR, pairs=(past(OTHER_PHONE), past(VISITOR))),
        Answer(TextKey.OUT_OF_SESSION_VISITOR, None),
    ),
    (
        "e-several-and-two-have-one",
        facts(OTHER_PHONE, VISITOR, pairs=(live(OTHER_PHONE, ELSEWHERE), live(VISITOR))),
        Answer(TextKey.OUT_OF_SESSION_VISITOR, None),
    ),
]

CASES = [*IN_A_CONVERSATION, *BY_TOKEN, *NOWHERE]


@pytest.mark.parametrize(
    ("known", "where"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_ladder(known: Facts, where: Route) -> None:
    """The first rung that holds decides; the letter is the product's."""
    assert route(known) == where


def test_no_token_and_no_link_in_a_log() -> None:
    """A token opens a conversation: it must not be in what is printed."""
    shown = repr(token(url="https://wa.me/4670?text=k7dm3p9qw2"))
    assert "k7dm3p9qw2" not in shown
