"""The talk itself: what goes across, what the agent can type, and messages that got lost."""

import pytest

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import (
    ButtonTap,
    Content,
    Edit,
    Empty,
    Location,
    Media,
    MediaKind,
    Reaction,
    Revocation,
    Text,
    Unknown,
    Unsupported,
)
from kaisa_relay.domain.conversation.messages import (
    ConversationClosed,
    EndedBy,
    MessageReceived,
    MessageRelayed,
)
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.crossing import Marks
from kaisa_relay.domain.ids import ContactId, MessageId, SendId
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import (
    ANNA,
    BO,
    ELSEWHERE,
    STRANGER,
    T0,
    VISITOR,
    Talk,
    active,
    after,
    no,
    relayed,
    seeking,
    texts,
    yes,
)


@pytest.mark.parametrize(
    ("writer", "side", "reader"), [(VISITOR, Side.VISITOR, ANNA), (ANNA, Side.AGENT, VISITOR)]
)
def test_a_text_goes_to_the_other_side(writer: ContactId, side: Side, reader: ContactId) -> None:
    """One event that it came, one that it is on its way."""
    talk = active()
    assert talk.says(writer, "hello", sent_at=after(-2)) == (
        MessageReceived(MessageId(102), side, "text", after(-2), T0),
        MessageRelayed(MessageId(102), SendId(1009), side.other, reader, T0),
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (Empty("audio", "no id"), "audio"),
        (Unsupported("poll_creation", 131051), "poll_creation"),
        (Unknown("hologram"), "unknown"),
        (Text(" \n"), "text"),
        (ButtonTap("not ours", ""), "button"),
        (Edit("wamid", Location(1, 2)), "edit"),
    ],
)
@pytest.mark.parametrize(
    ("writer", "text"),
    [(VISITOR, TextKey.CANNOT_RELAY_VISITOR), (ANNA, TextKey.CANNOT_RELAY_AGENT)],
)
def test_what_cannot_be_passed_on_is_told_to_its_sender(
    content: Content, kind: str, writer: ContactId, text: TextKey
) -> None:
    """Recorded, not relayed, and the note quotes the message."""
    talk = active()
    received, notice = talk.says(writer, content)
    assert isinstance(received, MessageReceived)
    assert (received.kind, received.held) == (kind, False)
    assert texts((notice,)) == [(writer, text)]


@pytest.mark.parametrize("writer", [VISITOR, ANNA])
def test_a_file_too_large_for_whatsapp_itself_is_called_so(writer: ContactId) -> None:
    """It comes without its content, and with Meta's reason."""
    _, notice = active().says(writer, Unsupported("document", 131052))
    assert texts((notice,)) == [(writer, TextKey.FILE_TOO_LARGE)]


@pytest.mark.parametrize(
    "content",
    [
        Location(1, 2),
        ButtonTap("not ours", "label"),
        Edit("wamid", Text("two")),
        Media(MediaKind.AUDIO, "id", "audio/ogg", voice=True),
    ],
)
def test_what_is_no_text_goes_across_too(content: Content) -> None:
    assert relayed(active().says(VISITOR, content)) == [(102, ANNA)]


@pytest.mark.parametrize("content", [Reaction("wamid", "x"), Revocation("wamid")])
def test_what_is_about_a_message_goes_where_that_message_went(content: Content) -> None:
    """About one of our own texts it is nobody's, and its writer need not be told."""
    talk = active()
    assert relayed(talk.says(VISITOR, content, quotes=MessageId(50))) == [(102, ANNA)]
    events = talk.says(VISITOR, content)
    assert relayed(events) == []
    assert texts(events) == []


def test_a_reaction_opens_no_window() -> None:
    talk = active()
    before = talk.state.visitor_wrote_at
    talk.wait(hours=1).says(VISITOR, Reaction("wamid", "x"), quotes=MessageId(50))
    assert talk.state.visitor_wrote_at == before
    talk.says(VISITOR, "hello")
    assert talk.state.visitor_wrote_at == after(hours=1)


def test_a_long_text_has_a_send_for_each_part() -> None:
    talk = active()
    _, sent = talk.says(VISITOR, "x" * 9000)
    assert isinstance(sent, MessageRelayed)
    assert talk.state.marks_of(sent.message) == Marks(parts=3)
    assert list(sent.more) == [sent.send + 1, sent.send + 2]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("/help", TextKey.HELP_AGENT),
        ("/status", TextKey.STATUS_ACTIVE),
        (" /who ", TextKey.WHO),
        ("/vem", TextKey.WHO),
        ("/hlep me", TextKey.UNKNOWN_COMMAND),
        ("/", TextKey.UNKNOWN_COMMAND),
    ],
)
def test_commands_are_answered_and_never_relayed(typed: str, text: TextKey) -> None:
    """Only the agent hears of what the agent typed with a slash."""
    events = active().says(ANNA, typed)
    assert texts(events) == [(ANNA, text)]
    assert relayed(events) == []


@pytest.mark.parametrize("typed", ["//close", " //status", "and/or", "close", "yes"])
def test_what_only_looks_like_a_command_is_relayed(typed: str) -> None:
    """A doubled slash sends one; a yes after the offer is just a word."""
    assert relayed(active().says(ANNA, typed)) == [(102, VISITOR)]


@pytest.mark.parametrize("typed", ["/close", "/help", "yes", "//x"])
def test_a_visitor_has_no_commands(typed: str) -> None:
    """Whatever the visitor types is for the agent."""
    assert relayed(active().says(VISITOR, typed)) == [(102, ANNA)]


def test_close_ends_it_for_both() -> None:
    """The message is the agent's word for the outcome; both sides get a closing text."""
    talk = active()
    events = talk.says(ANNA, "/close sold blue one")
    assert events[0] == ConversationClosed(EndedBy.AGENT, T0, MessageId(102))
    assert texts(events) == [(ANNA, TextKey.CLOSED_AGENT), (VISITOR, TextKey.CLOSED_VISITOR)]
    assert talk.state.phase is Phase.CLOSED


def test_a_second_tap_on_accept_is_no_news() -> None:
    """People tap twice; the button that brought them here says nothing new."""
    assert active().says(ANNA, yes()) == ()


@pytest.mark.parametrize("tapped", [no(), yes(9), no(9), yes(1, ELSEWHERE)])
def test_other_taps_are_answered_with_the_status(tapped: ButtonTap) -> None:
    """A change of mind, or a button of another chat: the agent is told where they stand."""
    talk = active()
    assert texts(talk.says(ANNA, tapped)) == [(ANNA, TextKey.STATUS_ACTIVE)]
    assert talk.state.phase is Phase.ACTIVE


@pytest.mark.parametrize("who", [BO, STRANGER])
def test_a_third_person_is_neither_relayed_nor_ignored(who: ContactId) -> None:
    """Somebody with an old button learns that it is over; the two hear nothing."""
    events = active().says(who, "let me in")
    assert texts(events) == [(who, TextKey.OFFER_TAKEN)]
    assert relayed(events) == []


def test_messages_keep_their_order_each_way() -> None:
    """What waited first, then as they come."""
    talk: Talk = seeking()
    talk.says(VISITOR, "one")
    talk.propose()
    talk.says(VISITOR, "two")
    talk.says(ANNA, "yes")
    talk.says(ANNA, "hello")
    talk.says(VISITOR, "three")
    went = relayed(tuple(talk.history))
    assert [message for message, to in went if to == ANNA] == [100, 101, 102, 105]
    assert [message for message, to in went if to == VISITOR] == [104]


@pytest.mark.parametrize("typed", ["/pause 2h", "/on", "/off"])
def test_presence_is_no_matter_of_the_conversation(typed: str) -> None:
    """The router has it obeyed; here nothing happened."""
    assert active().says(ANNA, typed) == ()


@pytest.mark.parametrize(
    ("said", "text"), [("/history", TextKey.HISTORY), ("/note", TextKey.NOTE_EMPTY)]
)
def test_commands_that_are_answered_and_change_nothing(said: str, text: TextKey) -> None:
    """What was said before; and that a note has words."""
    talk = active()
    assert texts(talk.says(ANNA, said)) == [(ANNA, text)]
