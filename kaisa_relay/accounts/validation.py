"""What an operator may configure; everything else is refused with what to do.

Rule 1: pure: the same command gets the same answer, whatever is in the database.
Rule 2: a reason never repeats a token.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from kaisa_relay.accounts.agents import HoursText, SetAgent
from kaisa_relay.accounts.changes import SetChannel, TextOverride
from kaisa_relay.accounts.commands import (
    AddChannel,
    AddKey,
    AddWorkspace,
    WorkspaceSettings,
)
from kaisa_relay.domain.ids import WORKSPACE, from_text
from kaisa_relay.domain.phone import BadPhone, parse
from kaisa_relay.domain.schedule import BadSchedule, read_schedule
from kaisa_relay.domain.texts import LANGUAGES, BadText, TextKey, check_override
from kaisa_relay.ports.keys import Scope

LONGEST_NAME: Final = 64
LONGEST_TIME: Final = timedelta(days=30)
SHORTEST_TIME: Final = timedelta(seconds=1)
SHORTEST_KEEP: Final = timedelta(hours=1)
SHORTEST_KEPT: Final = timedelta(days=1)
LONGEST_KEEP: Final = timedelta(days=3650)
MOST_FIELDS: Final = 20
MOST_QUEUED: Final = 100_000
MOST_MISSED: Final = 100
MOST_CHATS: Final = 100
MOST_DAYS: Final = 400
MOST_AT_ONCE: Final = 50
MOST_PER_SECOND: Final = 1000
"""Messages; Meta's highest throughput (Cloud API, "Throughput")."""
LONGEST_KEY_LIFE: Final = timedelta(days=3650)

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", re.ASCII)
_TEMPLATE: Final = re.compile(r"[a-z0-9_]{1,512}", re.ASCII)
_META_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_TOKEN: Final = re.compile(r"[!-~]{1,4096}", re.ASCII)


def workspace_problems(command: AddWorkspace) -> Iterator[str]:
    """Say what is wrong with a new workspace."""
    name = command.name
    if not _named(name) or not name:
        yield f"a workspace's name has 1 to {LONGEST_NAME} printable characters"
    if from_text(WORKSPACE, name) is not None:
        yield "a workspace's name may not look like an id"
    yield from settings_problems(command.settings)


def channel_problems(command: AddChannel) -> Iterator[str]:
    """Say what is wrong with a new channel."""
    yield from _meta_problems("portfolio", command.portfolio or "-")
    yield from _number_problems(command)
    yield from token_problems(command.token)


def correction_problems(command: SetChannel) -> Iterator[str]:
    """Say what is wrong with the correction of a channel."""
    yield from _number_problems(command)


def _number_problems(command: AddChannel | SetChannel) -> Iterator[str]:
    if command.phone_number_id is not None:
        yield from _meta_problems("phone number id", command.phone_number_id)
    yield from _meta_problems("WABA id", command.waba or "-")
    if command.number is not None and isinstance(number := parse(command.number, None), BadPhone):
        yield f"--number: {number.reason}"
    if command.throughput is not None and not 1 <= command.throughput <= MOST_PER_SECOND:
        yield f"the throughput is 1 to {MOST_PER_SECOND} messages per second"


def _meta_problems(what: str, id: str) -> Iterator[str]:
    if not _META_ID.fullmatch(id):
        yield f"the {what} has letters, digits, - and _ only, at most 64"


def token_problems(token: str) -> Iterator[str]:
    """Say what is wrong with an access token, without showing it."""
    if not _TOKEN.fullmatch(token):
        yield "the access token is empty, too long, or has characters that no token has"


def key_problems(command: AddKey) -> Iterator[str]:
    """Say what is wrong with a new key."""
    for scope in command.scopes:
        if scope not in set(Scope):
            yield f"there is no scope {scope[:40]!r}; known are: {', '.join(Scope)}"
    if not command.scopes:
        yield "a key needs at least one scope"
    if not _named(command.name):
        yield f"a key's name has at most {LONGEST_NAME} printable characters"
    if command.lasts is not None and not SHORTEST_TIME <= command.lasts <= LONGEST_KEY_LIFE:
        yield f"a key lasts 1 second to {LONGEST_KEY_LIFE.days} days"


def settings_problems(settings: WorkspaceSettings) -> Iterator[str]:
    """Say what is wrong with a workspace's settings."""
    yield from _spoken(settings)
    for what, time in (
        ("offer", settings.offer_time),
        ("queue", settings.queue_time),
        ("first-reply", settings.first_reply_time),
        ("resume", settings.resume_time),
        ("link", settings.link_expires_after),
        ("recovery-link", settings.recovery_link_time),
        ("expiry", settings.expires_after),
        ("unknown-grace", settings.unknown_grace),
        ("missed-pause", settings.missed_pause),
    ):
        if not SHORTEST_TIME <= time <= LONGEST_TIME:
            yield f"the {what} time is 1 second to {LONGEST_TIME.days} days"
    if not 2 <= settings.broadcast_to <= MOST_AT_ONCE:
        yield f"a broadcast asks 2 to {MOST_AT_ONCE} agents at once"
    if not SHORTEST_KEEP <= settings.keep_files <= LONGEST_KEEP:
        yield f"files are kept for 1 hour to {LONGEST_KEEP.days} days"
    for what, time in (("texts", settings.keep_texts), ("metadata", settings.keep_metadata)):
        if time and not SHORTEST_KEPT <= time <= LONGEST_KEEP:
            yield f"{what} are kept for 1 to {LONGEST_KEEP.days} days, or 0s, which is for ever"
    if not 0 <= settings.pause_after_missed <= MOST_MISSED:
        yield f"an agent is paused after 0 (never) to {MOST_MISSED} missed offers"
    if not 0 <= settings.queue_alert <= MOST_QUEUED:
        yield f"a queue is an alert above 0 (never) to {MOST_QUEUED} conversations"
    if not _TEMPLATE.fullmatch(settings.offer_template):
        yield "a template's name has small letters, digits and _ only"
    if len(settings.agent_fields) > MOST_FIELDS or not all(
        field and _named(field) for field in settings.agent_fields
    ):
        yield f"agent fields: at most {MOST_FIELDS}, each of 1 to {LONGEST_NAME} characters"
    yield from _text_problems(settings.texts)


def hours_problems(hours: HoursText | None) -> Iterator[str]:
    """Say what is wrong with business hours."""
    if hours is not None:
        if len(hours.days) > MOST_DAYS:
            yield f"at most {MOST_DAYS} single days"
        read = read_schedule(hours.zone, hours.week, hours.days)
        if isinstance(read, BadSchedule):
            yield read.reason


def agent_problems(command: SetAgent) -> Iterator[str]:
    """Say what is wrong with what an agent may do."""
    if command.capacity is not None and not 0 <= command.capacity <= MOST_CHATS:
        yield f"a capacity is 0 (no limit) to {MOST_CHATS}"
    if command.schedule:
        zone, _, week = command.schedule.partition(" ")
        read = read_schedule(zone, week)
        if isinstance(read, BadSchedule):
            yield f"the schedule: {read.reason}"


def name_problems(name: str) -> Iterator[str]:
    """Say what is wrong with a person's name."""
    if not name or not _named(name):
        yield f"a name has 1 to {LONGEST_NAME} printable characters"


def _spoken(settings: WorkspaceSettings) -> Iterator[str]:
    """A workspace speaks one of our languages, or one that it has brought texts in."""
    own = {each.language.lower().replace("_", "-").partition("-")[0] for each in settings.texts}
    base = settings.language.lower().replace("_", "-").partition("-")[0]
    if not _LANGUAGE.fullmatch(settings.language):
        yield "a language is a tag such as en, sv or es-MX"
    elif base not in own.union(LANGUAGES):
        known = ", ".join(sorted(LANGUAGES))
        yield (
            f"there are no texts in {settings.language[:40]!r}; known are: {known} (also as es-MX "
            "and the like), and any that --text brings texts in"
        )


def language_problems(language: str | None) -> Iterator[str]:
    """Say what is wrong with a person's language."""
    if language is not None and not _LANGUAGE.fullmatch(language):
        yield "a language is a tag such as en, sv or es-MX"


def _text_problems(texts: tuple[TextOverride, ...]) -> Iterator[str]:
    seen = set()
    for each in texts:
        about = f"text {each.key[:40]}:{each.language[:40]}"
        if each.key not in set(TextKey):
            yield f"{about}: there is no such text; known are: {', '.join(sorted(TextKey))}"
        elif isinstance(problem := check_override(TextKey(each.key), each.text), BadText):
            yield f"{about}: {problem.reason}"
        if not _LANGUAGE.fullmatch(each.language):
            yield f"{about}: a language is a tag such as en, sv or es-MX"
        if (each.key, each.language) in seen:
            yield f"{about} is given twice"
        seen.add((each.key, each.language))


def _named(name: str) -> bool:
    return len(name) <= LONGEST_NAME and name == name.strip() and name.isprintable()
