"""What stands in `problem_kinds.KINDS` for answers that say no and that no other code raises."""


class BadJson(Exception):
    """Stands in `KINDS` for a body that does not parse."""


class WrongMediaType(Exception):
    """Stands in `KINDS` for a body that is not called JSON."""


class Invalid(Exception):
    """Stands in `KINDS` for a request that reads well and asks for what cannot be."""


class BadCursor(Exception):
    """Stands in `KINDS` for a cursor that we did not give out."""


class Unauthorized(Exception):
    """Stands in `KINDS` for a missing or wrong key."""


class Forbidden(Exception):
    """Stands in `KINDS` for a key without the scope."""


class NotSignedIn(Exception):
    """Stands in `KINDS` for a name and a password that open nothing."""


class LockedOut(Exception):
    """Stands in `KINDS` for somebody who guesses passwords."""


class CrossSite(Exception):
    """Stands in `KINDS` for a request that another site may have made with our cookie."""


class NotBuilt(Exception):
    """Stands in `KINDS` for the supervisors' page where it was not built."""


class TooMany(Exception):
    """Stands in `KINDS` for a rate limit."""


class TooManyWatchers(Exception):
    """Stands in `KINDS` for a feed that enough watch already."""


class FileNotKept(Exception):
    """Stands in `KINDS` for a file of which we have no copy."""


class FileDeleted(Exception):
    """Stands in `KINDS` for a file whose time is over."""


class EndpointInUse(Exception):
    """Stands in `KINDS` for an endpoint that a trigger names."""


class ExportGone(Exception):
    """Stands in `KINDS` for a link whose file is no longer kept."""


class RangeBeyond(Exception):
    """Stands in `KINDS` for bytes that a file does not have."""
