"""How our templates stand at each WhatsApp business account, and what is missing created.

Rule 1: what Meta has under a name is never changed: a text that was rejected is for people.
Rule 2: an account is asked once, however many channels it has.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from attrs import field, frozen

from kaisa_relay.accounts.cipher import TokenCipher, WrongSecretKey
from kaisa_relay.accounts.commands import Facts, SealedChannel, Speaking
from kaisa_relay.cli.finding import Finding, ok, problem, warning
from kaisa_relay.cli.graph_calls import GraphCalls, about
from kaisa_relay.domain.templates import TemplateKey
from kaisa_relay.domain.texts import language_of
from kaisa_relay.whatsapp.templates import FIELDS, Listed, Standing, Wanted, creation, listed
from kaisa_relay.whatsapp.templates import wanted as wanted_of

MOST_PAGES: Final = 10
_PAGE: Final = "100"
"""An account has at most 250 templates."""

ADVICE: Final = {
    Standing.MISSING: "kaisa-relay templates push",
    Standing.PENDING: "Meta reviews it, within a day; until then what needs it goes the other way",
    Standing.REJECTED: "change its text in Meta Business and submit it again, or appeal",
    Standing.PAUSED: "people blocked or reported it; Meta lets it go on after some hours: see "
    "in Meta Business why",
    Standing.DISABLED: "Meta will not send it any more: appeal in Meta Business",
    Standing.DIFFERS: "it has other parameters or buttons than ours: delete it in Meta Business, "
    "then kaisa-relay templates push; or set another --offer-template",
    Standing.UNKNOWN: "look at it in Meta Business",
}
"""What to do about each."""


@frozen
class Account:
    """A WhatsApp business account with the channels of one workspace that are on it."""

    waba: str
    speaking: Speaking
    channels: tuple[SealedChannel, ...]

    @property
    def subject(self) -> str:
        """What a finding is about."""
        names = ", ".join(each.channel.id for each in self.channels)
        return f"templates of {'channel' if len(self.channels) == 1 else 'channels'} {names}"

    def needs(self, languages: Sequence[str] = ()) -> tuple[Wanted, ...]:
        """Return what is needed in these languages, or else in those that are in use."""
        offer = self.speaking.offer_template
        return tuple(
            each
            for key in TemplateKey
            if key is not TemplateKey.OPT_IN or self.speaking.opt_in
            for each in wanted_of(offer, key, languages or _in_use(self.speaking, key))
        )


@frozen
class Stands:
    """One template in one language: `state` in a word, `detail` with Meta's code."""

    workspace: str
    account: str
    channels: tuple[str, ...]
    template: str
    language: str
    state: str
    detail: str = ""
    advice: str = ""


def _in_use(speaking: Speaking, key: TemplateKey) -> Sequence[str]:
    given = speaking.visitors if key is TemplateKey.REOPEN_VISITOR else speaking.agents
    if key is TemplateKey.MOVED:
        given = (*speaking.agents, *speaking.visitors)
    return tuple(dict.fromkeys(language_of(tag) for tag in given))


def accounts_of(facts: Facts, workspace: str | None) -> Iterator[Account]:
    """Yield the accounts of one workspace or of all; channels without one share `waba` ""."""
    for speaking in facts.speaking:
        own = [each for each in facts.channels if each.channel.workspace == speaking.workspace]
        wabas = dict.fromkeys(each.channel.waba for each in own)
        for waba in wabas if workspace in (None, speaking.id, speaking.workspace) else ():
            on_it = tuple(each for each in own if each.channel.waba == waba)
            yield Account(waba, speaking, on_it)


@frozen
class TemplateDesk:
    """Asks about templates and creates them, with the token of an account's first channel."""

    calls: GraphCalls
    cipher: TokenCipher = field(repr=False)

    async def look(
        self, account: Account, wanted: Sequence[Wanted]
    ) -> Sequence[tuple[Wanted, Standing, str]] | Finding:
        """Return how each of these stands, with Meta's reason, or why that is not known."""
        if not account.waba:
            return warning(
                account.subject,
                "not known: their WhatsApp business account is not",
                "kaisa-relay channel set --channel ID --waba ID has them created and watched",
            )
        try:
            token = self._token(account)
        except WrongSecretKey as reason:
            return problem(account.subject, "the token cannot be decrypted", str(reason))
        found = await self._listing(account.waba, token)
        if isinstance(found, Finding):
            return about(account.subject, found)
        return [(each, *_standing(each, found)) for each in wanted]

    async def create(self, account: Account, wanted: Wanted) -> str | Finding:
        """Create one; return Meta's status of it, or why it was refused."""
        path, token = f"{account.waba}/message_templates", self._token(account)
        answer = await self.calls.post(path, token, creation(wanted))
        if isinstance(answer, Finding):
            return about(account.subject, answer)
        return str(answer.get("status", "PENDING")).lower()

    async def check(self, account: Account) -> Sequence[Finding]:
        """Judge what is in use, for `doctor`."""
        looked = await self.look(account, account.needs())
        if isinstance(looked, Finding):
            return [looked]
        wrong = [each for each in looked if each[1] is not Standing.APPROVED]
        if not wrong:
            languages = ", ".join(sorted({each.language for each, _, _ in looked}))
            return [ok(account.subject, f"approved in what is in use: {languages}")]
        return [_judged(account, *each) for each in wrong]

    def _token(self, account: Account) -> str:
        return self.cipher.open(account.channels[0].sealed_token)

    async def _listing(self, waba: str, token: str) -> list[Listed] | Finding:
        found: list[Listed] = []
        more: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            answer = await self.calls.get(
                f"{waba}/message_templates", token, fields=FIELDS, limit=_PAGE, **more
            )
            if isinstance(answer, Finding):
                return answer
            data = answer.get("data")
            found += listed(data if isinstance(data, list) else [])
            after = _after(answer.get("paging"))
            if after is None:
                break
            more = {"after": after}
        return found


def _after(paging: Any) -> str | None:
    if not isinstance(paging, dict) or not paging.get("next"):
        return None
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    return after if isinstance(after, str) and after else None


def _standing(wanted: Wanted, found: Iterable[Listed]) -> tuple[Standing, str]:
    for each in found:
        if (each.name, each.language) == (wanted.name, wanted.language):
            return each.as_wanted(wanted), each.reason
    return Standing.MISSING, ""


def _judged(account: Account, wanted: Wanted, standing: Standing, reason: str) -> Finding:
    why = f" ({reason})" if reason else ""
    says = f"{wanted.name} in {wanted.language} is {standing.value}{why}"
    make = warning if standing in (Standing.PENDING, Standing.UNKNOWN) else problem
    return make(account.subject, says, ADVICE[standing])
