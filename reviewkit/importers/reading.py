"""What a dialect says of its tags or columns, and the values of one record that no field has taken yet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from re import Pattern
from typing import NamedTuple

from reviewkit.importers import normalise
from reviewkit.importers.names import tidy
from reviewkit.importers.problems import Problem, ProblemKind
from reviewkit.model.text import escape, unescape

Raw = Mapping[str, Sequence[str]]


class Field(StrEnum):
    """What a tag or column can mean."""

    OWN_ID = "own_id"
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
    """A pattern that finds a field's value inside a longer text, such as a note; the text itself stays in `other`."""

    tag: str
    pattern: Pattern[str]
    field: Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a dialect names things: per field its tags, best first, and how lists and names are written.

    `placeholders` are values that mean "nothing here"; `tells_groups` says that groups are marked as such.
    """

    name: str
    tags: Mapping[Field, tuple[str, ...]]
    splits: Mapping[str, Callable[[str], Sequence[str]]] = field(default_factory=dict)
    author: Callable[[str], str] = tidy
    hints: tuple[Hint, ...] = ()
    placeholders: frozenset[str] = frozenset()
    tells_groups: bool = False


class Unread:
    """The values of one record that no field has taken yet, by tag, in file order."""

    __slots__ = ("_left", "_reading", "line", "problems")

    def __init__(self, raw: Raw, reading: Reading, line: int | None) -> None:
        blank = reading.placeholders
        self._left = {
            tag: kept
            for tag, values in raw.items()
            if (kept := [value for value in values if value.strip() and value.strip() not in blank])
        }
        self._reading = reading
        self.line = line
        self.problems: list[Problem] = []

    def first(self, what: Field) -> tuple[str, str]:
        """Takes and returns the best tag and its first value; two empty texts when there is none."""
        for tag in self._reading.tags.get(what, ()):
            if values := self._left.get(tag):
                value = values.pop(0)
                if not values:
                    del self._left[tag]
                return tag, value
        return "", ""

    def all(self, what: Field) -> list[tuple[str, str]]:
        """Takes and returns every value of the field's tags, split where the dialect lists several in one."""
        taken: list[tuple[str, str]] = []
        for tag in self._reading.tags.get(what, ()):
            split = self._reading.splits.get(tag)
            for value in self._left.pop(tag, ()):
                parts = [escape(part) for part in split(unescape(value))] if split else (value,)
                taken.extend((tag, part) for part in parts if part.strip())
        return taken

    def tags_of(self, what: Field) -> tuple[str, ...]:
        return self._reading.tags.get(what, ())

    def split(self, tag: str) -> list[str]:
        """The tag's values that are left, split where the dialect lists several in one. They stay."""
        split = self._reading.splits.get(tag)
        values = self._left.get(tag, [])
        return [part for value in values for part in split(value)] if split else values

    def peek(self, tag: str) -> list[str]:
        return self._left.get(tag, [])

    def keep(self, tag: str, value: str) -> None:
        """Puts a value back, so that it stands in `other`."""
        kept = self._left.setdefault(tag, [])
        if value not in kept:
            kept.append(value)

    def drop_equal(self, what: Field, value: str) -> None:
        """Forgets values of the field's other tags that say the same again."""
        for tag in self._reading.tags.get(what, ()):
            if tag in self._left:
                different = [left for left in self._left[tag] if normalise.one_line(left) != value]
                self._left[tag] = different
                if not different:
                    del self._left[tag]

    def complain(self, what: str) -> None:
        self.problems.append(Problem(kind=ProblemKind.VALUE, line=self.line, what=what))

    def hinted(self, what: Field) -> str:
        """What a pattern finds for the field in the values left; they stay."""
        for hint in self._reading.hints:
            if hint.field is what:
                for value in self._left.get(hint.tag, ()):
                    if found := hint.pattern.search(value):
                        return found[1]
        return ""

    def rest(self) -> dict[str, tuple[str, ...]]:
        return {tag: tuple(values) for tag, values in self._left.items()}
