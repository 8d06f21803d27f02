"""The query language of iAHx, the search engine of BVS: one index for all its databases."""

from functools import partial

from reviewkit.model.languages import short_code
from reviewkit.protocol.model import Descriptor, Limits, SearchField
from reviewkit.query.dialects.base import Dialect, names_of, published_years
from reviewkit.query.readings import ReadingField, ReadingWriter


def write_term(descriptor: Descriptor, field: SearchField | None) -> str:
    """The descriptor in a field, in each of its languages."""
    words = " OR ".join(f'"{name}"' for name in names_of(descriptor))
    match field:
        case SearchField.HEADING:
            return f"mh:({words})"
        case SearchField.TITLE_ABSTRACT:
            return f"(ti:({words}) OR ab:({words}))"
        case _:
            return f"tw:({words})"


def limit_clauses(limits: Limits, *, database: str) -> tuple[str, ...]:
    """Database, languages and years, as clauses of the query: so both doors of BVS keep to them.

    The portal has filters for them. Whether the API keeps to filters is not known. iAHx has no
    create date, so `as_of` cannot be kept there.
    """
    clauses = [f'db:("{database}")']
    if limits.languages:
        codes = " OR ".join(f'"{short_code(code)}"' for code in limits.languages)
        clauses.append(f"la:({codes})")
    if years := published_years(limits):
        clauses.append(f"year_cluster:[{years[0]} TO {years[1]}]")

    return tuple(clauses)


def _major(descriptor: Descriptor) -> str:
    words = " OR ".join(f'"{name}"' for name in names_of(descriptor))
    return f"mj:({words})"


def iahx(*, database: str) -> Dialect:
    """The dialect, limited to one of the databases in the index.

    iAHx explodes no heading by itself, so that both readings of a heading are written alike.
    """
    limits = partial(limit_clauses, database=database)
    heading = partial(write_term, field=SearchField.HEADING)
    return Dialect(
        name="iahx",
        write_term=write_term,
        limit_clauses=limits,
        readings=ReadingWriter(
            terms={
                ReadingField.HEADING: heading,
                ReadingField.HEADING_ONLY: heading,
                ReadingField.MAJOR: _major,
                ReadingField.TITLE_ABSTRACT: partial(write_term, field=SearchField.TITLE_ABSTRACT),
                ReadingField.MAPPED: partial(write_term, field=SearchField.ANY),
            },
            limits=limits,
            # The portal's own filter for texts that are at hand in full.
            free_full_text='fulltext:("1")',
        ),
    )
