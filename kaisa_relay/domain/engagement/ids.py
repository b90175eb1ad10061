"""Ids of the Engagement Builder's things, and the prefixes of their texts."""

from typing import Final, NewType

TriggerId = NewType("TriggerId", int)
EndpointId = NewType("EndpointId", int)
DeliveryId = NewType("DeliveryId", int)
SuppressionId = NewType("SuppressionId", int)

TRIGGER: Final = "trg"
ENDPOINT: Final = "end"
DELIVERY: Final = "dlv"
SUPPRESSION: Final = "sup"
