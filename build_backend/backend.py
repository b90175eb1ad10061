"""Builds wheels with setuptools, and the supervisors' page before it (PEP 517, PEP 660).

A wheel holds the page as built; a source distribution holds its sources.
"""

from pathlib import Path
from typing import Any
from zipfile import ZipFile

import dashboard
from setuptools import build_meta

build_sdist = build_meta.build_sdist
get_requires_for_build_sdist = build_meta.get_requires_for_build_sdist
get_requires_for_build_wheel = build_meta.get_requires_for_build_wheel
get_requires_for_build_editable = build_meta.get_requires_for_build_editable
prepare_metadata_for_build_wheel = build_meta.prepare_metadata_for_build_wheel
prepare_metadata_for_build_editable = build_meta.prepare_metadata_for_build_editable


def build_wheel(*where: Any, **settings: Any) -> str:
    """Build the page and put it into a wheel."""
    dashboard.build()
    name: str = build_meta.build_wheel(*where, **settings)
    with ZipFile(Path(where[0]) / name) as wheel:
        page = [each for each in wheel.namelist() if each.startswith("kaisa_relay/dashboard/")]
    if any("/page/" in each for each in page) or not any("/built/" in each for each in page):
        raise SystemExit("The wheel has to hold the page as built, and not its sources.")
    return name


def build_editable(*where: Any, **settings: Any) -> str:
    """Build the page in its place, where an editable installation finds it."""
    dashboard.build()
    name: str = build_meta.build_editable(*where, **settings)
    return name
