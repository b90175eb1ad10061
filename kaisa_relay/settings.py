"""What an operator may set, from the environment or the same keys in a TOML file.

Rule 1: nothing else in the program reads the environment or the file.
Rule 2: whatever is missing, malformed or unknown stops the start, all of it in one message,
and that message never shows a secret's value.
"""

import hmac
import os
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final, TypeVar

from attrs import define, field, frozen

from kaisa_relay.setting_values import (
    Bind as Bind,
)
from kaisa_relay.setting_values import (
    LogFormat,
    Malformed,
    Network,
    parse_app_secrets,
    parse_bind,
    parse_ca_file,
    parse_database_url,
    parse_hours,
    parse_log_format,
    parse_networks,
    parse_quotas,
    parse_secret_keys,
    parse_timeout,
    parse_url,
    parse_version,
    parse_watchers,
)

T = TypeVar("T")

# Every key with what it wants; the second half of each complaint.
KEYS: Final[Mapping[str, str]] = {
    "KAISA_DATABASE_URL": "sqlite:///path/to/file.db or postgresql://user@host/database",
    "KAISA_BIND": "host:port, for example 127.0.0.1:8080; port 0 takes any free one",
    "KAISA_WEBHOOK_BIND": "host:port of a second, faster listener for webhooks alone",
    "KAISA_PUBLIC_URL": "where Meta and browsers reach this server, for example https://relay.example",
    "KAISA_GRAPH_URL": "where the Graph API is, for example https://graph.facebook.com",
    "KAISA_GRAPH_VERSION": "the Graph API's version, for example v26.0",
    "KAISA_GRAPH_TIMEOUT": "after how many seconds a call to the Graph API without an answer is "
    "given up: 35 at first, from 1 to 300",
    "KAISA_GRAPH_CA_FILE": "a PEM file with the certificate authorities to trust for the Graph API "
    "instead of the public ones",
    "KAISA_APP_SECRET": "the app secret from Meta's App Dashboard; several, separated by commas, "
    "while rotating",
    "KAISA_VERIFY_TOKEN": "the token typed in beside the webhook's URL in Meta's App Dashboard",
    "KAISA_SECRET_KEY": "at least 32 random characters, for example from: openssl rand -base64 32; "
    "several, separated by commas, while rotating",
    "KAISA_FILES_DIR": "the directory for files that people send; beside the database at first",
    "KAISA_EXPORT_HOURS": "for how many hours finished exports are kept: 24 at first, from 1 to "
    "720",
    "KAISA_PRIVATE_NETWORKS": "private networks that webhooks of triggers may be sent into, for "
    "example 10.1.0.0/16; several, separated by commas",
    "KAISA_OUTREACH_QUOTAS": "how much outreach one workspace may have, for example "
    "sms=5000,email=50000; others are triggers, endpoints, waiting and whatsapp",
    "KAISA_LOG_FORMAT": "console or json",
    "KAISA_FEED_WATCHERS": "how many may watch the live feed at once with one key or account, of "
    "one workspace, and in all: for example 100,300,1000",
}
OPTIONAL: Final = frozenset({"KAISA_GRAPH_CA_FILE", "KAISA_PRIVATE_NETWORKS"})
"""Keys without a value that stands for leaving them out."""
FOR_SERVE: Final = frozenset({"KAISA_APP_SECRET", "KAISA_VERIFY_TOKEN", "KAISA_SECRET_KEY"})
FOR_ADMIN: Final = frozenset({"KAISA_SECRET_KEY"})
FOR_SIMULATE: Final[frozenset[str]] = frozenset()


HERE: Final = Bind("127.0.0.1", 8080)


class SettingsError(Exception):
    """The settings cannot be used; `problems` has one line per key, for the operator to read."""

    def __init__(self, problems: Collection[str]) -> None:
        super().__init__("\n".join(["The settings need attention:", *problems]))
        self.problems = tuple(problems)


@frozen
class Settings:
    """The whole configuration. A secret that was not required and not given raises when read."""

    database_url: str = field(default="sqlite:///var/kaisa.db", repr=False)  # may hold a password
    bind: Bind = HERE
    webhook_bind: Bind | None = None
    graph_url: str = "https://graph.facebook.com"
    graph_version: str = "v26.0"
    graph_timeout: float = 35.0
    """In seconds, from the start of a call to the last byte of its answer."""
    graph_ca_file: Path | None = None
    private_networks: tuple[Network, ...] = ()
    outreach_quotas: Mapping[str, int] = field(factory=dict)
    """Those that are not the usual ones, by their names."""
    export_hours: int = 24
    log_format: LogFormat = "console"
    feed_watchers: tuple[int, int, int] = (100, 300, 1_000)
    _files_dir: Path | None = None
    _public_url: str | None = None
    _app_secrets: tuple[str, ...] = field(default=(), repr=False)
    _verify_token: str | None = field(default=None, repr=False)
    _secret_keys: tuple[str, ...] = field(default=(), repr=False)

    @property
    def public_url(self) -> str:
        """Without a slash at the end; follows `bind` unless it was set."""
        return self._public_url or f"http://{self.bind}"

    @property
    def app_secrets(self) -> tuple[str, ...]:
        """Any of these may have signed a webhook; at least one."""
        return _given(self._app_secrets, "KAISA_APP_SECRET")

    @property
    def verify_token(self) -> str:
        """What Meta repeats in the webhook's handshake."""
        return _given(self._verify_token, "KAISA_VERIFY_TOKEN")

    def derived_key(self, purpose: str) -> bytes:
        """32 bytes, others for each purpose, the same until the last, oldest secret key goes."""
        return self.derived_keys(purpose)[-1]

    def derived_keys(self, purpose: str) -> tuple[bytes, ...]:
        """One such key from each secret key, the newest first."""
        keys = _given(self._secret_keys, "KAISA_SECRET_KEY")
        return tuple(hmac.digest(key.encode(), purpose.encode(), "sha256") for key in keys)

    @property
    def sqlite_path(self) -> Path | None:
        """The database's file, or None on PostgreSQL."""
        _, sqlite, path = self.database_url.partition("sqlite:///")
        return Path(path) if sqlite else None

    @property
    def files_dir(self) -> Path:
        """Where files lie: beside the SQLite file unless it was set."""
        return self._files_dir or (self.sqlite_path or Path("var/kaisa.db")).with_suffix(".files")

    @property
    def erasures(self) -> Path:
        """The list of erasures, beside the files: no restored database turns it back."""
        return self.files_dir.with_suffix(".erasures")

    @property
    def exports_dir(self) -> Path:
        """Where finished exports lie until their time is over, beside the files."""
        return self.files_dir.with_suffix(".exports")

    @property
    def admin_socket(self) -> Path | None:
        """Where `serve` hears admin commands: beside the SQLite file; PostgreSQL needs none."""
        return self.sqlite_path and self.sqlite_path.with_suffix(".sock")


def from_environment(
    config_file: Path | None = None, required: Collection[str] = FOR_SERVE
) -> Settings:
    """`load` with this process's environment."""
    return load(os.environ, config_file, required)


def child_environment(own: Mapping[str, str]) -> dict[str, str]:
    """This process's environment for a child, with `own` in place of all our own settings."""
    return {k: v for k, v in os.environ.items() if not k.startswith("KAISA_")} | dict(own)


def load(
    environ: Mapping[str, str], config_file: Path | None, required: Collection[str] = FOR_SERVE
) -> Settings:
    """The settings, the environment before the file; raises `SettingsError` with all problems."""
    given = _Given()
    given.take(_parse_file(config_file) if config_file else {}, f"in {config_file}")
    given.take({k: v for k, v in environ.items() if k.startswith("KAISA_")}, "in the environment")
    standard = Settings()
    settings = Settings(
        database_url=given.read("KAISA_DATABASE_URL", parse_database_url, standard.database_url),
        bind=given.read("KAISA_BIND", parse_bind, standard.bind),
        webhook_bind=given.read("KAISA_WEBHOOK_BIND", parse_bind, None),
        public_url=given.read("KAISA_PUBLIC_URL", parse_url, None),
        graph_url=given.read("KAISA_GRAPH_URL", parse_url, standard.graph_url),
        graph_version=given.read("KAISA_GRAPH_VERSION", parse_version, standard.graph_version),
        graph_timeout=given.read("KAISA_GRAPH_TIMEOUT", parse_timeout, standard.graph_timeout),
        graph_ca_file=given.read("KAISA_GRAPH_CA_FILE", parse_ca_file, None),
        files_dir=given.read("KAISA_FILES_DIR", Path, None),
        export_hours=given.read("KAISA_EXPORT_HOURS", parse_hours, standard.export_hours),
        private_networks=given.read("KAISA_PRIVATE_NETWORKS", parse_networks, ()),
        outreach_quotas=given.read("KAISA_OUTREACH_QUOTAS", parse_quotas, {}),
        log_format=given.read("KAISA_LOG_FORMAT", parse_log_format, standard.log_format),
        feed_watchers=given.read("KAISA_FEED_WATCHERS", parse_watchers, standard.feed_watchers),
        app_secrets=given.read("KAISA_APP_SECRET", parse_app_secrets, ()),
        verify_token=given.read("KAISA_VERIFY_TOKEN", str, None),
        secret_keys=given.read("KAISA_SECRET_KEY", parse_secret_keys, ()),
    )
    given.require(required)
    if settings.webhook_bind is not None and settings.webhook_bind.taken_by(settings.bind):
        given.problems.append(
            "KAISA_WEBHOOK_BIND is where KAISA_BIND listens already: give it a port of its own, or "
            "leave it out, for webhooks are taken there too"
        )
    if given.problems:
        raise SettingsError(given.problems)
    return settings


def _nearest(key: str) -> str:
    """Guess what was meant: by what follows the prefix, which all names share."""
    short = {known.removeprefix("KAISA_"): known for known in KEYS}
    near = get_close_matches(key.removeprefix("KAISA_"), short, n=1)
    return f": did you mean {short[near[0]]}?" if near else f"; known are {', '.join(KEYS)}"


@define
class _Given:
    """The values given so far and what is wrong with them."""

    problems: list[str] = field(factory=list)
    _values: dict[str, str] = field(factory=dict)
    _seen: set[str] = field(factory=set)

    def take(self, values: Mapping[str, object], where: str) -> None:
        self._seen |= values.keys()
        for key, value in values.items():
            if key not in KEYS:
                self.problems.append(f"{key} {where} is unknown{_nearest(key)}")
            elif not isinstance(value, str) or not value.strip():
                self.problems.append(f"{key} {where} is not a text, or empty: {KEYS[key]}")
            else:
                self._values[key] = value.strip()

    def read(self, key: str, parse: Callable[[str], T], default: T) -> T:
        if key not in self._values:
            return default
        try:
            return parse(self._values[key])
        except Malformed as reason:
            self.problems.append(f"{key} {reason}: {KEYS[key]}")
            return default

    def require(self, required: Collection[str]) -> None:
        # An empty or malformed one has been complained of; only what is nowhere is missing.
        self.problems += [
            f"{key} is missing: {KEYS[key]}"
            for key in KEYS
            if key in required and key not in self._seen
        ]


def _parse_file(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as reason:
        raise SettingsError([f"{path} cannot be read: {reason.strerror}"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as reason:
        where = re.search(r"line \d+", str(reason))
        line = f": see {where[0]}" if where else ""
        raise SettingsError([f'{path} is not TOML{line}; write KAISA_NAME = "value"']) from None


def _given(value: T | None, key: str) -> T:
    if not value:
        raise SettingsError([f"{key} is missing: {KEYS[key]}"])
    return value
