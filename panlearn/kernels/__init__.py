"""TODO-LAYER."""
