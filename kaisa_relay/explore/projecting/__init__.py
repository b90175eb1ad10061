"""How the read model is made of the journal's events, kept up with them, and made anew."""
