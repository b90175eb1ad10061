"""The live feed over HTTP: its door, its tickets and its seats."""
