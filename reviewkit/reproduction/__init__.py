"""A published review beside its rerun: outcomes, differences, works. Pure."""
