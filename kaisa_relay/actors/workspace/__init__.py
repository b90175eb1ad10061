"""A workspace's actor, and what is done for a workspace as a whole."""
