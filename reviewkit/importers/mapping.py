"""How a dialect maps its tags or columns to fields, and the values of one record not used yet."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from re import Pattern
from typing import NamedTuple

from reviewkit.importers import normalise
from reviewkit.importers.names import tidy
from reviewkit.importers.parsed_file import Problem, ProblemKind
from reviewkit.model.text import escape, unescape

RawValues = Mapping[str, Sequence[str]]
"""The values of one record as the file has them, by tag or column."""

Split = Callable[[str], Sequence[str]]


class Field(StrEnum):
    """What a tag or column can mean.

    OWN_ID names the record in its database. LABEL names it in this one file only: it is no
    identity across files, and stays in `other`.
    """

    OWN_ID = "own_id"
    LABEL = "label"
    TITLE = "title"
    ORIGINAL_TITLE = "original_title"
    AUTHORS = "authors"
    COLLECTIVE = "collective_authors"
    JOURNAL = "journal"
    ABBREVIATION = "journal_abbreviation"
    ISSN = "issns"
    YEAR = "year"
    PUBLISHED = "published"
    ONLINE = "published_online"
    CREATED = "created"
    VOLUME = "volume"
    ISSUE = "issue"
    PAGES = "pages"
    FIRST_PAGE = "first_page"
    LAST_PAGE = "last_page"
    DOI = "doi"
    DOI_LINK = "doi_link"
    PMID = "pmid"
    PMCID = "pmcid"
    ACCESSION = "accession"
    LANGUAGE = "languages"
    ABSTRACT = "abstract"
    HEADINGS = "headings"
    KEYWORDS = "keywords"
    TYPES = "types"
    LINKS = "links"
    RELATIONS = "relations"


class Hint(NamedTuple):
    """A pattern that finds a field's value inside a longer text, such as a note.

    The text itself stays in `other`.
    """

    tag: str
    pattern: Pattern[str]
    field: Field


# Numbers that databases and registers give, by their form: EID, UT, BVS and SciELO numbers,
# trial registrations.
DATABASE_NUMBER = re.compile(
    r"^(2-s2\.0-\d+|WOS:\w+|MEDLINE:\d+|(?:lil|ibc|biblio|bde|mdl|des)-\d+"
    r"|S\d{4}-\d{3}[\dX]\d{13}\S*|NCT\d{8}|ISRCTN\d{8}|ACTRN\d{14}p?)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMap:
    """How a dialect names its fields: each field's tags, best first, and how it writes lists.

    `splits` cuts a value that lists several, by tag. `author` puts a name in order.
    `placeholders` are values that mean "nothing here".
    `marks_groups` is true where the dialect keeps group authors apart from persons.
    """

    name: str
    tags: Mapping[Field, tuple[str, ...]]
    splits: Mapping[str, Split] = field(default_factory=dict)
    author: Callable[[str], str] = tidy
    hints: tuple[Hint, ...] = ()
    placeholders: frozenset[str] = frozenset()
    marks_groups: bool = False


class UnusedValues:
    """The values of one record that no field has used yet, by tag, in file order.

    What is unused in the end becomes the record's `other`.
    """

    __slots__ = ("_fields", "_unused", "line", "problems")

    def __init__(self, raw: RawValues, fields: FieldMap, line: int | None) -> None:
        blank = fields.placeholders
        self._unused: dict[str, list[str]] = {}
        for tag, values in raw.items():
            kept = [value for value in values if value.strip() and value.strip() not in blank]
            if kept:
                self._unused[tag] = kept

        self._fields = fields
        self.line = line
        self.problems: list[Problem] = []

    def names(self) -> set[str]:
        """Return the tags that have values."""
        return set(self._unused)

    def first(self, field: Field) -> tuple[str, str]:
        """Use up the first value of the field's best tag; return both, or two empty texts."""
        for tag in self._fields.tags.get(field, ()):
            values = self._unused.get(tag)
            if values:
                value = values.pop(0)
                if not values:
                    del self._unused[tag]
                return tag, value

        return "", ""

    def all(self, field: Field) -> list[tuple[str, str]]:
        """Use up every value of the field's tags; return (tag, value), lists split."""
        used: list[tuple[str, str]] = []
        for tag in self._fields.tags.get(field, ()):
            split = self._fields.splits.get(tag)
            for value in self._unused.pop(tag, ()):
                parts = _parts(value, split)
                used.extend((tag, part) for part in parts if part.strip())

        return used

    def tags_of(self, field: Field) -> tuple[str, ...]:
        return self._fields.tags.get(field, ())

    def split(self, tag: str) -> list[str]:
        """Return the tag's unused values, lists split; they stay unused."""
        split = self._fields.splits.get(tag)
        values = self._unused.get(tag, [])
        if split is None:
            return values

        parts: list[str] = []
        for value in values:
            parts.extend(split(value))
        return parts

    def peek(self, tag: str) -> list[str]:
        """Return the tag's unused values; they stay unused."""
        return self._unused.get(tag, [])

    def keep(self, tag: str, value: str) -> None:
        """Put a value back, so that it stays in `other`."""
        kept = self._unused.setdefault(tag, [])
        if value not in kept:
            kept.append(value)

    def drop_equal(self, field: Field, value: str) -> None:
        """Forget values of the field's tags that repeat the value."""
        for tag in self._fields.tags.get(field, ()):
            if tag in self._unused:
                others = [
                    other for other in self._unused[tag] if normalise.one_line(other) != value
                ]
                self._unused[tag] = others
                if not others:
                    del self._unused[tag]

    def complain(self, what: str) -> None:
        """Note that a value is not what its field means."""
        self.problems.append(Problem(kind=ProblemKind.VALUE, line=self.line, what=what))

    def hinted(self, field: Field) -> str:
        """Return what a hint finds for the field in the unused values, or ""; they stay unused."""
        for hint in self._fields.hints:
            if hint.field is field:
                for value in self._unused.get(hint.tag, ()):
                    match = hint.pattern.search(value)
                    if match:
                        return match[1]

        return ""

    def rest(self) -> dict[str, tuple[str, ...]]:
        """Return every unused value, for the record's `other`."""
        return {tag: tuple(values) for tag, values in self._unused.items()}


def _parts(value: str, split: Split | None) -> Sequence[str]:
    if split is None:
        return (value,)
    return [escape(part) for part in split(unescape(value))]
