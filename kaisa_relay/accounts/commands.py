"""What an operator can ask for, and what they are told.

Rule 1: commands and results travel over the admin socket as they are; ids are text in both.
Rule 2: what must not be seen (a token, a fresh key) is out of every repr.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from attrs import field, frozen

from kaisa_relay.accounts.agents import AgentCommand, AgentFacts, Agents
from kaisa_relay.accounts.ailing import Ailing
from kaisa_relay.accounts.apps import AppCommand, AppResult
from kaisa_relay.accounts.changes import ChannelChange, SetWorkspace
from kaisa_relay.accounts.people import PeopleCommand, PeopleResult
from kaisa_relay.accounts.replaced import ReplaceChannel, Replaced
from kaisa_relay.accounts.signed import Signed
from kaisa_relay.accounts.users import UserCommand, UserFacts, Users
from kaisa_relay.accounts.workspace_settings import WorkspaceSettings as WorkspaceSettings

# --- commands -------------------------------------------------------------------------------


@frozen
class AddWorkspace:
    """Make a workspace; its name must be new."""

    name: str
    settings: WorkspaceSettings = field(factory=WorkspaceSettings)


@frozen
class ListWorkspaces:
    """Ask for every workspace."""


@frozen
class AddChannel:
    """Connect a number of Meta's. `workspace` is a name or an id; `app` "" is the default app.

    `portfolio` keeps BSUIDs apart; "" is right for a workspace with one business portfolio.
    """

    workspace: str
    phone_number_id: str
    number: str
    token: str = field(repr=False)
    waba: str = ""
    app: str = ""
    portfolio: str = ""
    throughput: int = 80


@frozen
class ListChannels:
    """Ask for the channels of one workspace, or of all."""

    workspace: str | None = None


@frozen
class AddKey:
    """Make an API key; `lasts` is None for one that never expires."""

    workspace: str
    scopes: tuple[str, ...]
    name: str = ""
    lasts: timedelta | None = None


@frozen
class ListKeys:
    """Ask for the keys of one workspace, or of all."""

    workspace: str | None = None


@frozen
class RevokeKey:
    """End a key for good; requests with it are refused within a second."""

    id: str


@frozen
class ReleaseConversation:
    """Let a quarantined conversation go on: its parked inbox rows become new, in order."""

    id: str


@frozen
class Inspect:
    """Ask for the facts that `doctor` judges."""


Command = (
    AddWorkspace
    | ListWorkspaces
    | SetWorkspace
    | AddChannel
    | ChannelChange
    | ReplaceChannel
    | ListChannels
    | AgentCommand
    | AppCommand
    | PeopleCommand
    | AddKey
    | ListKeys
    | RevokeKey
    | ReleaseConversation
    | UserCommand
    | Inspect
)


# --- results --------------------------------------------------------------------------------


class Why(StrEnum):
    """What kind of refusal it was, for programs."""

    UNKNOWN = "unknown"
    DUPLICATE = "duplicate"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"


@frozen
class Refused:
    """Nothing was changed; `reason` is one sentence that says what to do."""

    why: Why
    reason: str


@frozen
class WorkspaceFacts:
    """One workspace as it is configured."""

    id: str
    name: str
    settings: WorkspaceSettings


@frozen
class Workspaces:
    """Every workspace, the oldest first."""

    workspaces: tuple[WorkspaceFacts, ...]


@frozen
class ChannelFacts:
    """One channel as it is configured; its token is never shown."""

    id: str
    workspace: str
    phone_number_id: str
    number: str
    waba: str
    app: str
    portfolio: str
    throughput: int
    draining: bool = False


@frozen
class Channels:
    """The channels that were asked for, the oldest first."""

    channels: tuple[ChannelFacts, ...]


@frozen
class KeyFacts:
    """One key without its secret."""

    id: str
    workspace: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@frozen
class Keys:
    """The keys that were asked for, the oldest first."""

    keys: tuple[KeyFacts, ...]


@frozen
class KeyAdded:
    """A fresh key; its text is in this answer and nowhere else."""

    key: KeyFacts
    text: str = field(repr=False)


@frozen
class Released:
    """So many parked inbox rows of the conversation are new again."""

    id: str
    rows: int


@frozen
class Resealed:
    """So many tokens are sealed with the first secret key."""

    tokens: int


@frozen
class SealedChannel:
    """A channel with its token as stored, for who holds `KAISA_SECRET_KEY`."""

    channel: ChannelFacts
    sealed_token: bytes = field(repr=False)


@frozen
class Parked:
    """Inbox rows that wait for an operator, by kind and reason; `stream` is whose they are."""

    kind: str
    reason: str
    stream: str | None
    rows: int
    oldest: datetime


@frozen
class Speaking:
    """The languages that people of a workspace are written to in, and its offer's template.

    `agents` are those of its agents, `visitors` those of live conversations; both as they were
    given, and the workspace's own first. With `opt_in` the `unconfirmed` are agents (ids) who
    have not said yes yet. `for_ever` is what is kept until somebody is erased.
    """

    id: str
    workspace: str
    offer_template: str
    agents: tuple[str, ...]
    visitors: tuple[str, ...]
    opt_in: bool = False
    unconfirmed: tuple[str, ...] = ()
    for_ever: tuple[str, ...] = ()


@frozen
class Facts:
    """What the database says of itself; `serving` is true when a running `serve` answered.

    `schema` is the version of its tables, `wanted` the one that this version of the code uses.
    """

    serving: bool
    schema: str
    wanted: str
    workspaces: int
    channels: tuple[SealedChannel, ...]
    usable_keys: int
    parked: tuple[Parked, ...]
    waiting_rows: int
    speaking: tuple[Speaking, ...] = ()
    ailing: tuple[Ailing, ...] = ()
    signed: Signed = field(factory=Signed)


Result = (
    Refused
    | WorkspaceFacts
    | Workspaces
    | ChannelFacts
    | Channels
    | AgentFacts
    | Agents
    | AppResult
    | PeopleResult
    | KeyFacts
    | Keys
    | KeyAdded
    | Released
    | Resealed
    | UserFacts
    | Users
    | Replaced
    | Facts
)
