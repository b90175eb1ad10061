"""The journal's adapters: the codec, and the stores that keep events and what changes with them."""
