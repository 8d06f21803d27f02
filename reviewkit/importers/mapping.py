"""How a dialect maps its tags or columns to fields, and the values of one record not used yet."""

import functools
import re
from collections.abc import Callable, KeysView, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from enum import StrEnum
from re import Pattern
from typing import Any, NamedTuple

from reviewkit.importers.names import tidy
from reviewkit.importers.normalise import is_same_line
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

    The text itself stays in `other`. A text without the `word` holds no such value.
    """

    tag: str
    pattern: Pattern[str]
    field: Field
    word: str = ""


# Numbers that databases and registers give, by their form: EID, UT, BVS and SciELO numbers,
# trial registrations.
DATABASE_NUMBER = re.compile(
    r"^(2-s2\.0-\d+|WOS:\w+|MEDLINE:\d+|(?:lil|ibc|biblio|bde|mdl|des)-\d+"
    r"|S\d{4}-\d{3}[\dX]\d{13}\S*|NCT\d{8}|ISRCTN\d{8}|ACTRN\d{14}p?)$"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class FieldMap:
    """How a dialect names its fields: each field's tags, best first, and how it writes lists.

    `splits` cuts a value that lists several, by tag. `author` puts a name in order.
    `placeholders` are values that mean "nothing here".
    Each map is equal to itself alone.
    `marks_groups` is true where the dialect keeps group authors apart from persons.
    """

    name: str
    tags: Mapping[Field, tuple[str, ...]]
    splits: Mapping[str, Split] = field(default_factory=dict)
    author: Callable[[str], str] = tidy
    hints: tuple[Hint, ...] = ()
    placeholders: frozenset[str] = frozenset()
    marks_groups: bool = False

    @functools.cached_property
    def hints_of(self) -> Mapping[Field, tuple[Hint, ...]]:
        """The hints of each field that has any."""
        found: dict[Field, tuple[Hint, ...]] = {}
        for hint in self.hints:
            found[hint.field] = (*found.get(hint.field, ()), hint)
        return found

    def of_tags(self, present: Set[str]) -> "FieldMap":
        """Return the map without the tags that a record does not have."""
        named = {
            field: tuple(filter(present.__contains__, tags)) for field, tags in self.tags.items()
        }
        return replace(
            self,
            tags={field: tags for field, tags in named.items() if tags},
            hints=tuple(hint for hint in self.hints if hint.tag in present),
        )


class UnusedValues:
    """The values of one record that no field has used yet, by tag, in file order.

    What is unused in the end becomes the record's `other`. With `filled` no value is blank, and the
    lists may be used up.
    """

    __slots__ = ("_hints", "_tags", "fields", "left", "line", "problems")

    def __init__(
        self, raw: RawValues, fields: FieldMap, line: int | None, *, filled: bool = False
    ) -> None:
        blank = fields.placeholders
        self.left: dict[str, list[str]] = {}
        if filled and not blank:
            owned: Any = raw
            self.left = owned
        else:
            for tag, values in raw.items():
                self._keep_filled(tag, values, blank)

        self.fields = fields
        self._tags = fields.tags
        self._hints = fields.hints_of
        self.line = line
        self.problems: list[Problem] = []

    def _keep_filled(self, tag: str, values: Sequence[str], blank: frozenset[str]) -> None:
        kept = [value for value in values if value.strip() and value.strip() not in blank]
        if kept:
            self.left[tag] = kept

    def names(self) -> KeysView[str]:
        """Return the tags that have values."""
        return self.left.keys()

    def first(self, field: Field) -> tuple[str, str]:
        """Use up the first value of the field's best tag; return both, or two empty texts."""
        if field not in self._tags:
            return "", ""

        left = self.left
        for tag in self._tags[field]:
            if tag in left:
                values = left[tag]
                value = values.pop(0)
                if not values:
                    del left[tag]
                return tag, value

        return "", ""

    def all(self, field: Field) -> list[tuple[str, str]]:
        """Use up every value of the field's tags; return (tag, value), lists split."""
        used: list[tuple[str, str]] = []
        for tag in self._tags.get(field, ()):
            if tag in self.left:
                used += [(tag, value) for value in self._taken(tag)]
        return used

    def values(self, field: Field) -> list[str]:
        """Use up every value of the field's tags; return them, lists split."""
        used: list[str] = []
        for tag in self._tags.get(field, ()):
            if tag in self.left:
                used += self._taken(tag)
        return used

    def _taken(self, tag: str) -> list[str]:
        """Use up every value of a tag, lists split."""
        values = self.left.pop(tag)
        split = self.fields.splits.get(tag)
        if split is None:
            return values

        parts: list[str] = []
        for value in values:
            parts.extend(escape(part) for part in split(unescape(value)))
        return [part for part in parts if part.strip()]

    def tags_of(self, field: Field) -> tuple[str, ...]:
        return self.fields.tags.get(field, ())

    def split(self, tag: str) -> list[str]:
        """Return the tag's unused values, lists split; they stay unused."""
        split = self.fields.splits.get(tag)
        values = self.left.get(tag, [])
        if split is None:
            return values

        parts: list[str] = []
        for value in values:
            parts.extend(split(value))
        return parts

    def peek(self, tag: str) -> list[str]:
        """Return the tag's unused values; they stay unused."""
        return self.left.get(tag, [])

    def keep(self, tag: str, value: str) -> None:
        """Put a value back, so that it stays in `other`."""
        kept = self.left.setdefault(tag, [])
        if value not in kept:
            kept.append(value)

    def drop_equal(self, field: Field, value: str) -> None:
        """Forget values of the field's tags that repeat the value."""
        left = self.left
        for tag in self._tags.get(field, ()):
            if tag not in left:
                continue
            if left[tag] == [value]:  # nearly always
                del left[tag]
                continue

            others = [one for one in left[tag] if not is_same_line(one, value)]
            if others:
                left[tag] = others
            else:
                del left[tag]

    def complain(self, what: str) -> None:
        """Note that a value is not what its field means."""
        self.problems.append(Problem(kind=ProblemKind.VALUE, line=self.line, what=what))

    def hinted(self, field: Field) -> str:
        """Return what a hint finds for the field in the unused values, or ""; they stay unused."""
        hints = self._hints
        if field not in hints:
            return ""

        for tag, pattern, _, word in hints[field]:
            for value in self.left.get(tag, ()):
                match = pattern.search(value) if word in value else None
                if match:
                    return match[1]

        return ""

    def rest(self) -> dict[str, tuple[str, ...]]:
        """Return every unused value, for the record's `other`."""
        return {tag: tuple(values) for tag, values in self.left.items()}
