"""What a record's source gave beyond a record's own fields: publisher, place, editors, and more.

A record keeps it in `other` under its source's tag. Here each kind has one name, so that a writer
finds it whichever format it came from. Pure.
"""

from collections.abc import Iterable

from reviewkit.importers.names import tidy
from reviewkit.model.records import Record

# The name here, and the tags of RIS, MEDLINE, EndNote, BibTeX, tables and JSON that mean it.
_TAGS: dict[str, tuple[str, ...]] = {
    "publisher": ("PB", "publisher", "Publisher", "PublisherName", "%I", "PU", "Publisher Name"),
    "place": (
        "CY", "address", "location", "pub-location", "publisher-place", "PL", "PublisherLocation",
        "PP", "Place", "place", "PI", "City", "publisher-location",
    ),
    "editors": (
        "A2", "ED", "editor", "secondary-authors/author", "Editor", "FED", "BE", "Editors", "%E",
        "editors", "Book editors",
    ),
    "edition": ("ET", "edition", "Edition", "EN"),
    "series": ("T3", "series", "tertiary-title", "collection-title", "SE"),
    "affiliations": ("AD", "affiliation", "auth-address", "Affiliation", "C1", "Affiliations"),
    "notes": ("notes", "note", "Notes"),
    "country": ("Country",),
}  # fmt: skip
EXTRA_NAMES = tuple(_TAGS)


def extras_of(record: Record) -> dict[str, tuple[str, ...]]:
    """Return what the record's source gave of each kind; kinds without any are left out."""
    other = record.other
    if not other:
        return {}

    found: dict[str, tuple[str, ...]] = {}
    for name, tags in _TAGS.items():
        values = next((other[tag] for tag in tags if other.get(tag)), ())
        if values:
            found[name] = tuple(_values(name, values))
    return found


def _values(name: str, values: Iterable[str]) -> list[str]:
    if name != "editors":
        return list(values)

    people: list[str] = []
    for value in values:
        people.extend(tidy(one) for one in value.replace(" and ", ";").split(";"))
    return [person for person in people if person]
