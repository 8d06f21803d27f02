"""The query language of OpenAlex: words and phrases with AND, OR, NOT, in titles and abstracts.

The words go into the filter `title_and_abstract.search`; limits are further filters beside it.
"""

from reviewkit.model.languages import short_code
from reviewkit.protocol.model import Descriptor, Limits, SearchField
from reviewkit.query.dialects.base import Dialect, Parameters


def write_term(descriptor: Descriptor, field: SearchField | None) -> str:
    """The descriptor as a phrase. A comma would end the filter, and search knows no commas."""
    return f'"{" ".join(descriptor.term.replace(",", " ").split())}"'


def cannot_write(field: SearchField | None) -> str:
    """Headings cannot be searched."""
    if field is SearchField.HEADING:
        return "OpenAlex cannot be searched by headings"
    return ""


def limit_parameters(limits: Limits) -> Parameters:
    """Publication date and languages, as filters.

    A limit by the day on which a record was added is not open to everybody, so `as_of` is none.
    """
    filters = []
    if limits.published_from:
        filters.append(f"from_publication_date:{limits.published_from}-01-01")
    if limits.published_to:
        filters.append(f"to_publication_date:{limits.published_to}-12-31")
    if limits.languages:
        filters.append(f"language:{'|'.join(map(short_code, limits.languages))}")
    if not filters:
        return ()

    return (("filter", ",".join(filters)),)


OPENALEX = Dialect(
    name="openalex",
    write_term=write_term,
    limit_parameters=limit_parameters,
    cannot_write=cannot_write,
)
