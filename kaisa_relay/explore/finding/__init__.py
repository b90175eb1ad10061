"""A filter, and the conversations that it means: listed and counted."""
