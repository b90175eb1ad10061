"""Explore: conversations listed, counted, charted and exported, from a read model of their own.

Rule 1: the read model is made of the journal alone, and may be dropped and made again.
Rule 2: nothing here is asked, or waited for, by what relays.
"""

from kaisa_relay.explore.exporting import Exporting
from kaisa_relay.explore.forgetting import Forgetting
from kaisa_relay.explore.job_files import JobFiles
from kaisa_relay.explore.job_links import JobLinks
from kaisa_relay.explore.jobs import Given as JobsGiven
from kaisa_relay.explore.jobs import Jobs
from kaisa_relay.explore.projector import Projector
from kaisa_relay.explore.query import Exploring
from kaisa_relay.explore.reporting import Reporting
from kaisa_relay.explore.shelf import Shelf, open_shelf

__all__ = [
    "Exploring",
    "Exporting",
    "Forgetting",
    "JobFiles",
    "JobLinks",
    "Jobs",
    "JobsGiven",
    "Projector",
    "Reporting",
    "Shelf",
    "open_shelf",
]
