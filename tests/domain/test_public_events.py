"""Events as outsiders see them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kaisa_relay.domain.agent_events import AgentPaused, PresenceCause
from kaisa_relay.domain.conversation.events import ConversationClosed
from kaisa_relay.domain.conversation.messages import EndedBy
from kaisa_relay.domain.ids import (
    ContactId,
    ConversationId,
    MessageId,
    SendId,
    WorkspaceId,
)
from kaisa_relay.domain.public_events import cloud_event, data_of
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.tracking import MessageStatus
from tests import fakes

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_an_event_of_a_conversation_names_it_as_its_subject() -> None:
    status = MessageStatus(MessageId(1), SendId(2), ConversationId(3), Rank.READ, None, AT)
    assert cloud_event(WorkspaceId(4), 5, ConversationId(3), status) == {
        "specversion": "1.0",
        "id": "evt_0000000000005",
        "source": "/workspaces/wsp_0000000000004",
        "type": "message.status",
        "subject": "cnv_0000000000003",
        "time": AT,
        "datacontenttype": "application/json",
        "data": {
            "message": "msg_0000000000001",
            "send": "snd_0000000000002",
            "conversation": "cnv_0000000000003",
            "rank": "read",
            "code": None,
        },
    }


def test_an_event_of_nobodys_conversation_has_no_subject() -> None:
    paused = AgentPaused(ContactId(7), AT, PresenceCause.MISSES, AT)
    assert "subject" not in cloud_event(WorkspaceId(4), 5, None, paused)


def test_what_cannot_be_shown_is_a_mistake_of_ours() -> None:
    until: Any = {AT}
    with pytest.raises(TypeError, match="holds a set"):
        data_of(AgentPaused(ContactId(7), until, PresenceCause.MISSES, AT))


def test_whatever_an_event_holds_is_shown_as_json_has_it() -> None:
    """Spans, lists, what belongs together, and who asked for it."""
    closed = ConversationClosed(EndedBy.API, AT, requester=Requester(RequesterKind.KEY, 5))
    assert data_of(closed)["requester"] == {"kind": "key", "id": "key_0000000000005"}
    created = data_of(fakes.created(1, ContactId(2), (ContactId(3),), AT))
    assert created["terms"]["offer_time"] == "2m"
    assert created["agents"][0]["contact"] == "ctc_0000000000003"
