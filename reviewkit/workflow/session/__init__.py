"""Sessions: screening, conflicts and pairs, independent of the user interface."""
