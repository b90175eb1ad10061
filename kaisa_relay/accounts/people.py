"""What operators may have done about the people who write: blocks, opt-outs, erasures, the log."""

from kaisa_relay.accounts.audited import AuditLog, ListAudit
from kaisa_relay.accounts.blocks import BlockCommand, BlockResult
from kaisa_relay.accounts.suppressions import SuppressionCommand, SuppressionResult
from kaisa_relay.accounts.visitors import EraseVisitor, VisitorErased

PeopleCommand = BlockCommand | SuppressionCommand | EraseVisitor | ListAudit
PeopleResult = BlockResult | SuppressionResult | VisitorErased | AuditLog
