"""What supervisors and programs ask of a conversation, as it travels."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.supervising import LONGEST

LONGEST_OFFER: Final = 500
"""Characters of the words that go with an offer."""
SIDES: Final = tuple(side.value for side in Side)


class WriteNote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A note to keep with the conversation, live or over; nobody is sent it."""

    text: Annotated[
        str, Meta(description="1 to 4000 characters.", extra_json_schema={"maxLength": LONGEST})
    ]


class WriteMessage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text of the team's for one side, with a line above it that says so.

    To the agent it is a whisper: the visitor never sees it, nor what the agent answers by quoting
    it, which is kept as a note. A text to the visitor is shown to the agent too.
    """

    to: Annotated[str, Meta(description="Who gets it.", extra_json_schema={"enum": list(SIDES)})]
    text: Annotated[
        str,
        Meta(description="1 to 4000 characters.", extra_json_schema={"maxLength": LONGEST}),
    ]


class TransferConversation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to ask to take the conversation over; whoever has it keeps it until they accept."""

    to: Annotated[
        str,
        Meta(
            description="`next`, or the id or number of another agent of the conversation.",
            examples=["next", "ctc_01jd3v8k2m4qa", "+46701234568"],
        ),
    ]
    note: Annotated[
        str | None,
        Meta(
            description="For whoever is asked; of a long one a template shows the beginning.",
            extra_json_schema={"maxLength": LONGEST_OFFER},
        ),
    ] = None


class TransferAnswer(Struct, frozen=True):
    """The offer that was made: its number in the conversation, and the agent who was asked."""

    offer: int
    agent: str
    offered_at: datetime
