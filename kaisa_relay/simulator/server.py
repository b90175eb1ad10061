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
from .config import SimulatorConfig
from .dropping import CONNECTION
from .simulator import Simulator


async def serve(
    config: SimulatorConfig, *, task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED
) -> None:
    """Run a simulator on `config.bind` until cancelled; the started value is its URL.

    Raises ValueError if `bind` is not host:port, OSError if it cannot be bound.
    """
    host, port = _host_and_port(config.bind)
    limits = httpx.Limits(max_connections=config.webhook_parallel)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:
        simulator = Simulator(config, client)
        listeners = await trio.open_tcp_listeners(port, host=host)
        async with trio.open_nursery() as nursery:
            await nursery.start(simulator.run, name="simulator")
            handler = _connection_handler(simulator)
            await nursery.start(trio.serve_listeners, handler, listeners)
            url = _url(host, listeners[0])
            sys.stdout.write(f"Simulated WhatsApp on {url}\n")
            sys.stdout.flush()
            task_status.started(url)


def run(config: SimulatorConfig) -> None:
    """Serve until SIGTERM or SIGINT, as a program of its own."""
    trio.run(_serve_until_signal, config)


async def _serve_until_signal(config: SimulatorConfig) -> None:
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with trio.open_nursery() as nursery:
            await nursery.start(serve, config)
            async for _ in signals:
                break
            nursery.cancel_scope.cancel()


def _connection_handler(simulator: Simulator) -> Callable[[trio.SocketStream], Awaitable[None]]:
    # Hypercorn's own accept loop hides the socket from the app, and the fault `drop_answer` must
    # close it; so connections are accepted here and only the protocol is left to Hypercorn.
    server = Config()
    server.accesslog = None
    context = WorkerContext(None)
    app = ASGIWrapper(cast(Any, create_app(simulator)))  # its events are plain dicts

    async def handle(stream: trio.SocketStream) -> None:
        CONNECTION.set(stream)
        # TCPServer asks for TLS in its types but finds out for itself whether it has it.
        await TCPServer(app, server, context, ConnectionState({}), cast(Any, stream))

    return handle


def _host_and_port(bind: str) -> tuple[str, int]:
    host, separator, port = bind.rpartition(":")
    if not separator or not port.isdigit():
        raise ValueError(f"bind must be host:port, not {bind!r}")
    return host.strip("[]"), int(port)


def _url(host: str, listener: trio.SocketListener) -> str:
    port = listener.socket.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
