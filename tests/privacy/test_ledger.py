"""The list of erasures survives what a crash leaves of its last line."""

import stat
from pathlib import Path

from kaisa_relay.domain.ids import ContactId, ErasureId, WorkspaceId
from kaisa_relay.privacy.ledger import Ledger, Line
from tests.fakes import EPOCH

ONE = Line(ErasureId(1), WorkspaceId(2), ContactId(3), EPOCH)
TWO = Line(ErasureId(4), WorkspaceId(2), ContactId(5), EPOCH)


def test_lines_are_read_again(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "deep" / "relay.erasures")
    assert ledger.lines() == []
    ledger.add(ONE)
    ledger.add(TWO)
    assert ledger.lines() == [ONE, TWO]
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600


def test_a_torn_line_hides_no_other(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "relay.erasures")
    ledger.add(ONE)
    whole = ledger.path.read_bytes()
    ledger.path.write_bytes(whole + whole[:20])
    ledger.add(TWO)
    assert ledger.lines() == [ONE, TWO]


def test_what_does_not_read_is_passed_over(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "relay.erasures")
    ledger.path.write_text('[]\n{"erasure": "x"}\nnonsense\n')
    ledger.add(ONE)
    ledger.path.write_bytes(ledger.path.read_bytes().replace(b"ctc_", b"wsp_"))
    assert ledger.lines() == []
