"""A published review run again and set beside what it reported."""
