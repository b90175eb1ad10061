"""The control API under `/_sim`, a module per subject."""
