"""A channel number's actor: its outbox, its files, and what WhatsApp answers."""
