"""Numbers that name a record in a register: of a trial, and of a version of a Cochrane review."""

import re
from itertools import chain
from typing import NamedTuple

from reviewkit.model.identifiers import doi_key, registration_in
from reviewkit.model.records import Record

# "CD004366.pub6"; the DOI 10.1002/14651858.CD004366.pub6; older ones end without "pub".
_COCHRANE = re.compile(r"\b((?:cd|mr|ed)\d{6})(?:\.pub(\d{1,2}))?", re.IGNORECASE)


class CochraneVersion(NamedTuple):
    """The number of a Cochrane review in lower case, "" if not known.

    `number` is that of its version from 1 on; 0 if only the review is known.
    """

    review: str
    number: int


def registration_of(record: Record) -> str:
    """Return the number of the trial that a register's record is about; "" if it prints none.

    Registers and their exports print it as accession, as author, in the address or in the title.
    """
    printed = chain(
        (record.accession, record.source_id),
        (*record.authors, *record.collective_authors),
        (record.journal, *record.links, record.title, record.doi),
    )
    return next(filter(None, (registration_in(text or "") for text in printed)), "")


def cochrane_version(record: Record) -> CochraneVersion:
    """Return which version of which Cochrane review a record is.

    Only a DOI tells the version: without "pub" it is the first.
    """
    doi = doi_key(record.doi)
    match = _COCHRANE.search(doi)
    if match:
        return CochraneVersion(match[1].lower(), int(match[2] or 1))

    match = _COCHRANE.search(f"{record.pages or ''} {record.accession or ''}")
    if match:
        return CochraneVersion(match[1].lower(), int(match[2] or 0))
    return CochraneVersion("", 0)
