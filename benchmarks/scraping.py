"""What the relay says of itself on /metrics."""

import re
from http.client import HTTPConnection
from typing import Final

_PAUSE: Final = re.compile(
    r"^kaisa_\w*(?:gc|pause)\w*seconds_?(?:max|longest)?(?:\{.*\})? (\S+)$", re.M
)
"""The longest pause of the collector or the loop, whatever it is called."""


def page(port: int) -> str:
    """Return /metrics of the relay on this port."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def total(text: str, name: str) -> float:
    """Return the sum of all samples whose name and labels begin with `name`."""
    lines = (line for line in text.splitlines() if line.startswith(name))
    return sum(float(line.rpartition(" ")[2]) for line in lines)


def longest_pause(text: str) -> float | None:
    """Return the longest pause that the relay has counted, in seconds; None if it counts none."""
    return max((float(each) for each in _PAUSE.findall(text)), default=None)
