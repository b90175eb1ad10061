"""Run by Alembic; the connection and its transaction are the caller's (`store.migrate`)."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
