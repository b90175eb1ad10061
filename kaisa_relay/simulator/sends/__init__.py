"""What a business sends: its shape, its limits, and what becomes of it."""
