"""Nothing that tests start outlives them."""

import subprocess
import sys

from tests.e2e.house import ROOT

PARENT = """
import subprocess, time
from tests.e2e.leash import LEASHED, leash
subprocess.Popen((*LEASHED, "tests.e2e.simulating", "127.0.0.1:0"), stdin=leash())
time.sleep(600)
"""


def test_a_program_ends_with_who_started_it() -> None:
    """Also when nobody could tell it to: its output ends once both are gone."""
    with subprocess.Popen(
        (sys.executable, "-c", PARENT), stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as parent:
        assert parent.stdout is not None
        assert "Simulated WhatsApp on" in parent.stdout.readline()
        parent.kill()
        parent.stdout.read()  # returns at its end, or not at all
