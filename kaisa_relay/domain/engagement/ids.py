"""Ids of the Engagement Builder's things, and the prefixes of their texts."""

from typing import Final, NewType

TriggerId = NewType("TriggerId", int)
EndpointId = NewType("EndpointId", int)
DeliveryId = NewType("DeliveryId", int)
SuppressionId = NewType("SuppressionId", int)

TRIGGER: Final = "trg"
ENDPOINT: Final = "end"
DELIVERY: Final = "dlv"

CHANNEL_LANE: Final = EndpointId(0)
"""In the place of an endpoint: the channel of the conversation."""
SUPPRESSION: Final = "sup"
