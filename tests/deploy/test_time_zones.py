"""Business hours need time zones, and a slim image may have none of its own."""

import os
import subprocess
import sys

ASK = (
    "from kaisa_relay.domain.schedule import Schedule, read_schedule;"
    "read = read_schedule('Europe/Stockholm', 'mon-fri 09:00-17:00', ());"
    "assert isinstance(read, Schedule), read"
)


def test_the_program_brings_its_time_zones() -> None:
    """With no folder of the system's to look into."""
    bare = {**os.environ, "PYTHONTZPATH": ""}
    done = subprocess.run(
        (sys.executable, "-c", ASK), env=bare, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
