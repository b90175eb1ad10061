"""What Meta sends over HTTP, behind Quart and past it."""
