"""Pages of MEDLINE text: which records are there, and whether the last one is whole. Pure."""

import re
from collections.abc import Iterator

from reviewkit.http import Flaw
from reviewkit.model.errors import CutOff

# Not anchored: "^" would look at every line, and a page has tens of thousands. `_pmid_fields` looks
# at what is before.
_PMID = re.compile(rb"PMID *- *(\d+)")


def text_flaw(body: bytes) -> Flaw | None:
    """What is wrong with a MEDLINE text: no record, or the last one was cut."""
    starts = [field.start() for field in _pmid_fields(body)]
    if not starts:
        return Flaw(what="answered with a text that holds no record", transient=True, tries=3)

    if not _is_ended(body[starts[-1] :].rstrip()):
        return Flaw(what="cut its last record off", transient=True, error=CutOff)
    return None


def _is_ended(record: bytes) -> bool:
    """Whether a record has its last field: the citation with its full stop, or a book's number."""
    if b"\nSO " in record:
        return record.endswith(b".")
    return b"\nBTI " in record and record.endswith(b"[bookaccession]")


def is_utf8(body: bytes) -> bool:
    """Whether bytes can be read as UTF-8."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def pmids_in(body: bytes) -> tuple[str, ...]:
    """The PMID of every record of a MEDLINE text, in its order."""
    return tuple(match[1].decode() for match in _pmid_fields(body))


def _pmid_fields(body: bytes) -> Iterator[re.Match[bytes]]:
    """Where a line begins with a PMID: the same letters stand inside of lines too, in links."""
    return (
        match
        for match in _PMID.finditer(body)
        if not match.start() or body[match.start() - 1] == 0x0A
    )
