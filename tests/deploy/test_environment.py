"""The example of settings: complete, and useless until somebody puts secrets in."""

import pytest

from kaisa_relay.settings import FOR_SERVE, KEYS, OPTIONAL, SettingsError, load
from tests.deploy.tools import read


def example() -> dict[str, str]:
    """The file as systemd and compose read it."""
    lines = [line for line in read("environment.example").splitlines() if line]
    pairs = (line.partition("=") for line in lines if not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def test_every_setting_is_there_and_explained() -> None:
    assert example().keys() == KEYS.keys() - OPTIONAL
    lines = read("environment.example").splitlines()
    assert {line[1:].split("=")[0] for line in lines if line.startswith("#KAISA_")} == OPTIONAL
    for number, line in enumerate(lines):
        if line.startswith("#KAISA_") or (line and not line.startswith("#")):
            assert lines[number - 1].startswith("# "), f"{line} is not explained"


def test_it_holds_no_secret_so_it_starts_nothing() -> None:
    with pytest.raises(SettingsError) as refused:
        load(example(), None)
    assert {line.split()[0] for line in refused.value.problems} == FOR_SERVE


def test_with_secrets_filled_in_it_is_complete() -> None:
    settings = load({**example(), **dict.fromkeys(FOR_SERVE, "x" * 40)}, None)
    assert (str(settings.bind), str(settings.webhook_bind)) == ("127.0.0.1:8080", "127.0.0.1:8090")
    assert settings.public_url == "https://relay.example"
    assert str(settings.sqlite_path) == "/var/lib/kaisa-relay/kaisa.db"
