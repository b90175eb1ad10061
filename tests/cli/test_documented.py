"""Every command line that the documents and the help show is one that the program would take."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from kaisa_relay.cli import program

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "deploy/README.md", "docs/*.md")
LINE = re.compile(
    r"(?:^|exec (?:-T )?relay |bin/)kaisa-relay ([a-z](?:[^\n\\`]|\\\n)+)", re.MULTILINE
)
MENTION = re.compile(r"`kaisa-relay ([a-z][^`]*)`")


def commands(group: click.Group = program, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its words, groups too."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{path}{name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")


def shown_in(text: str) -> list[str]:
    """Return the command lines in a text, without the program's name."""
    lines = (re.sub(r"\\\s*\n\s*", " ", line) for line in LINE.findall(text))
    return [re.sub(r" +#.*| <.*", "", line).strip() for line in lines]


def documents() -> dict[str, str]:
    """Return the documents, and the help of every command, by where they are read."""
    files = [path for pattern in DOCUMENTS for path in sorted(ROOT.glob(pattern))]
    texts = {path.relative_to(ROOT).as_posix(): path.read_text() for path in files}
    helps = {f"{name} --help": command.help or "" for name, command in commands()}
    said = {**texts, **helps, "--help": program.epilog or ""}
    return {place: re.sub(r"^ +", "", text, flags=re.MULTILINE) for place, text in said.items()}


def documented() -> list[tuple[str, str]]:
    """Return each command line with where it is shown."""
    return [(place, line) for place, text in documents().items() for line in shown_in(text)]


def mentioned() -> list[tuple[str, str]]:
    """Return each command that a sentence names, with where it does."""
    texts = documents().items()
    return [
        (place, " ".join(said.split())) for place, text in texts for said in MENTION.findall(text)
    ]


def taken(place: str, line: str) -> tuple[click.Command, set[str]]:
    """Return the command that a line calls and the options it gives, which must be its own."""
    words = line.split()
    found = [
        (name, each) for name, each in commands() if words[: name.count(" ") + 1] == name.split()
    ]
    assert found, f"{place}: there is no command {words[0]}"
    name, command = max(found, key=lambda each: len(each[0]))
    options = [param for param in command.params if isinstance(param, click.Option)]
    takes = {opt for param in options for opt in (*param.opts, *param.secondary_opts)}
    given = {word for word in words if word.startswith("--")}
    assert given <= takes | {"--help"}, f"{place}: {name} has no {given - takes}"
    return command, given


@pytest.mark.parametrize(("place", "line"), documented())
def test_a_documented_command_is_one(place: str, line: str) -> None:
    """Its words lead to a command, its options are that command's, and none that it needs lacks."""
    command, given = taken(place, line)
    needed = {each.opts[0] for each in command.params if each.required and each.opts[0][0] == "-"}
    assert not isinstance(command, click.Group)
    assert "…" in line or needed <= given, f"{place}: it lacks {needed - given}"


@pytest.mark.parametrize(("place", "said"), mentioned())
def test_a_command_in_a_sentence_is_one(place: str, said: str) -> None:
    """It may stand for several, and without what it needs."""
    taken(place, said.split("|")[0])


def test_the_documents_show_what_a_beginner_needs() -> None:
    """The README leads through these; if the search found none of them it would check nothing."""
    seen = {line.partition(" -")[0] for place, line in documented() if place == "README.md"}
    assert {"channel add", "key add", "serve", "doctor", "templates push", "simulate"} <= seen
    assert len(mentioned()) > 10
