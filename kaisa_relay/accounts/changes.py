"""Commands that change what is there; None leaves a thing as it is."""

from datetime import timedelta

from attrs import field, frozen


@frozen
class TextOverride:
    """A workspace's own wording of one automatic text in one language."""

    key: str
    language: str
    text: str


@frozen
class SetWorkspace:
    """Change settings of a workspace (name or id); conversations under way keep their times.

    `texts` are put beside the others, in place of those of the same key and language; an empty
    text takes the own wording away.
    """

    workspace: str
    language: str | None = None
    link_expires_after: timedelta | None = None
    expires_after: timedelta | None = None
    offer_time: timedelta | None = None
    queue_time: timedelta | None = None
    first_reply_time: timedelta | None = None
    resume_time: timedelta | None = None
    unknown_grace: timedelta | None = None
    read_receipts: bool | None = None
    broadcast_to: int | None = None
    agent_opt_in: bool | None = None
    pause_after_missed: int | None = None
    queue_alert: int | None = None
    missed_pause: timedelta | None = None
    keep_files: timedelta | None = None
    keep_texts: timedelta | None = None
    keep_metadata: timedelta | None = None
    recovery_link_time: timedelta | None = None
    reuse_media: bool | None = None
    agent_fields: tuple[str, ...] | None = None
    offer_template: str | None = None
    texts: tuple[TextOverride, ...] = ()


@frozen
class SetChannelToken:
    """Give a channel another access token; the next call uses it."""

    channel: str
    token: str = field(repr=False)


@frozen
class SetChannel:
    """Correct what was said of a channel; what is there already goes on with it.

    `serve` counts with another `throughput` from its next start.
    """

    channel: str
    phone_number_id: str | None = None
    number: str | None = None
    waba: str | None = None
    app: str | None = None
    throughput: int | None = None


@frozen
class DrainChannel:
    """Have a channel take no new conversations, or (`draining` false) take them again."""

    channel: str
    draining: bool = True


@frozen
class ResealTokens:
    """Encrypt every channel's token anew with the first of the secret keys."""


ChannelChange = SetChannel | SetChannelToken | DrainChannel | ResealTokens
