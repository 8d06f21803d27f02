"""A review as one file that another machine can check: packed, and verified."""
