"""Files of the conversations that a filter means: at once, or made in the background."""
