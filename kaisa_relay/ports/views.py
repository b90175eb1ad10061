"""People as the faces show them."""

from attrs import field, frozen

from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.phone import Phone


@frozen
class PersonView:
    """Somebody as the API shows them; None after erasure."""

    contact: ContactId
    name: str | None = field(repr=False)
    phone: Phone | None = field(repr=False)
