"""Settings are whole, or refused with every problem named and no secret shown."""

from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

import attrs
import certifi
import pytest

from kaisa_relay.settings import (
    FOR_ADMIN,
    FOR_SERVE,
    FOR_SIMULATE,
    KEYS,
    Bind,
    Settings,
    SettingsError,
    from_environment,
    load,
)

SECRETS = {
    "KAISA_APP_SECRET": "app-secret-one, app-secret-two",
    "KAISA_VERIFY_TOKEN": "verify-me",
    "KAISA_SECRET_KEY": "0123456789abcdef0123456789abcdef",
}


def problems(environ: dict[str, str], config_file: Path | None = None) -> tuple[str, ...]:
    """What `load` complains of, one line each."""
    with pytest.raises(SettingsError) as refused:
        load(SECRETS | environ, config_file)
    assert all(problem in str(refused.value) for problem in refused.value.problems)
    return refused.value.problems


def test_the_defaults() -> None:
    settings = load(SECRETS, None)
    assert settings.database_url == "sqlite:///var/kaisa.db"
    assert settings.sqlite_path == Path("var/kaisa.db")
    assert settings.admin_socket == Path("var/kaisa.sock")
    assert settings.bind == Bind("127.0.0.1", 8080)
    assert settings.webhook_bind is None
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.graph_url == "https://graph.facebook.com"
    assert settings.graph_version == "v26.0"
    assert settings.graph_ca_file is None
    assert settings.log_format == "console"
    assert settings.app_secrets == ("app-secret-one", "app-secret-two")
    assert settings.verify_token == "verify-me"


@pytest.mark.parametrize(
    ("key", "text", "attribute", "value"),
    [
        ("KAISA_DATABASE_URL", "sqlite:////srv/k.db", "sqlite_path", Path("/srv/k.db")),
        ("KAISA_DATABASE_URL", "sqlite:////srv/k.db", "admin_socket", Path("/srv/k.sock")),
        ("KAISA_DATABASE_URL", "postgresql://me@db/k", "sqlite_path", None),
        ("KAISA_DATABASE_URL", "postgresql://me@db/k", "admin_socket", None),
        (
            "KAISA_DATABASE_URL",
            "postgresql://me:pw@db:5433/k?sslmode=require",
            "database_url",
            "postgresql+psycopg://me:pw@db:5433/k?sslmode=require",
        ),
        (
            "KAISA_DATABASE_URL",
            "postgresql://me@/k?host=/run/postgresql",
            "database_url",
            "postgresql+psycopg://me@/k?host=/run/postgresql",
        ),
        ("KAISA_BIND", "0.0.0.0:0", "bind", Bind("0.0.0.0", 0)),
        ("KAISA_BIND", "[::1]:80", "bind", Bind("::1", 80)),
        ("KAISA_BIND", "[::1]:80", "public_url", "http://[::1]:80"),
        ("KAISA_WEBHOOK_BIND", "0.0.0.0:8090", "webhook_bind", Bind("0.0.0.0", 8090)),
        ("KAISA_WEBHOOK_BIND", "[::1]:80", "public_url", "http://127.0.0.1:8080"),
        ("KAISA_PUBLIC_URL", "https://relay.example/", "public_url", "https://relay.example"),
        ("KAISA_GRAPH_URL", "http://127.0.0.1:9090/", "graph_url", "http://127.0.0.1:9090"),
        ("KAISA_GRAPH_VERSION", "v31.2", "graph_version", "v31.2"),
        ("KAISA_GRAPH_CA_FILE", certifi.where(), "graph_ca_file", Path(certifi.where())),
        (
            "KAISA_PRIVATE_NETWORKS",
            "10.1.0.0/16, fd00::/8",
            "private_networks",
            (ip_network("10.1.0.0/16"), ip_network("fd00::/8")),
        ),
        ("KAISA_LOG_FORMAT", "json", "log_format", "json"),
        ("KAISA_LOG_FORMAT", " console ", "log_format", "console"),
        ("KAISA_FEED_WATCHERS", "5, 50,500", "feed_watchers", (5, 50, 500)),
        ("KAISA_GRAPH_TIMEOUT", "5", "graph_timeout", 5.0),
        ("KAISA_OUTREACH_QUOTAS", "sms=5, email=0", "outreach_quotas", {"sms": 5, "email": 0}),
        ("KAISA_APP_SECRET", "one", "app_secrets", ("one",)),
    ],
)
def test_a_value_is_understood(key: str, text: str, attribute: str, value: object) -> None:
    assert getattr(load(SECRETS | {key: text}, None), attribute) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("KAISA_DATABASE_URL", "mysql://me@db/k"),
        ("KAISA_DATABASE_URL", "postgresql:///k"),
        ("KAISA_DATABASE_URL", "postgresql://me:hunter2@db:port/k"),
        ("KAISA_DATABASE_URL", "sqlite://"),
        ("KAISA_DATABASE_URL", "sqlite:///"),
        ("KAISA_DATABASE_URL", "sqlite:///:memory:"),
        ("KAISA_DATABASE_URL", "sqlite:///k.db?mode=ro"),
        ("KAISA_DATABASE_URL", "sqlite://host/k.db"),
        ("KAISA_DATABASE_URL", "var/kaisa.db"),
        ("KAISA_BIND", "8080"),
        ("KAISA_BIND", "localhost:http"),
        ("KAISA_BIND", "localhost:65536"),
        ("KAISA_BIND", "::1:80"),
        ("KAISA_WEBHOOK_BIND", "8090"),
        ("KAISA_PUBLIC_URL", "relay.example"),
        ("KAISA_PUBLIC_URL", "ftp://relay.example"),
        ("KAISA_PUBLIC_URL", "https://relay.example/?a=hunter2"),
        ("KAISA_GRAPH_URL", "https://me:hunter2@graph.example"),
        ("KAISA_GRAPH_URL", "https://[graph"),
        ("KAISA_GRAPH_VERSION", "26"),
        ("KAISA_GRAPH_CA_FILE", "hunter2.pem"),
        ("KAISA_GRAPH_CA_FILE", "."),
        ("KAISA_GRAPH_CA_FILE", __file__),
        ("KAISA_PRIVATE_NETWORKS", "10.1.0.0/16,everything"),
        ("KAISA_PRIVATE_NETWORKS", "10.1.2.3/16"),
        ("KAISA_LOG_FORMAT", "xml"),
        ("KAISA_GRAPH_TIMEOUT", "0"),
        ("KAISA_OUTREACH_QUOTAS", "fax=5"),
        ("KAISA_OUTREACH_QUOTAS", "sms"),
        ("KAISA_OUTREACH_QUOTAS", "sms=-1"),
        ("KAISA_OUTREACH_QUOTAS", "sms=5,"),
        ("KAISA_GRAPH_TIMEOUT", "301"),
        ("KAISA_GRAPH_TIMEOUT", "2.5"),
        ("KAISA_FEED_WATCHERS", "100"),
        ("KAISA_FEED_WATCHERS", "0,1,2"),
        ("KAISA_FEED_WATCHERS", "100,300,200"),
        ("KAISA_APP_SECRET", "hunter2,,hunter3"),
        ("KAISA_SECRET_KEY", "hunter2"),
        ("KAISA_SECRET_KEY", f"{'k' * 32},hunter2"),
        ("KAISA_VERIFY_TOKEN", " "),
        ("KAISA_BIND", ""),
    ],
)
def test_a_malformed_value_is_named_and_not_shown(key: str, text: str) -> None:
    (problem,) = problems({key: text})
    assert problem.startswith(key)
    assert problem.endswith(KEYS[key])
    assert "hunter" not in problem


@pytest.mark.parametrize("required", [FOR_SERVE, FOR_ADMIN])
def test_every_missing_key_is_named(required: frozenset[str]) -> None:
    with pytest.raises(SettingsError) as refused:
        load({}, None, required)
    assert {line.split(" is missing: ")[0] for line in refused.value.problems} == required


def test_all_problems_come_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        load({"KAISA_BIND": "x", "KAISA_LOG_FORMAT": "x", "KAISA_APP_SECRET": ""}, None)
    assert sorted(line.split()[0] for line in refused.value.problems) == [
        "KAISA_APP_SECRET",
        "KAISA_BIND",
        "KAISA_LOG_FORMAT",
        "KAISA_SECRET_KEY",
        "KAISA_VERIFY_TOKEN",
    ]


@pytest.mark.parametrize(
    ("read", "key"),
    [
        (lambda settings: settings.app_secrets, "KAISA_APP_SECRET"),
        (lambda settings: settings.verify_token, "KAISA_VERIFY_TOKEN"),
        (lambda settings: settings.derived_key("tokens"), "KAISA_SECRET_KEY"),
    ],
)
def test_what_was_not_required_raises_when_read(
    read: Callable[[Settings], object], key: str
) -> None:
    with pytest.raises(SettingsError, match=f"{key} is missing"):
        read(load({}, None, FOR_SIMULATE))


def test_an_unknown_variable_is_refused_with_the_nearest_name() -> None:
    assert problems({"KAISA_APP_SECRETS": "hunter2"}) == (
        "KAISA_APP_SECRETS in the environment is unknown: did you mean KAISA_APP_SECRET?",
    )
    (far,) = problems({"KAISA_FOO": "hunter2"})
    assert far.startswith("KAISA_FOO in the environment is unknown; known are KAISA_DATABASE_URL, ")


def test_other_variables_are_none_of_our_business() -> None:
    assert load(SECRETS | {"PATH": "/bin", "kaisa_bind": "x"}, None) == load(SECRETS, None)


def test_the_file_and_the_environment_before_it(tmp_path: Path) -> None:
    config = tmp_path / "kaisa.toml"
    config.write_text('KAISA_BIND = "0.0.0.0:80"\nKAISA_GRAPH_VERSION = "v27.0"\n')
    settings = load(SECRETS | {"KAISA_GRAPH_VERSION": "v28.0"}, config)
    assert (settings.bind, settings.graph_version) == (Bind("0.0.0.0", 80), "v28.0")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b'KAISA_BINDS = "hunter2"', "did you mean KAISA_BIND?"),
        (b'[database]\nurl = "hunter2"', "database in"),
        (b"KAISA_BIND = 8080", "KAISA_BIND in"),
        (b"KAISA_APP_SECRET = hunter2", 'is not TOML: see line 1; write KAISA_NAME = "value"'),
        (b"KAISA_APP_SECRET = '\xff'", "is not TOML"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, content: bytes, complaint: str) -> None:
    config = tmp_path / "kaisa.toml"
    config.write_bytes(content)
    (problem,) = problems({}, config)
    assert complaint in problem
    assert "hunter" not in problem


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    (problem,) = problems({}, tmp_path / "none.toml")
    assert problem.endswith("none.toml cannot be read: No such file or directory")


def test_no_secret_in_the_repr() -> None:
    settings = load(SECRETS | {"KAISA_DATABASE_URL": "postgresql://me:hunter2@db/k"}, None)
    for secret in ["app-secret-one", "app-secret-two", "verify-me", "0123456789", "hunter2"]:
        assert secret not in repr(settings)


def test_derived_keys_differ_by_purpose_and_last() -> None:
    settings = load(SECRETS, None)
    assert len(settings.derived_key("tokens")) == 32
    assert settings.derived_key("tokens") == load(SECRETS, None).derived_key("tokens")
    assert settings.derived_key("tokens") != settings.derived_key("wamids")


def test_while_secret_keys_rotate_the_last_one_recognises_repeats() -> None:
    """New tokens are sealed with the first; what must not change follows the old one."""
    old, new = "0" * 32, "1" * 32
    both = load(SECRETS | {"KAISA_SECRET_KEY": f"{new}, {old}"}, None)
    before = load(SECRETS | {"KAISA_SECRET_KEY": old}, None)
    after = load(SECRETS | {"KAISA_SECRET_KEY": new}, None)
    assert both.derived_key("repeats") == before.derived_key("repeats")
    assert both.derived_keys("tokens") == (
        *after.derived_keys("tokens"),
        *before.derived_keys("tokens"),
    )


def test_the_public_url_follows_the_port_the_kernel_chose() -> None:
    settings = attrs.evolve(Settings(bind=Bind("127.0.0.1", 0)), bind=Bind("127.0.0.1", 4711))
    assert settings.public_url == "http://127.0.0.1:4711"


def test_the_process_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in KEYS:
        monkeypatch.delenv(key, raising=False)
    for key, value in SECRETS.items():
        monkeypatch.setenv(key, value)
    assert from_environment() == load(SECRETS, None)


@pytest.mark.parametrize(
    ("bind", "webhooks", "refused"),
    [
        ("127.0.0.1:8080", "127.0.0.1:8080", True),
        ("0.0.0.0:8080", "127.0.0.1:8080", True),
        ("127.0.0.1:8080", "127.0.0.1:8090", False),
        ("127.0.0.1:8080", "127.0.0.2:8080", False),
        ("127.0.0.1:0", "127.0.0.1:0", False),
    ],
)
def test_two_listeners_need_two_addresses(bind: str, webhooks: str, refused: bool) -> None:
    """One sentence instead of an address that is in use by ourselves."""
    given = {**SECRETS, "KAISA_BIND": bind, "KAISA_WEBHOOK_BIND": webhooks}
    try:
        load(given, None)
    except SettingsError as problem:
        (said,) = problem.problems
        assert refused
        assert said.startswith("KAISA_WEBHOOK_BIND is where KAISA_BIND listens already")
    else:
        assert not refused
