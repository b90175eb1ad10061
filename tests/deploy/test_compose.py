"""The compose file: its parts fit, nothing is open that need not be, no secret is in it."""

import re
from typing import Any

import pytest
import yaml

from kaisa_relay.app import DRAIN_SECONDS, GRACEFUL_SECONDS
from kaisa_relay.settings import FOR_SERVE, KEYS, OPTIONAL
from kaisa_relay.store.engine import CLOSE_SECONDS
from tests.deploy.tools import DEPLOY, read

SERVICE_KEYS = {
    "build", "cap_add", "cap_drop", "depends_on", "environment", "healthcheck", "image", "logging",
    "mem_limit", "networks", "ports", "read_only", "restart", "security_opt", "shm_size",
    "stop_grace_period", "tmpfs", "volumes",
}  # fmt: skip


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(read("compose.yaml"))
    return loaded


def test_its_keys_are_known(compose: dict[str, Any]) -> None:
    assert compose.keys() == {"name", "x-hardened", "services", "networks", "volumes"}
    for name, service in compose["services"].items():
        assert service.keys() <= SERVICE_KEYS, name
        assert isinstance(service.get("environment", {}), dict)


def test_what_is_named_is_declared(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for service in services.values():
        assert set(service["networks"]) <= compose["networks"].keys()
        for needed, how in service.get("depends_on", {}).items():
            assert needed in services
            assert how["condition"] != "service_healthy" or "healthcheck" in services[needed]
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            here = source.startswith("./") and (DEPLOY / source).is_file()
            assert here or source in compose["volumes"], volume
    build = services["relay"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()


def test_only_the_proxy_is_open_and_the_database_is_not_on_its_network(
    compose: dict[str, Any],
) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert services["database"]["networks"] == ["back"]
    assert "back" not in services["proxy"]["networks"]
    assert compose["networks"]["back"]["internal"] is True


def test_every_service_is_kept_small(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["read_only"] is True, name
    assert "cap_add" not in compose["services"]["relay"]


def test_there_is_no_default_for_a_secret() -> None:
    variables = re.findall(r"\$\{(\w+)([^}]*)\}", read("compose.yaml"))
    secret = {name for name, _ in variables if re.search(r"SECRET|TOKEN|PASSWORD", name)}
    assert secret == {*FOR_SERVE, "POSTGRES_PASSWORD"}
    assert all(rest.startswith(":?") for name, rest in variables if name in secret)


def test_every_variable_is_in_the_example() -> None:
    variables = set(re.findall(r"\$\{(\w+)", read("compose.yaml")))
    offered = set(re.findall(r"^#?(\w+)=", read("environment.example"), re.MULTILINE))
    assert variables <= offered


def test_the_relay_is_given_settings_that_it_knows(compose: dict[str, Any]) -> None:
    environment = compose["services"]["relay"]["environment"]
    assert environment.keys() == KEYS.keys() - OPTIONAL
    assert environment["KAISA_BIND"] == "0.0.0.0:8080"
    assert environment["KAISA_WEBHOOK_BIND"] == "0.0.0.0:8090"
    proxy = compose["services"]["proxy"]["environment"]
    assert (proxy["RELAY_UPSTREAM"], proxy["RELAY_WEBHOOKS"]) == ("relay:8080", "relay:8090")


def test_a_stop_has_time(compose: dict[str, Any]) -> None:
    grace = float(compose["services"]["relay"]["stop_grace_period"].removesuffix("s"))
    assert grace > GRACEFUL_SECONDS + DRAIN_SECONDS + 2 * CLOSE_SECONDS
