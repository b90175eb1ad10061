"""Triggers at work, on real databases and towards a real server."""
