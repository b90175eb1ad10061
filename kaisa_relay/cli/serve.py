"""`kaisa-relay serve`: the relay, until SIGTERM or SIGINT."""

import errno
import signal
import sys
from typing import Final

import click
import trio

from kaisa_relay.accounts.cipher import WrongSecretKey
from kaisa_relay.accounts.socket import SocketUnusable
from kaisa_relay.app import run
from kaisa_relay.cli.options import Options
from kaisa_relay.logs import configure
from kaisa_relay.ports import Fenced, StoreUnavailable
from kaisa_relay.runtime.supervise import GaveUp
from kaisa_relay.settings import FOR_SERVE, Bind, Settings
from kaisa_relay.store import BrokenStorage, Displaced, LockedByOther, NewerDatabase
from kaisa_relay.whatsapp.curl_transport import CurlUnfit

EXPECTED: Final = (
    BrokenStorage,
    CurlUnfit,
    Displaced,
    Fenced,
    GaveUp,
    LockedByOther,
    NewerDatabase,
    OSError,
    SocketUnusable,
    StoreUnavailable,
    WrongSecretKey,
)
"""What can end a serve, each with a message that says what to do."""

STOPS: Final = (signal.SIGTERM, signal.SIGINT)
"""Each stops it; another one on top, also while the interpreter exits, changes nothing."""

SWITCH_SECONDS: Final = 0.0005
"""How long the event loop may keep the interpreter from the writer's thread, which wants it back
after each statement: Python's 5 ms made a commit beside a busy loop a third slower."""

NO_ADDRESS: Final = (errno.EADDRINUSE, errno.EADDRNOTAVAIL)


@click.command()
@click.pass_obj
def command(options: Options) -> None:
    """Run the relay: HTTP API, webhooks, actors.

    \b
    Brings the database up to date, takes it over, and serves until SIGTERM or Ctrl-C;
    then answers the requests that were begun and stops in order.
    """
    settings = options.settings(FOR_SERVE)
    configure(settings.log_format)
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        trio.run(_serve, settings)
    except* EXPECTED as group:
        raise click.ClickException(
            "; ".join(dict.fromkeys(_reasons(group, settings.bind)))
        ) from None


async def _serve(settings: Settings) -> None:
    for each in STOPS:
        # What holds again once the receiver is closed: the process is on its way out by then.
        signal.signal(each, signal.SIG_IGN)
    with trio.open_signal_receiver(*STOPS) as signals:

        async def stop() -> None:
            async for _ in signals:
                return

        await run(settings, stop)


def _reasons(group: BaseExceptionGroup[BaseException], bind: Bind) -> list[str]:
    reasons = []
    for each in group.exceptions:
        if isinstance(each, BaseExceptionGroup):
            reasons += _reasons(each, bind)
        elif isinstance(each, OSError) and each.errno in NO_ADDRESS:
            reasons.append(f"cannot listen on {bind} (KAISA_BIND): {each.strerror}")
        else:
            reasons.append(str(each) or type(each).__name__)
    return reasons
