"""Whose an inbound item is: the router, and whatever is decided without a conversation."""
