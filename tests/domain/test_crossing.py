"""What of a message crosses: which parts, in which order, and nothing cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.content import (
    ButtonTap,
    Choice,
    ContactCard,
    ContactCards,
    Content,
    Edit,
    FormAnswer,
    Location,
    Media,
    MediaKind,
    Order,
    OrderLine,
    Reaction,
    Revocation,
    Text,
    Unknown,
)
from kaisa_relay.domain.crossing import (
    LONGEST_CAPTION,
    LONGEST_TEXT,
    Labels,
    Marks,
    crosses,
    is_silent,
    marks_of,
    outgoing,
)
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.outgoing import Emoji, File, Outgoing, Quoting

LABELS = Labels("Forwarded:", "Edited:", "Deleted.")
HERE, EARLIER = MessageId(2), MessageId(1)
PLACE = Location(59.3, 18.1, "Slussen")
IMAGE = Media(MediaKind.IMAGE, "1", "image/jpeg")


def sent(content: Content, marks: Marks | None = None) -> tuple[Outgoing, ...]:
    """Return the parts of a message."""
    return outgoing(HERE, content, marks or marks_of(content, None, False), LABELS)


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (Text("hello"), [Text("hello")]),
        (PLACE, [PLACE]),
        (ButtonTap("x", "Blue"), [Text("Blue")]),
        (Choice("x", "Blue", "like the sea"), [Text("Blue")]),
        (Edit("w", Text("two")), [Text("Edited:\ntwo")]),
        (Edit("w", Media(MediaKind.IMAGE, "1", "image/jpeg", caption="b")), [Text("Edited:\nb")]),
        (FormAnswer("f", '{"size":"L","flow_token":"t"}'), [Text("size: L")]),
        (FormAnswer("f", "[1]"), [Text("[1]")]),
        (FormAnswer("f", "no json"), [Text("no json")]),
        (
            Order("c", (OrderLine("tea", 2, 4.5, "EUR"), OrderLine("cup", 1, 0, "")), "Thanks"),
            [Text("2 × tea, 4.50 EUR\n1 × cup\nThanks")],
        ),
        (Unknown("x"), []),
    ],
)
def test_each_content(content: Content, parts: list[Outgoing]) -> None:
    assert list(sent(content)) == parts
    assert crosses(content, None) == bool(parts)


def test_a_quote_stands_above_the_first_part() -> None:
    marks = marks_of(Text("x" * 5000), EARLIER, False)
    first, second = sent(Text("x" * 5000), marks)
    assert isinstance(first, Quoting)
    assert (first.message, isinstance(second, Text)) == (EARLIER, True)


def test_a_reaction_and_a_deletion_name_their_message() -> None:
    about = Marks(quotes=EARLIER)
    assert sent(Reaction("w", "x"), about) == (Emoji(EARLIER, "x"),)
    assert sent(Reaction("w", None), about) == (Emoji(EARLIER, None),)
    assert sent(Revocation("w"), about) == (Quoting(EARLIER, Text("Deleted.")),)
    assert sent(Reaction("w", "x")) == ()


def test_what_was_forwarded_says_so() -> None:
    forwarded = Marks(forwarded=True)
    assert sent(Text("hello"), forwarded) == (Text("Forwarded:\nhello"),)
    (file,) = sent(IMAGE, forwarded)
    assert isinstance(file, File)
    assert file.caption == "Forwarded:"


def test_more_contacts_than_one_message_holds_go_in_several() -> None:
    cards = tuple(ContactCard(f"Person {n}") for n in range(12))
    content = ContactCards(cards)
    assert marks_of(content, None, False).parts == 3
    assert [len(each.cards) for each in sent(content) if isinstance(each, ContactCards)] == [
        5,
        5,
        2,
    ]


@pytest.mark.parametrize("kind", [MediaKind.AUDIO, MediaKind.STICKER])
def test_what_has_no_caption_gets_none(kind: MediaKind) -> None:
    (file,) = sent(Media(kind, "1", "x/y", caption="odd"), Marks(forwarded=True))
    assert isinstance(file, File)
    assert file.caption is None


def test_a_blank_caption_is_none() -> None:
    """WhatsApp refuses an empty one, and the file with it."""
    (file,) = sent(Media(MediaKind.IMAGE, "1", "image/png", caption=" \n"), Marks())
    assert isinstance(file, File)
    assert file.caption is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ('{"size": "\\ud800L"}', "size: ?L"),
        ('{"size": "L", "flow_token": "x"}', "size: L"),
        ('{"a":' * 3000 + "1" + "}" * 3000, '{"a":{"a":'),
        ("9" * 5000, "999"),
    ],
)
def test_a_form_says_what_can_be_said_of_it(answer: str, said: str) -> None:
    """Half characters, absurd nesting and numbers without end cost nobody their conversation."""
    (first, *_) = sent(FormAnswer("flow", answer), Marks(parts=9))
    assert isinstance(first, Text)
    assert first.body.encode().startswith(said.encode())


def test_a_long_caption_follows_its_file() -> None:
    media = Media(MediaKind.VIDEO, "1", "video/mp4", caption="x" * LONGEST_CAPTION)
    (file,) = sent(media)
    assert isinstance(file, File)
    assert file.caption == media.caption
    file, text = sent(media, marks_of(media, None, True))
    assert isinstance(file, File)
    assert (file.caption, text) == (None, Text(f"Forwarded:\n{media.caption}"))


@given(
    words=st.lists(st.text(min_size=1, max_size=3000), max_size=9),
    glue=st.sampled_from(["", " ", "\n", "\n\n", ". "]),
    forwarded=st.booleans(),
    media=st.booleans(),
)
def test_nothing_is_cut_and_every_part_fits(
    words: list[str], glue: str, forwarded: bool, media: bool
) -> None:
    """Whatever is written: its characters arrive in order, in no more parts than were foreseen."""
    body = glue.join(words)
    content: Content = Media(MediaKind.IMAGE, "1", "i/j", caption=body) if media else Text(body)
    marks = marks_of(content, EARLIER, forwarded)
    parts = [each.outgoing if isinstance(each, Quoting) else each for each in sent(content, marks)]
    assert len(parts) <= marks.parts
    said = ""
    for part in parts:
        if isinstance(part, Text):
            assert 0 < len(part.body) <= LONGEST_TEXT
            said += part.body
        elif isinstance(part, File):
            assert len(part.caption or "") <= LONGEST_CAPTION
            said += part.caption or ""
    mark = LABELS.forwarded if forwarded else ""
    assert "".join(said.split()) == "".join((mark + body).split())


def test_a_text_without_a_place_to_part_is_parted_at_the_limit() -> None:
    """Every character arrives."""
    parts = sent(Text("x" * (LONGEST_TEXT + 5)))
    assert parts == (Text("x" * LONGEST_TEXT), Text("x" * 5))


def test_the_number_that_we_asked_for_does_not_cross() -> None:
    """It was told to us; a card that is shared by hand is for the other side."""
    asked = ContactCards((ContactCard("Vera", wa_ids=("46700000001",), requested=True),))
    shared = ContactCards((ContactCard("Bo"),))
    assert (crosses(asked, None), is_silent(asked)) == (False, True)
    assert (crosses(shared, None), is_silent(shared)) == (True, False)


@pytest.mark.parametrize("end", ["\n\n", "\n", ". ", " "])
def test_a_long_text_is_parted_where_something_ends(end: str) -> None:
    """Between paragraphs rather than lines, sentences or words."""
    first = "x" * (LONGEST_TEXT - 100)
    assert sent(Text(f"{first}{end}{'y' * 200}")) == (
        Text(f"{first}{end}".rstrip()),
        Text("y" * 200),
    )
