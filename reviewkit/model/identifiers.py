"""The identifiers of works: DOI, PMID, PMCID and title, found in text and made comparable. Pure.

These are the only normalisers: import, search, matching, reproduction and exports use them all.
A function named `…_in` returns what is printed, bare, or None. A function named `…_key` returns a
text that is equal for equal identifiers, or "" where there is none.
"""

import re
from urllib.parse import unquote

from reviewkit.model.registers import IN_FIELD
from reviewkit.model.text import unescape
from reviewkit.model.words import unmark, words

# Old DOIs hold "<" and ">", but no HTML tag. A digit before "10." belongs to another number.
_DOI = re.compile(r"(?<!\d)10\.\d{4,9}/(?:[^\s\"<]++|<(?!/|[A-Za-z]+[ />]))+")
_DOI_START = re.compile(r"(?<!\d)10\.\d")
_AFTER_DOI = ".,;:'/"
_OPENING = {")": "(", "]": "[", "}": "{", ">": "<"}

# Deposits whose DOIs end with a version: preprint servers, protocols.io, F1000, archives.
_VERSIONED = re.compile(
    r"^10\.(?:21203|6084|20944|2337|12688|31219|31234|31235|48550|22541|26434|36227|2196|1101)/"
)
_VERSION = re.compile(r"(?:/v\d+|\.v\d+|v\d+)$")

# One to eight digits (NLM, MEDLINE/PubMed Data Element Descriptions).
_PMID = re.compile(
    r"\s*+(?:(?:pmid|pubmed|medline)\s*+:?\s*+"
    r"|(?:https?://)?(?:pubmed\.ncbi\.nlm\.nih\.gov|(?:www\.)?ncbi\.nlm\.nih\.gov/pubmed)/)?"
    r"(\d{1,8})/?\s*",
    re.IGNORECASE | re.ASCII,
)
_PMCID = re.compile(r"(?<![A-Z])PMC\s*(\d+)", re.IGNORECASE | re.ASCII)


def doi_in(text: str) -> str | None:
    """Return the first DOI in a text without resolver or "doi:", in its own case; None without one.

    Cuts trailing punctuation that no DOI ends with, and a closing bracket that was not opened.
    """
    text = unescape(text)
    if "%" in text:
        text = unquote(text)

    match = _DOI.search(text)
    if match is None:
        return None

    doi = match[0].rstrip(_AFTER_DOI)
    while (opening := _OPENING.get(doi[-1])) and doi.count(doi[-1]) > doi.count(opening):
        doi = doi[:-1].rstrip(_AFTER_DOI)
    if "/" not in doi:
        return None

    return doi


def doi_key(value: str | None) -> str:
    """Return a field's DOI in lower case; "" without one. Blanks inside the value are ignored.

    DOIs are compared without regard to case (DOI Handbook, 2.4).
    """
    if not value:
        return ""

    # Without the blank, "ARTN 106 10.1186/s1" would be "ARTN10610.1186/s1".
    start = _DOI_START.search(value)
    if start:
        value = value[start.start() :]
    doi = doi_in("".join(value.split())) or ""
    return doi.lower()


def work_doi_key(value: str | None) -> str:
    """Return the DOI's key without the version that preprint servers and archives add to it."""
    doi = doi_key(value)
    if doi and _VERSIONED.match(doi):
        return _VERSION.sub("", doi)
    return doi


def pmid_in(text: str) -> str | None:
    """Return the PMID where the text is one: bare, behind its label, or as PubMed's address."""
    match = _PMID.fullmatch(text)
    if match is None:
        return None
    return match[1].lstrip("0") or None


def pmid_key(value: str | None) -> str:
    """Return a field's PMID; "" without one."""
    if not value:
        return ""
    return pmid_in(value) or ""


def pmcid_in(text: str) -> str | None:
    """Return the PubMed Central identifier that the text holds, as "PMC123"; None without one."""
    match = _PMCID.search(text)
    if match is None:
        return None
    return f"PMC{match[1]}"


def title_key(title: str | None) -> str:
    """Return the title's words in lower case, without markup, accents and punctuation."""
    return " ".join(words(unmark(title or "")))


def registration_in(text: str) -> str:
    """Return the first number of a trial register in a text, as NCT01234567; "" without one.

    Numbers of two registers are never equal, although they may name one trial.
    """
    match = IN_FIELD.search(text)
    if match is None:
        return ""
    if match["nct"]:
        return "NCT" + match["nct_digits"].zfill(8)
    if match["eu"]:
        return f"EUCTR{match['eu']}"
    return "".join(filter(None, match.groups())).upper().replace(" ", "")
