"""The query language of PubMed: tags in brackets behind each term."""

import datetime
import re

from reviewkit.protocol.model import Descriptor, Limits, SearchField
from reviewkit.query.dialects.base import Dialect, published_years
from reviewkit.query.dialects.pubmed_widen import widen
from reviewkit.query.readings import ReadingField, ReadingWriter, TermWriter


def write_term(descriptor: Descriptor, field: SearchField | None) -> str:
    """The descriptor in a field."""
    match field:
        case SearchField.HEADING:
            return f'"{descriptor.term}"[mh]'
        case SearchField.TITLE_ABSTRACT:
            return f'"{descriptor.term}"[tiab]'
        case _:
            # Without tag and quotes PubMed maps the term itself. The parentheses keep its words
            # together.
            return f"({descriptor.term})"


def limit_clauses(limits: Limits) -> tuple[str, ...]:
    """Publication date, languages and create date.

    The create date is used and not the entry date: entry dates of back-filled records are set to
    the publication date (NLM Technical Bulletin, 2 December 2008).
    """
    clauses = []
    if years := published_years(limits):
        clauses.append(f"{years[0]}/01/01:{years[1]}/12/31[dp]")
    if limits.languages:
        clauses.append(f"({' OR '.join(f'{code}[la]' for code in limits.languages)})")
    if limits.as_of:
        clauses.append(f"1800/01/01:{limits.as_of:%Y/%m/%d}[crdt]")

    return tuple(clauses)


def created_since(day: datetime.date) -> str:
    """Records created on this day or later."""
    return f"{day:%Y/%m/%d}:3000/12/31[crdt]"


def _tagged(form: str) -> TermWriter:
    return lambda descriptor: form.format(descriptor.term)


READINGS = ReadingWriter(
    terms={
        ReadingField.HEADING: _tagged('"{}"[mh]'),
        ReadingField.HEADING_ONLY: _tagged('"{}"[mh:noexp]'),
        ReadingField.MAJOR: _tagged('"{}"[majr]'),
        ReadingField.TITLE_ABSTRACT: _tagged('"{}"[tiab]'),
        ReadingField.MAPPED: _tagged("({})"),
    },
    limits=limit_clauses,
    free_full_text="free full text[sb]",
    words="[tiab]",
)

PUBMED = Dialect(
    name="pubmed",
    write_term=write_term,
    limit_clauses=limit_clauses,
    created_since=created_since,
    readings=READINGS,
    widen=widen,
    created_until=re.compile(r"1800/01/01:(\d{4})/(\d\d)/(\d\d)\[crdt\]"),
)
