"""Media: what WhatsApp takes, how long it keeps it, and how it is fetched."""
