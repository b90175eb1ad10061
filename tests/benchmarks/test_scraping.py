"""What is read from the relay's own page."""

from benchmarks.scraping import longest_pause, total

PAGE = """# HELP kaisa_messages_total Messages.
kaisa_messages_total{event="received"} 12.0
kaisa_messages_total{event="relayed"} 11.0
kaisa_gc_pause_seconds_max 0.0125
kaisa_loop_pause_seconds{quantile="1"} 0.05
kaisa_relay_seconds_sum 99.0
"""


def test_samples_are_added_up() -> None:
    assert total(PAGE, "kaisa_messages_total") == 23
    assert total(PAGE, 'kaisa_messages_total{event="received"}') == 12


def test_the_longest_pause_is_found_where_there_is_one() -> None:
    assert longest_pause(PAGE) == 0.05
    assert longest_pause("kaisa_relay_seconds_sum 99.0\n") is None
