"""Bytes of answers."""

from kaisa_relay.api.answers import answer


def test_an_answer_without_content_says_nothing_of_any() -> None:
    """RFC 9110, 8.6: no Content-Length in a 204. Quart's own test client would add one."""
    assert not {"Content-Length", "Content-Type"} & set(answer(b"", 204).headers.keys())
    empty = answer(b"")
    assert empty.headers["Content-Length"] == "0"
    assert empty.headers["Cache-Control"] == "no-store"
