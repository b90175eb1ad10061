"""Conversations over HTTP: made, read, written into, closed and led back into."""
