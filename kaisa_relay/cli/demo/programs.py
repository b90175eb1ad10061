"""The two programs of the demo: how a simulator and a relay are started to find each other."""

import re
import secrets
import socket
from collections.abc import Mapping
from functools import partial
from typing import Final

from attrs import field, frozen

from kaisa_relay.cli.demo.processes import Program
from kaisa_relay.settings import Settings, child_environment, load

APP_SECRET: Final = "sim-app-secret"
VERIFY_TOKEN: Final = "sim-verify-token"
CHANNEL_TOKEN: Final = "sim-token"
"""What the simulator takes by default; none of these protects anything."""

RELAY_PORT, SIMULATOR_PORT = 8080, 8081

_SIMULATES: Final = re.compile(r"^Simulated WhatsApp on (\S+)$", re.MULTILINE)
_SERVES: Final = re.compile(r'^(?=.*"event": "serving").*"url": "([^"]+)"', re.MULTILINE)


@frozen
class Line:
    """A business number, as the simulator and the relay both are told of it."""

    phone_number_id: str
    number: str


def simulator_program(bind: str, lines: tuple[Line, ...]) -> Program:
    """Return a simulator with these numbers, and no callback yet."""
    channels = [part for line in lines for part in ("--channel", _channel(line))]
    secrets = ("--app-secret", APP_SECRET, "--verify-token", VERIFY_TOKEN)
    arguments = ("simulate", "--bind", bind, *secrets, *channels)
    return Program("simulator", arguments, _SIMULATES, child_environment({}))


def _channel(line: Line) -> str:
    return f"{line.phone_number_id}={line.number}"


@frozen
class RelayConfig:
    """What a relay keeps from one start to the next."""

    database_url: str = field(repr=False)  # may hold a password
    secret_key: str = field(factory=partial(secrets.token_urlsafe, 32), repr=False)
    more: Mapping[str, str] = {}
    """Settings beside those that find the simulator."""

    def program(self, bind: str, graph_url: str) -> Program:
        """Return a relay that calls a simulator."""
        environment = self._environment() | {"KAISA_BIND": bind, "KAISA_GRAPH_URL": graph_url}
        return Program("relay", ("serve",), _SERVES, child_environment(environment))

    def settings(self) -> Settings:
        """Return the settings for administering its database; raises `SettingsError`."""
        return load(self._environment(), None)

    def _environment(self) -> dict[str, str]:
        return {
            "KAISA_DATABASE_URL": self.database_url,
            "KAISA_SECRET_KEY": self.secret_key,
            "KAISA_APP_SECRET": APP_SECRET,
            "KAISA_VERIFY_TOKEN": VERIFY_TOKEN,
            "KAISA_PRIVATE_NETWORKS": "127.0.0.0/8",  # whoever takes webhooks here is on loopback
            "KAISA_LOG_FORMAT": "json",
            **self.more,
        }


def bind_to(port: int) -> str:
    """Return an address on loopback: this port if nobody listens there, else any free one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return "127.0.0.1:0"
    return f"127.0.0.1:{port}"
