"""The Graph endpoints, a module per subject."""
