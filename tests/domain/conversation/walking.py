"""What random walks draw from: people, words, terms and waits."""

from datetime import timedelta

from hypothesis import strategies as st

from kaisa_relay.domain.content import ButtonTap, Content, Location, Media, MediaKind, Text
from kaisa_relay.domain.conversation.messages import Candidate, Terms
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.payloads import Reopen
from tests.domain.builders import (
    ANNA,
    BO,
    ELSEWHERE,
    HERE,
    OTHER_PHONE,
    STRANGER,
    VISITOR,
    no,
    tap,
    yes,
)

CLEO = ContactId(6)
AGENTS = (Candidate(ANNA, "en"), Candidate(BO, "sv"), Candidate(CLEO, "es", priority=1))
ENOUGH_TICKS = 60
"""More deadlines than can come by themselves: the last offer, the queue, nudge, end; all moved."""

ENDS = (Text("/close sold"), Text("/block"))
ANYBODY = st.sampled_from([VISITOR, ANNA, BO, CLEO, STRANGER, OTHER_PHONE])
AGENT = st.sampled_from([ANNA, BO, CLEO])
WORDS: st.SearchStrategy[Content] = st.sampled_from(
    [
        Text("hello"),
        Text("yes"),
        Text("//x"),
        Location(1, 2),
        Media(MediaKind.IMAGE, "id", "image/jpeg"),
        ButtonTap("not ours", "label"),
        tap(Reopen(HERE)),
    ]
)
ANSWERS: st.SearchStrategy[Content] = st.one_of(
    st.builds(yes, st.integers(1, 3), st.sampled_from([HERE, HERE, ELSEWHERE])),
    st.builds(no, st.integers(1, 3), st.sampled_from([HERE, ELSEWHERE])),
    st.just(tap(Reopen(HERE))),
    st.sampled_from([Text("yes"), Text("no"), Text("/help"), Text("/nonsense"), Text("hm")]),
)
MINUTES = st.integers(61, 3000).map(lambda seconds: timedelta(seconds=seconds))
TERMS = st.builds(
    Terms,
    link_expires_after=MINUTES,
    expires_after=st.integers(2, 50).map(lambda hours: timedelta(hours=hours)),
    offer_time=MINUTES,
    queue_time=MINUTES,
    first_reply_time=MINUTES,
    resume_time=MINUTES,
)
WAITS = st.one_of(st.integers(0, 20), st.integers(0, 20), st.integers(0, 100_000))
SELDOM = st.sampled_from([False] * 9 + [True])
"""Most walks would end before they have begun if ends were as likely as everything else."""
