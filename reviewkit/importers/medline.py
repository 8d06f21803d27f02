"""MEDLINE text, as PubMed serves and exports it (.nbib, EFetch rettype=medline), to records. Pure.

A field without a name in Record stays in `other` under its tag, and so does one whose value lost
something on the way. Nothing here raises. `importers.medline_texts` reads plain records at once.
"""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from reviewkit.importers.medline_fields import (
    Fields,
    MedlineProblem,
    fields_in,
    record_chunks,
)
from reviewkit.importers.medline_values import (
    first_doi,
    iso_day,
    iso_published,
    relation_kind,
    relation_target,
)
from reviewkit.model.records import Record, Relation, RelationKind, make_record

_LINE_END = re.compile(rb"\r\n|\r|\n")
_ISSN = re.compile(r"(?<![\w-])\d{4}-\d{3}[\dXx](?![\w-])")
_PLAIN_DATE = re.compile(r"\d{4}(?: [A-Z][a-z]{2}(?: \d{1,2})?)?")

_RELATIONS = {
    "CIN": RelationKind.HAS_COMMENT,
    "CON": RelationKind.COMMENT_ON,
    "EIN": RelationKind.HAS_ERRATUM,
    "EFR": RelationKind.ERRATUM_OF,
    "RIN": RelationKind.RETRACTED_BY,
    "ROF": RelationKind.RETRACTION_OF,
    # Retracted and republished: the older work is as retracted as any other.
    "RRI": RelationKind.RETRACTED_BY,
    "RRF": RelationKind.UPDATE_OF,
    "ECI": RelationKind.HAS_CONCERN,
    "ECF": RelationKind.CONCERN_ABOUT,
    "UIN": RelationKind.HAS_UPDATE,
    "UOF": RelationKind.UPDATE_OF,
    "CRI": RelationKind.HAS_UPDATE,
    "CRF": RelationKind.UPDATE_OF,
    # Neither a retraction nor a new version of the whole work.
    **dict.fromkeys(
        ("PRIN", "PROF", "RPI", "RPF", "SPIN", "ORI", "DDIN", "DRIN"), RelationKind.RELATED_TO
    ),
}
_RELATION_TAGS = frozenset(_RELATIONS)
_NONE = (None,)


class MedlineEntry(NamedTuple):
    """A record and the line where it begins (from 1)."""

    line: int
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class MedlineText:
    """A whole text as read."""

    records: tuple[Record, ...]
    problems: tuple[MedlineProblem, ...]


def parse_medline(body: bytes | str, *, source: str = "pubmed") -> MedlineText:
    """Return every record of the text, in its order, and every problem. Raises nothing."""
    items = list(read_medline(numbered_lines(body), source=source))
    return MedlineText(
        records=tuple(item.record for item in items if isinstance(item, MedlineEntry)),
        problems=tuple(item for item in items if isinstance(item, MedlineProblem)),
    )


def numbered_lines(body: bytes | str) -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers; LF, CRLF and CR each end one.

    A line that is not UTF-8 is read as Windows-1252.
    """
    raw = body
    if isinstance(raw, str):
        raw = raw.encode("utf-8", "surrogatepass")
    for number, line in enumerate(_LINE_END.split(raw.removeprefix(b"\xef\xbb\xbf")), start=1):
        try:
            yield number, line.decode()
        except UnicodeDecodeError:
            yield number, line.decode("cp1252", "replace")


Values = dict[str, Any]
Finish = Callable[[Values], None]


def read_medline(
    lines: Iterable[tuple[int, str]], *, source: str = "pubmed", finish: Finish = lambda _: None
) -> Iterator[MedlineEntry | MedlineProblem]:
    """Yield the records of numbered lines one by one, each before its problems.

    `source_id` is the PMID, else "line-…" for the line where the record begins. `finish` may change
    the values before the record is made of them.
    """
    for chunk in record_chunks(lines):
        problems: list[MedlineProblem] = []
        fields = fields_in(chunk, problems)
        if fields:
            yield medline_entry(fields, source, chunk[0][0], problems, finish)
        yield from problems


def medline_entry(
    fields: Fields, source: str, line: int, problems: list[MedlineProblem], finish: Finish
) -> MedlineEntry:
    """Return the record that the fields make, which it takes; append what is wrong with them."""
    values = _values(fields, source, line, problems)
    finish(values)
    return MedlineEntry(line, make_record(values))


def _values(fields: Fields, source: str, line: int, problems: list[MedlineProblem]) -> Values:
    """Return the values of a Record's fields; what none of them holds whole is left to `other`."""
    take = fields.pop
    numbers = take("PMID", [])
    pmid = _pmid(numbers, source, line, problems)
    published = _published(fields, line, problems)
    types = tuple(take("PT", ()))
    return {
        "source": source,
        "source_id": pmid or f"line-{line}",
        "title": _title(fields),
        "original_title": take("TT", _NONE)[0],
        "authors": _authors(fields),
        "collective_authors": tuple(take("CN", ())),
        "journal": take("JT", _NONE)[0],
        "journal_abbreviation": take("TA", _NONE)[0],
        "issns": _issns(fields),
        "year": int(published[:4]) if published else None,
        "published": published,
        "published_online": _published_online(fields),
        "created": iso_day(fields.get("CRDT", ("",))[0]),
        "volume": take("VI", _NONE)[0],
        "issue": take("IP", _NONE)[0],
        "pages": take("PG", _NONE)[0],
        "doi": first_doi(fields.get("AID", ())) or first_doi(fields.get("LID", ())),
        "pmid": pmid,
        "pmcid": take("PMC", _NONE)[0],
        "accession": _accession(fields, has_number=bool(numbers)),
        "languages": tuple(dict.fromkeys(map(str.lower, take("LA", ())))),
        "abstract": take("AB", _NONE)[0],
        "headings": tuple(take("MH", ())),
        "keywords": _keywords(fields),
        "types": types,
        "links": _links(fields),
        "relations": _relations(fields, types),
        "other": _other(fields, [] if pmid else numbers),
    }


def _other(fields: Fields, numbers: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the values that are left, and the number that is no PMID."""
    other = {tag: tuple(values) for tag, values in fields.items()}
    if numbers:
        other["PMID"] = tuple(numbers)
    return other


def _keywords(fields: Fields) -> tuple[str, ...]:
    """Return the keywords without the star of those that the work is about most."""
    printed = tuple(fields.get("OT", ()))
    keywords = printed
    if "*" in "".join(printed):
        keywords = tuple(word.removeprefix("*").strip() for word in printed)
    if keywords == printed:
        fields.pop("OT", None)
    return keywords


def _published(fields: Fields, line: int, problems: list[MedlineProblem]) -> str | None:
    if "DP" not in fields:
        return None

    printed = fields["DP"][0]
    published = iso_published(printed)
    if published is None:
        what = f"no year in the date of publication {printed!r}"
        problems.append(MedlineProblem(line=line, what=what))
    if _is_plain_date(printed):
        del fields["DP"]
    return published


def _published_online(fields: Fields) -> str | None:
    published = iso_day(fields.get("DEP", ("",))[0])
    if published:
        del fields["DEP"]
    return published


def _pmid(
    numbers: Sequence[str], source: str, line: int, problems: list[MedlineProblem]
) -> str | None:
    if not numbers:
        if source == "pubmed":
            problems.append(MedlineProblem(line=line, what="a record without a PMID"))
        return None

    printed = numbers[0]
    if not (printed.isascii() and printed.isdecimal()):
        what = f"a PMID is a number, not {printed[:40]!r}"
        problems.append(MedlineProblem(line=line, what=what))
        return None
    return printed


def _issns(fields: Fields) -> tuple[str, ...]:
    return _issns_in(" ".join((*fields.get("IS", ()), *fields.get("ISSN", ()))))


@functools.lru_cache(maxsize=8192)
def _issns_in(printed: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_ISSN.findall(printed)))


def _links(fields: Fields) -> tuple[str, ...]:
    identifiers = (*fields.get("LID", ()), *fields.get("AID", ()))
    if "http" not in "".join(identifiers):
        return ()
    links = (value.removesuffix("[url]").strip() for value in identifiers)
    return tuple(link for link in links if link.startswith("http"))


def _title(fields: Fields) -> str | None:
    """Return the title.

    A book has its title in BTI. A chapter has TI, and the book's BTI stays in `other`.
    "[Not Available]." is PubMed's way of writing that there is none.
    """
    for tag in ("TI", "BTI", "CTI"):
        for title in fields.get(tag, ()):
            if title.strip("[]. ").casefold() != "not available":
                del fields[tag]
                return title
    return None


def _authors(fields: Fields) -> tuple[str, ...]:
    """Return the full names; for an author who has none, the short name in its place."""
    full, short = tuple(fields.pop("FAU", ())), fields.get("AU", ())
    if len(full) >= len(short):
        return full

    remaining = list(full)
    names = []
    for name in short:
        family = name.rsplit(" ", 1)[0].casefold()
        if remaining and remaining[0].split(",")[0].casefold() == family:
            name = remaining.pop(0)  # noqa: PLW2901  the full name instead of the short one
        names.append(name)

    return tuple(names)


def _accession(fields: Fields, *, has_number: bool) -> str | None:
    """Return a book's number in the NCBI Bookshelf, or a record's in a database not PubMed."""
    for value in fields.get("AID", ()):
        if value.endswith("[bookaccession]"):
            return value.removesuffix("[bookaccession]").strip()
    if has_number or "OID" not in fields:
        return None
    return fields["OID"][0]


def _relations(fields: Fields, types: tuple[str, ...]) -> tuple[Relation, ...]:
    if _RELATION_TAGS.isdisjoint(fields):
        return ()

    is_preprint = any(kind.casefold() == "preprint" for kind in types)
    relations = []
    for tag, kind in _RELATIONS.items():
        for printed in fields.get(tag, ()):
            exact = relation_kind(kind, printed, is_preprint=is_preprint)
            relations.append(Relation(kind=exact, target=relation_target(printed)))

    return tuple(dict.fromkeys(relations))


@functools.lru_cache(maxsize=8192)
def _is_plain_date(printed: str) -> bool:
    """Return whether a date is printed such that its ISO form loses nothing."""
    return _PLAIN_DATE.fullmatch(printed) is not None
