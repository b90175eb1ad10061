"""The read model itself: its tables, the database that has them, and how it is asked."""
