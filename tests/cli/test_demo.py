"""The demo's command line, where it refuses; what it plays is in tests/e2e."""

import socket
from pathlib import Path

import pytest

from kaisa_relay.cli.demo.cast import LINES
from kaisa_relay.cli.demo.people import Arrival, Button, Person
from kaisa_relay.cli.demo.performance import Wishes
from kaisa_relay.cli.demo.programs import bind_to
from kaisa_relay.cli.demo.relay import Channel, Conversation
from kaisa_relay.cli.demo.screen import Terminal, qr_code
from kaisa_relay.cli.demo.summary import Latency, latency
from kaisa_relay.runtime.clock import system_clock
from kaisa_relay.settings import child_environment
from tests.cli.conftest import CommandLine

EMMA, KAISA = Person("Emma English", "+447700900111"), Person("Kaisa Takes", "+46701740623")


def test_json_goes_with_once(run: CommandLine) -> None:
    result = run("demo", "--json")
    assert result.exit_code == 2
    assert "--json goes with --once" in result.stderr


def test_a_database_that_was_kept_is_not_played_on(run: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "kaisa.db").touch()
    result = run("demo", "--once", "--keep", str(tmp_path))
    assert result.exit_code == 2
    assert "holds a database already" in result.stderr


def test_a_database_in_use_is_not_played_on(run: CommandLine, tmp_path: Path) -> None:
    """The demo is given a database with somebody's workspace, and leaves it alone."""
    url = f"sqlite:///{tmp_path}/kaisa.db"
    run.ok("workspace", "add", "acme")
    result = run("demo", "--once", "--json", "--database-url", url)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "holds workspaces already" in result.stderr
    assert [each["name"] for each in run.json("workspace", "list")] == ["acme"]


def test_a_database_url_that_is_none_is_refused(run: CommandLine) -> None:
    result = run("demo", "--once", "--database-url", "mysql://nowhere")
    assert result.exit_code == 1
    assert "KAISA_DATABASE_URL" in result.stderr


def test_a_child_gets_our_environment_without_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of a real relay in the same shell are none of the demo's."""
    monkeypatch.setenv("KAISA_GRAPH_URL", "https://graph.example")
    monkeypatch.setenv("SOMETHING_ELSE", "stays")
    environment = child_environment({"KAISA_BIND": "127.0.0.1:0"})
    assert environment["SOMETHING_ELSE"] == "stays"
    assert [name for name in environment if name.startswith("KAISA_")] == ["KAISA_BIND"]


def test_people_have_time_only_where_somebody_watches() -> None:
    """A program gets any free port and no pauses; a person gets the pauses, and a turn."""
    once, live = (Wishes(each, 5, False, 1, "sqlite:///x.db") for each in (True, False))
    assert (once.tempo.writing, once.binds.relay) == (0.0, "127.0.0.1:0")
    assert live.tempo.writing > 0
    assert (once.customer.login, once.customer.lines) == (None, LINES)
    assert live.customer.login == live.login


def test_a_port_that_is_taken_is_left_alone() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert bind_to(port) == "127.0.0.1:0"
    assert bind_to(port) == f"127.0.0.1:{port}"


def test_latencies_are_summed_up_in_milliseconds() -> None:
    assert latency([]) is None
    assert latency([0.02]) == Latency(20.0, 20.0, 1)
    assert latency([each / 1000 for each in range(101)]) == Latency(50.0, 95.0, 101)


def test_the_screen_shows_who_says_what_to_whom(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal there are no colours, and a message is one line with its buttons."""
    screen = Terminal()
    arrival = Arrival(1, "wamid", "1001", "text", "Hello\nthere", system_clock())
    offer = Arrival(2, "w", "1001", "template", "Take it?", system_clock(), (Button("Yes", "p"),))
    screen.heard(EMMA, KAISA, arrival)
    screen.heard(None, KAISA, offer)
    screen.scanned(EMMA)
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == [
        "Emma English → Kaisa Takes: Hello there",
        "relay → Kaisa Takes: Take it? [Yes]",
        "Emma English scans it and sends the sentence that is there",
    ]


def test_only_the_first_link_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    url = "https://wa.me/46701740601?text=Hello%20234"
    screen = Terminal()
    link = Conversation("cnv_1", "reserved", None, url, Channel("chn_1", "+46701740601"))
    assert link.first_text == "Hello 234"
    screen.created(EMMA, link)
    screen.created(EMMA, link)
    shown = capsys.readouterr().out
    assert shown.count(qr_code(url)) == 1
    assert shown.count(url) == 1
    assert "\x1b" not in shown
