"""What is personal goes when somebody asks for it: people erased, and receipts of that."""

from kaisa_relay.privacy.auditing import Audit
from kaisa_relay.privacy.erasing import Eraser, Given
from kaisa_relay.privacy.keeping import Keeping
from kaisa_relay.privacy.ledger import Ledger

__all__ = ["Audit", "Eraser", "Given", "Keeping", "Ledger"]
