"""Explore over HTTP: lists, reports and exports."""
