"""A conversation's actor: receives, has the domain decide, commits, and says so."""
