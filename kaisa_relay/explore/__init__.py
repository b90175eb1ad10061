"""Explore: conversations listed, counted, charted and exported, from a read model of their own.

Rule 1: the read model is made of the journal alone, and may be dropped and made again.
Rule 2: nothing here is asked, or waited for, by what relays.
"""

from kaisa_relay.explore.exports.exporting import Exporting
from kaisa_relay.explore.exports.job_files import JobFiles
from kaisa_relay.explore.exports.job_links import JobLinks
from kaisa_relay.explore.exports.jobs import Given as JobsGiven
from kaisa_relay.explore.exports.jobs import Jobs
from kaisa_relay.explore.finding.query import Exploring
from kaisa_relay.explore.finding.views import SavedViews
from kaisa_relay.explore.model.forgetting import Forgetting
from kaisa_relay.explore.model.shelf import Shelf, open_shelf
from kaisa_relay.explore.projecting.projector import Projector
from kaisa_relay.explore.reports.reporting import Reporting

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
    "SavedViews",
    "Shelf",
    "open_shelf",
]
