"""The supervisors' page, as files to be served."""

from attrs import field, frozen


@frozen
class PageFile:
    """One file of the page, as a browser gets it."""

    body: bytes = field(repr=False)
    media_type: str
