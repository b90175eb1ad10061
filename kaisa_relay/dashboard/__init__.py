"""The supervisors' page: its sources in `page/`, and what the build made of them in `built/`.

Rule 1: the page is a client of the public API and the feed like any other.
"""

from kaisa_relay.dashboard.files import built_page

__all__ = ["built_page"]
