"""A review kept up to date."""
