"""Figures of the conversations that a filter means."""
