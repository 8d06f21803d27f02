"""The addresses that a box may lead to: web pages and places on the same page, never a script."""

from urllib.parse import urlsplit


def safe_href(address: str) -> str:
    """Return the address if it is http, https or relative,
    without control characters; else nothing.
    """
    address = address.strip()
    if any(ord(character) < 0x21 for character in address):
        return ""

    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return ""
    if scheme in {"", "http", "https"}:
        return address
    return ""
