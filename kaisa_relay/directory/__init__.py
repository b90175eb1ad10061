"""Who is who, in SQL."""

from kaisa_relay.directory.sql import SqlDirectory

__all__ = ["SqlDirectory"]
