"""Workspaces, channels and keys: what operators configure, also while the relay runs."""
