"""The simulator on a socket, as `kaisa-relay simulate` and `demo` run it."""

import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any, cast

import httpx
import trio
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.config import Config
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.typing import ConnectionState

from .app import create_app
from .config import APP_SECRET, VERIFY_TOKEN, ChannelConfig, SimulatorConfig
from .dropping import CONNECTION
from .simulator import Simulator


async def serve(
    config: SimulatorConfig, *, task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED
) -> None:
    """Run a simulator on `config.bind` until cancelled; the started value is its URL.

    Raises ValueError if `bind` is not host:port, OSError if it cannot be bound.
    """
    await _serve_on(await _listen(config.bind), config, task_status=task_status)


def run(config: SimulatorConfig) -> None:
    """Serve until SIGTERM or SIGINT, as a program of its own; raises as `serve` does."""
    trio.run(_serve_until_signal, config)


async def _serve_until_signal(config: SimulatorConfig) -> None:
    listeners = await _listen(config.bind)
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with trio.open_nursery() as nursery:
            url = await nursery.start(_serve_on, listeners, config)
            sys.stdout.write(_how_to_use(url, config))
            sys.stdout.flush()
            async for _ in signals:
                break
            nursery.cancel_scope.cancel()


def _how_to_use(url: str, config: SimulatorConfig) -> str:
    """Say what the relay needs to know; a secret that was given is not shown."""
    secret = APP_SECRET if config.app_secret == APP_SECRET else "…"
    token = VERIFY_TOKEN if config.verify_token == VERIFY_TOKEN else "…"
    settings = (("GRAPH_URL", url), ("APP_SECRET", secret), ("VERIFY_TOKEN", token))
    lines = [
        "Its phones are there in a browser. The relay needs to know:",
        *(f'  KAISA_{name} = "{value}"' for name, value in settings),
        *(_channel(each) for each in config.channels),
    ]
    return "\n".join(lines) + "\n"


def _channel(each: ChannelConfig) -> str:
    number = f"+{each.number.lstrip('+')}"
    said = f"--phone-number-id {each.phone_number_id} --number {number} --waba {each.waba}"
    return f"  kaisa-relay channel add {said} --token-file …, which holds {each.token}"


async def _listen(bind: str) -> list[trio.SocketListener]:
    host, separator, port = bind.rpartition(":")
    if not separator or not port.isdecimal() or int(port) > 65535:
        raise ValueError(f"bind must be host:port, not {bind!r}")
    return await trio.open_tcp_listeners(int(port), host=host.strip("[]") or None)


async def _serve_on(
    listeners: list[trio.SocketListener],
    config: SimulatorConfig,
    *,
    task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED,
) -> None:
    limits = httpx.Limits(max_connections=config.webhook_parallel)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:
        simulator = Simulator(config, client)
        async with trio.open_nursery() as nursery:
            await nursery.start(simulator.run, name="simulator")
            await nursery.start(trio.serve_listeners, _connection_handler(simulator), listeners)
            url = simulator.world.base_url = _url(listeners[0])
            sys.stdout.write(f"Simulated WhatsApp on {url}\n")
            sys.stdout.flush()
            task_status.started(url)


def _connection_handler(simulator: Simulator) -> Callable[[trio.SocketStream], Awaitable[None]]:
    # Hypercorn's own accept loop hides the socket from the app, and the fault `drop_answer` must
    # close it; so connections are accepted here and only the protocol is left to Hypercorn.
    server = Config()
    server.accesslog = None
    # Longer than clients keep idle connections, so none is closed under a send.
    server.keep_alive_timeout = 75
    context = WorkerContext(None)
    app = ASGIWrapper(cast(Any, create_app(simulator)))  # its events are plain dicts

    async def handle(stream: trio.SocketStream) -> None:
        CONNECTION.set(stream)
        # TCPServer asks for TLS in its types but finds out for itself whether it has it.
        await TCPServer(app, server, context, ConnectionState({}), cast(Any, stream))

    return handle


def _url(listener: trio.SocketListener) -> str:
    host, port, *_ = listener.socket.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
