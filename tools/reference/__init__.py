"""The pages of the reference, each made from the code."""

NOTE = "<!-- Made by `python tools/write_reference.py`. Do not edit this page. -->\n"


def cell(text: str) -> str:
    """Return a text that fits into a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
