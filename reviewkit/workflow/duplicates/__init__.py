"""Duplicates found, linked, asked about and undone."""
