"""The table of every answer that says no.

Rule 1: `KINDS` is the only place that gives a refusal or an exception its status, type and title.
"""

from collections.abc import Mapping
from typing import Final

from attrs import frozen
from werkzeug.exceptions import (
    InternalServerError,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    RequestTimeout,
)

from kaisa_relay.api.refusals import (
    BadCursor,
    BadJson,
    CrossSite,
    EndpointInUse,
    ExportGone,
    FileDeleted,
    FileNotKept,
    Forbidden,
    Invalid,
    LockedOut,
    NotBuilt,
    NotSignedIn,
    RangeBeyond,
    TooMany,
    TooManyWatchers,
    Unauthorized,
    WrongMediaType,
)
from kaisa_relay.domain.conversation.links import ChannelLeft, NoWayBack
from kaisa_relay.domain.conversation.messages import AlreadyEnded, NoPairFree
from kaisa_relay.domain.conversation.orders import (
    AgentNotFree,
    NoAgent,
    NobodyToAsk,
    NotStarted,
    TransferUnderWay,
    UnknownAgent,
)
from kaisa_relay.domain.engagement.quota import QuotaReached
from kaisa_relay.ports import erasing, faces
from kaisa_relay.ports.explore import TooSlow
from kaisa_relay.ports.export_jobs import TooManyExports
from kaisa_relay.ports.journal import Fenced, StoreUnavailable
from kaisa_relay.ports.saved_views import TooManyViews


@frozen
class Kind:
    """One sort of problem; its type is `/problems/<slug>`, and `advice` is what that page says."""

    status: int
    slug: str
    title: str
    advice: str

    @property
    def type(self) -> str:
        """The stable URI reference that programs compare; what HTTP says itself needs none."""
        return f"/problems/{self.slug}" if self.slug else "about:blank"


_INVALID = Kind(
    422, "invalid-request", "The request is not valid",
    "`errors` names each field and what is wrong with it. Nothing was done.",
)  # fmt: skip
_NOT_FOUND = Kind(
    404, "not-found", "There is no such thing here",
    "The address is wrong, or what it names does not exist in the key's workspace.",
)  # fmt: skip
_UNAVAILABLE = Kind(
    503, "unavailable", "The service cannot answer now",
    "Nothing is known to have been done. Try again after `Retry-After` seconds, with the same "
    "`Idempotency-Key`.",
)  # fmt: skip
CRASH = Kind(
    500, "internal-error", "Something went wrong on our side",
    "It was logged. Trying again with the same `Idempotency-Key` is safe.",
)  # fmt: skip

KINDS: Final[Mapping[type, Kind]] = {
    BadJson: Kind(
        400, "bad-json", "The body is not JSON",
        "The body does not parse; `detail` says where it stopped.",
    ),
    BadCursor: Kind(
        400, "bad-cursor", "The cursor is not one of ours",
        "Pass `next` of an earlier page of the same list, unchanged, or begin without a cursor.",
    ),
    Unauthorized: Kind(
        401, "unauthorized", "A valid API key is needed",
        "Send `Authorization: Bearer kr_…`. The key may be mistyped, expired or revoked.",
    ),
    Forbidden: Kind(
        403, "forbidden", "The key does not have this scope",
        "`scope` names what is missing; an operator can make a key that has it.",
    ),
    NotSignedIn: Kind(
        401, "wrong-sign-in", "The name or the password is wrong",
        "Or the account is disabled. An operator sets a new password with `kaisa-relay user set "
        "NAME --password`.",
    ),
    LockedOut: Kind(
        429, "locked-out", "Too many wrong passwords",
        "Wait for `Retry-After` seconds. The lock is on the name and on the address, whether there "
        "is such an account or not.",
    ),
    CrossSite: Kind(
        403, "cross-site", "The request does not come from the dashboard",
        "A request with the session cookie that changes something needs the header `Kaisa-Page: 1` "
        "and, where it has an `Origin`, our own. Programs use an API key.",
    ),
    NotFound: _NOT_FOUND,
    faces.NotFound: _NOT_FOUND,
    NotBuilt: Kind(
        404, "page-not-built", "The dashboard is not here",
        "This copy runs from sources whose dashboard was not built: `make built` does that. "
        "The API itself is complete.",
    ),
    MethodNotAllowed: Kind(
        405, "method-not-allowed", "This address does not take that method",
        "The `Allow` header lists the methods it takes.",
    ),
    RequestTimeout: Kind(
        408, "too-slow", "The body did not arrive in time",
        "Send the whole body promptly.",
    ),
    NoPairFree: Kind(
        409, "no-pair-free", "No free pair of visitor, agent and channel",
        "A person is in at most one live conversation per channel. `busy` says which side is in "
        "use: `visitor`, `agents` or `channels`; `free_at` when the first pair may be free.",
    ),
    faces.VisitorBlocked: Kind(
        409, "visitor-blocked", "The visitor is on the block list",
        "Nothing that they write reaches anybody. `GET /blocks` lists who is blocked, `DELETE "
        "/blocks/<contact>` lifts it.",
    ),
    erasing.StillTalking: Kind(
        409, "still-talking", "The person is in a conversation",
        "`conversation` says which. Wait for its end, or erase with `?force=true`, which ends it.",
    ),
    erasing.AgentToo: Kind(
        409, "agent-too", "The person is an agent",
        "An agent's name and number are still needed. Have them go as an agent first.",
    ),
    faces.NoChannels: Kind(
        409, "no-channel", "The workspace has no channel yet",
        "An operator adds one with `kaisa-relay channel add`.",
    ),
    faces.KeyReused: Kind(
        409, "idempotency-key-reused", "The idempotency key came with another request before",
        "Use a new key for a new request, and the same body when repeating one.",
    ),
    AlreadyEnded: Kind(
        409, "already-ended", "The conversation has ended already",
        "`ended_at` says when. Nobody in it can be reached any more.",
    ),
    NotStarted: Kind(
        409, "not-started", "The visitor has not written yet",
        "WhatsApp lets nobody be written to before that. Wait for `conversation.started`.",
    ),
    NoAgent: Kind(
        409, "no-agent", "Nobody has accepted the conversation",
        "Wait for `conversation.agent_accepted`; until then the agents are being asked.",
    ),
    TransferUnderWay: Kind(
        409, "transfer-under-way", "An agent is being asked already",
        "`agent` is who. Wait until they accept or decline, or their time is over.",
    ),
    AgentNotFree: Kind(
        409, "agent-not-free", "This agent cannot take a conversation on this channel now",
        "`agent` is in another conversation on the channel, away, paused or outside their hours. "
        "`next` asks whoever is free.",
    ),
    NobodyToAsk: Kind(
        409, "nobody-free", "None of the other agents is free",
        "The agent who has the conversation keeps it. Try again later.",
    ),
    NoWayBack: Kind(
        409, "no-way-back", "The conversation has ended for good",
        "Its visitor is blocked, or came by another link, into a conversation of their own.",
    ),
    ChannelLeft: Kind(
        409, "channel-left", "The channel of the conversation takes no new ones",
        "It is draining, or was removed. Make a new conversation with the visitor instead.",
    ),
    EndpointInUse: Kind(
        409, "endpoint-in-use", "A trigger names this endpoint",
        "`trigger` is which. Change or remove it first, or switch the endpoint off.",
    ),
    QuotaReached: Kind(
        409, "quota-reached", "The workspace has as many of these as it may",
        "`quota` names what and `most` how many. Remove one that is not needed, or have the "
        "operator raise `KAISA_OUTREACH_QUOTAS`.",
    ),
    FileNotKept: Kind(
        404, "file-not-kept", "There is no copy of this file",
        "It has not been fetched (the message waits, or was not passed on), could not be, or went "
        "on without a copy. `file.state` in the transcript says which.",
    ),
    FileDeleted: Kind(
        410, "file-deleted", "The file has been deleted",
        "Files are kept for the workspace's time (`kaisa-relay workspace set --keep-files`).",
    ),
    ExportGone: Kind(
        410, "export-gone", "The export is no longer kept",
        "Its time is over (`expires_at`), it was removed, or a person who may have been in it was "
        "erased. Ask for a new one.",
    ),
    TooManyViews: Kind(
        409, "too-many-views", "There are enough saved views",
        "Remove one that nobody looks at; `most` is how many a workspace may have.",
    ),
    TooManyExports: Kind(
        409, "too-many-exports", "The workspace has as many exports as it may",
        "`most` is how many may wait, run or be kept. Remove one that is not needed.",
    ),
    RangeBeyond: Kind(
        416, "range-beyond", "The file does not have these bytes",
        "`Content-Range` says how many it has.",
    ),
    RequestEntityTooLarge: Kind(
        413, "too-large", "The body is too large",
        "API bodies have at most 256 KiB, webhooks at most 3 MiB.",
    ),
    WrongMediaType: Kind(
        415, "wrong-media-type", "The body must be JSON",
        "Send `Content-Type: application/json`.",
    ),
    Invalid: _INVALID,
    UnknownAgent: _INVALID,
    faces.SamePerson: _INVALID,
    faces.ChannelAsPerson: _INVALID,
    TooMany: Kind(
        429, "too-many-requests", "Too many requests",
        "Wait for `Retry-After` seconds. The limit is per key, and per address without one.",
    ),
    TooManyWatchers: Kind(
        429, "too-many-watchers", "Enough watch the feed already",
        "`detail` says which bound was met. Close a connection that is not needed, or have the "
        "operator raise `KAISA_FEED_WATCHERS`.",
    ),
    Exception: CRASH,
    InternalServerError: CRASH,
    TooSlow: Kind(
        503, "question-too-slow", "The question takes too long",
        "Ask for less: a shorter period, rarer words, another order.",
    ),
    faces.Busy: _UNAVAILABLE,
    StoreUnavailable: _UNAVAILABLE,
    Fenced: _UNAVAILABLE,
}  # fmt: skip
