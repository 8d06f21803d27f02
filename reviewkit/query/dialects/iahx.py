"""The query language of iAHx, the search engine of BVS: one index for all its databases."""

from functools import partial

from reviewkit.protocol.model import Descriptor, Limits, SearchField
from reviewkit.query.dialects.base import Dialect, Parameters, names_of, published_years

_ISO_639_1 = {"por": "pt", "eng": "en", "spa": "es", "fre": "fr", "ger": "de", "ita": "it"}


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


def limit_parameters(limits: Limits, *, database: str) -> Parameters:
    """Database, languages and years, as parameters beside the query.

    iAHx has no create date, so `as_of` cannot be kept there.
    """
    parameters = [("filter[db][]", database)]
    parameters += [("filter[la][]", _ISO_639_1.get(code, code)) for code in limits.languages]
    if years := published_years(limits):
        # A range with one end only is dropped there without a word (bireme/iahx-opac,
        # SearchController).
        parameters.append(("range_year_start", str(years[0])))
        parameters.append(("range_year_end", str(years[1])))

    return tuple(parameters)


def iahx(*, database: str) -> Dialect:
    """The dialect, limited to one of the databases in the index."""
    return Dialect(
        name="iahx",
        write_term=write_term,
        limit_parameters=partial(limit_parameters, database=database),
    )
