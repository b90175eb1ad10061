"""A relay of WhatsApp conversations between visitors and agents through channel numbers."""
