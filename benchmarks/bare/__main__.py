"""Run it: `python -m benchmarks.bare PORT GRAPH_URL CERTIFICATE DATABASE`, until it is killed."""

import gc
import sys
from pathlib import Path

from benchmarks.bare.disk import Disk
from benchmarks.bare.graph import Way
from benchmarks.bare.webhooks import Lane, listen
from benchmarks.eventloop import EventLoop


def main(port: str, url: str, certificate: str, database: str) -> None:
    """Relay bytes."""
    loop = EventLoop()
    disk = Disk(loop, Path(database))
    disk.start()
    listen(loop, Lane(disk, Way(loop, url, Path(certificate))), int(port))
    gc.collect()
    gc.freeze()
    while True:
        loop.turn()
        disk.hand_over()


if __name__ == "__main__":
    main(*sys.argv[1:])
