"""DOI and PMID, bare, as the resolvers know them."""

import re
from urllib.parse import unquote

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_VERSION = re.compile(r"(?:/v\d+|\.v\d+|v\d+)$")
_VERSIONED = re.compile(
    r"^10\.(?:21203|6084|20944|2337|12688|31219|31234|31235|48550|22541|26434|36227|2196)/|^10\.1101/"
)
_DIGITS = re.compile(r"\d+")


def bare_doi(raw: str | None) -> str:
    """The DOI in lower case without resolver and deposit version; "" if what stands there is none."""
    if not raw:
        return ""
    text = unquote(raw) if "%" in raw else raw
    found = _DOI.search(text.strip().lower().replace(" ", ""))
    if not found:
        return ""
    doi = (
        found[0].rstrip(".,;)]}\"'/")
        if found[0].count("(") == found[0].count(")") - 1
        else found[0].rstrip(".,;]}\"'/")
    )
    return _VERSION.sub("", doi) if _VERSIONED.match(doi) else doi


def bare_pmid(raw: str | None) -> str:
    """The PMID's digits; "" if there are none."""
    found = _DIGITS.search(raw or "")
    return found[0].lstrip("0") if found else ""
