"""What `doctor` makes of the directory for files."""

import os
import shutil
from pathlib import Path
from typing import Final

from kaisa_relay.cli.finding import Finding, ok, problem, warning

LITTLE: Final = 1024 * 1024 * 1024
"""Bytes of room: ten of the largest files."""


def check_files(directory: Path) -> Finding:
    """Say whether files can be written, and whether there is room; nothing is changed."""
    there = directory
    while not there.exists() and there != there.parent:
        there = there.parent  # `serve` makes it with the first file
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        advice = "no file passes: give the service's user this directory, or set KAISA_FILES_DIR"
        return problem("files", f"{directory} cannot be written", advice)
    free = shutil.disk_usage(there).free
    if free < LITTLE:
        advice = "make room, or keep files for less long: workspace set --keep-files"
        return warning("files", f"{directory} has {free // 2**20} MB of room left", advice)
    return ok("files", f"{directory}, {free // 2**30} GB of room")
