"""A record as an evaluator reads it: words by part, headings line by line, and what was seen whole.

Only where a part was seen whole, a missing word means "no".
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from reviewkit.model.records import Record
from reviewkit.query.tree import Part

_WORD = re.compile(r"[^\W_]+")
_GREEK = re.compile(r"[\u0370-\u03ff]")

# Where MEDLINE text keeps what has no name in a Record.
_ALSO = {
    Part.TITLE: ("BTI", "CTI"),
    Part.ABSTRACT: ("OAB",),
    Part.SUBSTANCE_WORDS: ("RN", "NM", "SI"),
    Part.TYPE_WORDS: (),
    Part.OTHER_TITLE: ("TT",),
    Part.HEADING_WORDS: ("PS",),
    Part.AFFILIATION: ("AD",),
}


def folded(text: str) -> str:
    """The text in lower case, without accents."""
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text; hyphens, slashes and other signs separate them."""
    return tuple(_WORD.findall(folded(text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadingLine:
    """One heading of a record with its subheadings; a star makes it, or one of them, major."""

    name: str
    major: bool
    subheadings: tuple[str, ...]


def heading_line(printed: str) -> HeadingLine:
    """ "Dysbiosis/*therapy" as its parts, in lower case."""
    name, *subs = [piece.strip() for piece in printed.split("/")]
    return HeadingLine(
        name=" ".join(folded(name).replace("*", " ").split()),
        major="*" in printed,
        subheadings=tuple(" ".join(folded(sub).replace("*", " ").split()) for sub in subs),
    )


@dataclass(frozen=True, kw_only=True)
class ReadRecord:
    """A record prepared for many queries.

    `is_complete`: it comes from a source whose records carry all that they are searched by.
    `absent` are phrases that a person looked for in the readable text and did not find.
    """

    record: Record
    is_complete: bool = False
    absent: frozenset[tuple[str, ...]] = field(default_factory=frozenset)

    @cached_property
    def runs(self) -> Mapping[Part, tuple[tuple[str, ...], ...]]:
        """The words of each value, part by part: a phrase does not reach from one to the next."""
        record = self.record
        values: dict[Part, list[str]] = {
            Part.TITLE: [record.title or ""],
            Part.ABSTRACT: [record.abstract or ""],
            Part.KEYWORDS: author_keywords(record),
            Part.HEADING_WORDS: list(record.headings),
            Part.SUBSTANCE_WORDS: [],
            Part.TYPE_WORDS: list(record.types),
            Part.OTHER_TITLE: [record.original_title or ""],
            Part.AFFILIATION: [],
            Part.REST: _rest_of(record),
        }
        for part, tags in _ALSO.items():
            for tag in tags:
                values[part].extend(record.other.get(tag, ()))

        return {part: _runs(texts) for part, texts in values.items()}

    @cached_property
    def words(self) -> Mapping[Part, frozenset[str]]:
        """Every word of each part."""
        return {part: frozenset().union(*runs) for part, runs in self.runs.items()}

    def is_whole(self, parts: Collection[Part]) -> bool:
        """Whether all these parts were seen whole."""
        return self.is_complete or all(part in self._whole for part in parts)

    @cached_property
    def _whole(self) -> frozenset[Part]:
        whole = set()
        if self.record.title:
            whole.add(Part.TITLE)
        if self.record.abstract:
            whole.add(Part.ABSTRACT)
        if self.headings_whole:
            whole.add(Part.HEADING_WORDS)
        return frozenset(whole)

    @cached_property
    def headings_whole(self) -> bool:
        """Whether the list of headings is complete, also where it is empty."""
        return self.is_complete or self.record.other.get("headings_complete") == ("yes",)

    @cached_property
    def headings(self) -> tuple[HeadingLine, ...]:
        return tuple(heading_line(printed) for printed in self.record.headings)

    @cached_property
    def has_greek(self) -> bool:
        """Whether a letter is Greek: whether "beta" finds it is not documented."""
        text = " ".join([self.record.title or "", self.record.abstract or ""])
        return _GREEK.search(text) is not None


def author_keywords(record: Record) -> list[str]:
    """The keywords that are not the record's headings: some exports print both in one field."""
    headings = {" ".join(words_of(heading)) for heading in record.headings}
    return [word for word in record.keywords if " ".join(words_of(word)) not in headings]


def _runs(texts: list[str]) -> tuple[tuple[str, ...], ...]:
    """The words of each text that has any."""
    return tuple(filter(None, map(words_of, texts)))


def _rest_of(record: Record) -> list[str]:
    """The values that only a search in all fields sees."""
    values = [*record.authors, *record.collective_authors, *record.issns, *record.languages]
    single = (record.journal, record.journal_abbreviation, record.doi, record.pmid, record.volume)
    values += [value for value in single if value]
    if record.year:
        values.append(str(record.year))
    return values
