"""The sources that a new protocol names where nobody chooses.

It imports nothing: `--help` needs it.
"""

SUGGESTED_SOURCES = ("pubmed", "lilacs")
