"""What an export holds, written down and read back."""

import pytest

from kaisa_relay.domain.explore.columns import Rows, usual
from kaisa_relay.domain.explore.filtering import Filter, Mistake
from kaisa_relay.domain.explore.wanted import Format, Wanted, read_wanted


def test_without_a_word_it_is_every_conversation_as_csv() -> None:
    wanted = read_wanted([("rows", ""), ("format", ""), ("columns", "")])
    assert wanted == Wanted(Filter(), Rows.CONVERSATIONS, usual(Rows.CONVERSATIONS), Format.CSV)


@pytest.mark.parametrize(
    "pairs",
    [
        (),
        (("rows", "messages"), ("format", "jsonl"), ("columns", "id,at,metadata.car.model")),
        (("status", "closed"), ("status", "failed"), ("value[gte]", "5"), ("text", "a, b=c")),
        (("rows", "offers"), ("metadata.who&what", "=1"), ("outcome[not]", "söld")),
    ],
)
def test_what_is_written_reads_back(pairs: tuple[tuple[str, str], ...]) -> None:
    wanted = read_wanted(pairs)
    assert isinstance(wanted, Wanted)
    assert read_wanted(wanted.pairs()) == wanted


def test_all_that_is_wrong_is_said() -> None:
    pairs = [
        ("rows", "people"),
        ("format", "csv"),
        ("format", "xlsx"),
        ("columns", "x"),
        ("y", "1"),
    ]
    wrong = read_wanted(pairs)
    assert isinstance(wrong, tuple)
    assert [each.name for each in wrong] == ["y", "rows", "format", "columns"]
    known = "is unknown; known are conversations, messages, offers"
    assert Mistake("rows", known) in wrong
    assert Mistake("format", "is given more than once") in wrong
