"""The actor kernel: mailboxes, supervision and clocks. Knows Trio, knows nothing of WhatsApp."""
