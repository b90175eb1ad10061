"""What a simulator says of webhooks that nobody takes."""

from kaisa_relay.simulator.webhooks.trouble import Trouble

URL = "http://127.0.0.1:8080/webhooks/whatsapp"


def test_it_is_said_once_and_when_it_is_over() -> None:
    said: list[str] = []
    trouble = Trouble(said.append)
    for outcome in (200, "ConnectError", "ConnectError", 503, 200, 200):
        trouble.note(URL, outcome)
    assert said == [
        f"Webhooks are not taken at {URL}: ConnectError; is the relay running there? "
        "They are tried again.",
        f"Webhooks are taken again at {URL}.",
    ]


def test_a_refusal_says_what_to_look_at() -> None:
    said: list[str] = []
    for outcome in (401, 500):
        Trouble(said.append).note(URL, outcome)
    assert "HTTP 401; is its app secret another?" in said[0]
    assert "HTTP 500. They" in said[1]
