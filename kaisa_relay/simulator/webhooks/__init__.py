"""What a business is told, how it is worded, and how it travels."""
