"""`kaisa-relay simulate`: WhatsApp on loopback, as a program of its own."""

import re
from typing import Any

import click

from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import say
from kaisa_relay.simulator import ChannelConfig, SimulatorConfig, run


class _Channel(click.ParamType[ChannelConfig]):
    name = "id=+number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> ChannelConfig:
        if isinstance(value, ChannelConfig):
            return value
        match = re.fullmatch(r"([A-Za-z0-9_-]+)=\+?([1-9][0-9]{6,14})", str(value), re.ASCII)
        if match is None:
            self.fail("write it as ID=+NUMBER, e.g. 1001=+46700000001", param, ctx)
        return ChannelConfig(phone_number_id=match[1], number=match[2])


def _address(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is not None and not re.match(r"https?://[^/]", value):
        raise click.BadParameter("write it as http://127.0.0.1:8080/webhooks/whatsapp")
    return value


@click.command()
@click.option("--bind", default="127.0.0.1:8081", show_default=True, help="host:port to listen on.")
@click.option(
    "--channel",
    "channels",
    type=_Channel(),
    multiple=True,
    metavar="ID=+NUMBER",
    help="A business number; may be repeated. Its token is sim-token.",
)
@click.option(
    "--webhook-url",
    callback=_address,
    help="Where webhooks go, e.g. http://127.0.0.1:8080/webhooks/whatsapp",
)
@click.option("--app-secret", default="sim-app-secret", show_default=True, help="Signs webhooks.")
@click.option(
    "--verify-token", default="sim-verify-token", show_default=True, help="For the handshake."
)
@click.pass_obj
def command(options: Options, /, **config: Any) -> None:
    """Run a simulated WhatsApp Cloud API until it is stopped.

    Channels and people can also be added while it runs, over its /_sim API.

    \b
    kaisa-relay simulate --bind 127.0.0.1:8081 --channel 1001=+46700000001
    """
    del options  # it shares nothing with the relay, not even settings
    try:
        run(SimulatorConfig(**config))
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
    except OSError as problem:
        raise click.ClickException(
            f"cannot listen on {config['bind']}: {problem.strerror}"
        ) from None
    say("The simulator has stopped.")
