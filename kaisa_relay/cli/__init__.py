"""The command line: one module per command, imported when it is called.

Rule 1: results go to standard output, everything said about them to standard error.
Rule 2: an error is one clear line and exit code 1; a wrong usage is exit code 2.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from kaisa_relay.cli.options import Options
from kaisa_relay.settings import SettingsError

COMMANDS: Final[Mapping[str, str]] = {
    "demo": "Play the main road on a simulated WhatsApp, and keep it running.",
    "serve": "Run the relay.",
    "doctor": "Check everything that can be wrong, and say what to do.",
    "workspace": "Add, change and list workspaces (one per customer).",
    "app": "Add and list Meta apps beside the one in the settings.",
    "channel": "Add, change and list channels (WhatsApp business numbers).",
    "templates": "Create and watch the WhatsApp templates that the relay needs.",
    "agent": "List agents, and say what they may do.",
    "hours": "Set business hours and holidays.",
    "block": "Say whose messages reach nobody.",
    "suppression": "Say whom triggers do not write to.",
    "visitor": "Erase people who do not want to be known any more.",
    "audit": "List who saw, exported or changed what.",
    "user": "Add and change supervisors' accounts for the dashboard.",
    "key": "Add, list and revoke API keys.",
    "conversation": "Release a quarantined conversation.",
    "export": "Write conversations, messages or offers into a file.",
    "explore": "Make the read model of lists and reports anew.",
    "watch": "Show what happens in a workspace, live.",
    "simulate": "Run the WhatsApp simulator on its own.",
}
"""Each is the module `kaisa_relay.cli.<name>`, whose click command is called `command`."""

EXAMPLES: Final = """\b
See it work, without any account:
  kaisa-relay demo

\b
Connect a real number:
  kaisa-relay workspace add acme --language sv
  kaisa-relay channel add --workspace acme --phone-number-id 106540352242922 \\
      --number +46701234567 --token-file token.txt --waba 102290129340398
  kaisa-relay templates push --workspace acme
  kaisa-relay key add --workspace acme --scope conversations:write
  kaisa-relay user add maria --workspace acme --role supervisor
  kaisa-relay serve
  kaisa-relay doctor

Settings come from KAISA_… environment variables or the file given with --config.
Commands work while `serve` runs, and without it where they say nothing else.
"""


class Commands(click.Group):
    """A group that imports a command's module only when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None when there is no such."""
        return _command(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; settings that cannot be used are an error to read, not a crash."""
        try:
            return super().invoke(ctx)
        except SettingsError as problem:
            raise click.ClickException(str(problem)) from None


def _command(name: str) -> click.Command | None:
    path = f"{__name__}.{name}"
    try:
        command: click.Command = import_module(path).command
    except ModuleNotFoundError as problem:
        if problem.name != path:
            raise
        return None
    return command


@click.group(
    cls=Commands,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file with settings; the environment goes before it.",
)
@click.version_option(package_name="kaisa-relay")
@click.pass_context
def program(ctx: click.Context, config: Path | None) -> None:
    """Relay WhatsApp conversations between visitors and agents."""
    ctx.obj = Options(config)


def main() -> None:
    """Run the command line of this process."""
    program(prog_name="kaisa-relay")
