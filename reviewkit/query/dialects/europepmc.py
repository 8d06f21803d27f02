"""The query language of Europe PMC: field names before each term."""

import datetime
import re
from functools import partial

from reviewkit.protocol.model import Descriptor, Limits, SearchField
from reviewkit.query.dialects.base import Dialect, published_years
from reviewkit.query.readings import ReadingField, ReadingWriter

SYNONYMS = (("synonym", "true"),)
"""Among the parameters of a query to which the service adds synonyms of its own."""


def write_term(descriptor: Descriptor, field: SearchField | None) -> str:
    """The descriptor in a field.

    KW is documented as MeSH headings and publishers' keywords. A field for headings alone is not
    documented.
    """
    match field:
        case SearchField.HEADING:
            return f'KW:"{descriptor.term}"'
        case SearchField.TITLE_ABSTRACT:
            return f'TITLE_ABS:"{descriptor.term}"'
        case _:
            # Without a field Europe PMC looks into full texts too. No bibliographic database does.
            return f'(TITLE_ABS:"{descriptor.term}" OR KW:"{descriptor.term}")'


def limit_clauses(limits: Limits) -> tuple[str, ...]:
    """First publication date, languages and first index date."""
    clauses = []
    if years := published_years(limits):
        clauses.append(f"FIRST_PDATE:[{years[0]}-01-01 TO {years[1]}-12-31]")
    if limits.languages:
        clauses.append(f"({' OR '.join(f'LANG:{code}' for code in limits.languages)})")
    if limits.as_of:
        clauses.append(f"FIRST_IDATE:[1800-01-01 TO {limits.as_of:%Y-%m-%d}]")

    return tuple(clauses)


def created_since(day: datetime.date) -> str:
    """Records indexed first on this day or later."""
    return f"FIRST_IDATE:[{day:%Y-%m-%d} TO 3000-12-31]"


EUROPEPMC = Dialect(
    name="europepmc",
    write_term=write_term,
    limit_clauses=limit_clauses,
    created_since=created_since,
    synonyms=SYNONYMS,
    readings=ReadingWriter(
        terms={
            ReadingField.HEADING: partial(write_term, field=SearchField.HEADING),
            ReadingField.TITLE_ABSTRACT: partial(write_term, field=SearchField.TITLE_ABSTRACT),
            ReadingField.MAPPED: partial(write_term, field=SearchField.ANY),
        },
        limits=limit_clauses,
    ),
    created_until=re.compile(r"FIRST_IDATE:\[1800-01-01 TO (\d{4})-(\d\d)-(\d\d)\]"),
)
