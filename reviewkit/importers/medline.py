"""MEDLINE text, as PubMed serves and exports it (.nbib, EFetch rettype=medline), to records. Pure and total.

Bio.Medline reads the fields. Continued lines are joined before it sees them, because it splits the values of lists.
A field without a name in Record stands in `other` under its tag, and so does one whose value lost something on the way.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from Bio import Medline

from reviewkit.importers.medline_values import first_doi, iso_day, iso_published, relation_target
from reviewkit.model.records import Record, Relation, RelationKind

Fields = Mapping[str, tuple[str, ...]]

_FIELD = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,3}-(?: +(.*))?$", re.DOTALL)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_ISSN = re.compile(r"(?<![\w-])\d{4}-\d{3}[\dXx](?![\w-])")
_UNREAD = (
    "unread"  # the tag in `other` for lines that are neither a field nor the continuation of one
)

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
_PREPRINT_SERVERS = re.compile(
    r"(?i)(?:res(?:earch)? sq|\w*rxiv|ssrn|preprints|authorea|f1000res|osf)\b"
)
# What a field becomes whole; nothing of these is repeated in `other`.
_WHOLE = {"PMID", "TT", "FAU", "CN", "JT", "TA", "VI", "IP", "PG", "PMC", "LA", "AB", "MH", "PT"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MedlineProblem:
    """What was not as it should be, and the line on which it stands or the record begins (from 1)."""

    line: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MedlineEntry:
    """A record and the line on which it begins (from 1)."""

    line: int
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class MedlineText:
    """A whole text as read."""

    records: tuple[Record, ...]
    problems: tuple[MedlineProblem, ...]


def parse_medline(body: bytes | str, *, source: str = "pubmed") -> MedlineText:
    """Every record of the text, in its order, and every problem. Raises nothing."""
    items = list(read_medline(numbered_lines(body), source=source))
    return MedlineText(
        records=tuple(item.record for item in items if isinstance(item, MedlineEntry)),
        problems=tuple(item for item in items if isinstance(item, MedlineProblem)),
    )


def numbered_lines(body: bytes | str) -> Iterator[tuple[int, str]]:
    """The lines with their numbers; LF, CRLF and CR end one. A line that is not UTF-8 is read as Windows-1252."""
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    for number, line in enumerate(_LINE_END.split(raw.removeprefix(b"\xef\xbb\xbf")), start=1):
        try:
            yield number, line.decode()
        except UnicodeDecodeError:
            yield number, line.decode("cp1252", "replace")


def read_medline(
    lines: Iterable[tuple[int, str]], *, source: str = "pubmed"
) -> Iterator[MedlineEntry | MedlineProblem]:
    """The records of numbered lines, one by one; a problem of a record comes right after it.

    `source_id` is the PMID, else "line-…" for the line where the record begins.
    """
    for chunk in _chunks(lines):
        problems: list[MedlineProblem] = []
        fields = _fields(chunk, problems)
        if fields:
            yield MedlineEntry(
                line=chunk[0][0], record=_record(fields, source, chunk[0][0], problems)
            )
        yield from problems


def _chunks(lines: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """The lines of one record at a time. A record ends at an empty line, or where the next one's PMID stands.

    An empty line before the continuation of a field ends nothing.
    """
    chunk: list[tuple[int, str]] = []
    gap = False
    for number, line in lines:
        if not line.strip() and len(line) < 6:
            gap = True
            continue
        tag = line[:4].rstrip() if _FIELD.match(line) else ""
        starts = (gap and not line[:1].isspace()) or tag == "PMID"
        if chunk and starts and (gap or any(_tag(told) == "PMID" for _, told in chunk)):
            yield chunk
            chunk = []
        chunk.append((number, line))
        gap = False
    if chunk:
        yield chunk


def _tag(line: str) -> str:
    found = _FIELD.match(line)
    return found[1] if found else ""


def _fields(chunk: list[tuple[int, str]], problems: list[MedlineProblem]) -> Fields:
    whole: list[str] = []
    unread: list[str] = []
    for number, line in chunk:
        if found := _FIELD.match(line):
            whole.append(f"{found[1]:<4}- {(found[2] or '').strip()}")
        elif line[:1].isspace() and whole:
            # Six blanks and nothing else: the text goes on in a new paragraph (biopython issue 4557).
            whole[-1] += (
                f" {line.strip()}"
                if line.strip() and whole[-1][-1:] != "\n"
                else line.strip() or "\n"
            )
        else:
            unread.append(line.strip())
            problems.append(
                MedlineProblem(line=number, what="neither a field nor the continuation of one")
            )
    parsed = Medline.parse(whole)  # type: ignore[no-untyped-call]  # biopython ships no types
    read: dict[str, str | list[str]] = next(parsed, {})
    fields = {
        tag: tuple(
            text for value in ([told] if isinstance(told, str) else told) if (text := value.strip())
        )
        for tag, told in read.items()
    }
    if unread:
        fields[_UNREAD] = tuple(unread)
    return {tag: values for tag, values in fields.items() if values} if whole else {}


def _record(fields: Fields, source: str, line: int, problems: list[MedlineProblem]) -> Record:
    def first(tag: str) -> str | None:
        return next(iter(fields.get(tag, ())), None)

    pmid = first("PMID")
    if pmid is not None and not pmid.isdecimal():
        problems.append(MedlineProblem(line=line, what=f"a PMID is a number, not {pmid[:40]!r}"))
        pmid = None
    elif pmid is None and source == "pubmed":
        problems.append(MedlineProblem(line=line, what="a record without a PMID"))
    title, title_tag = _title(fields)
    published = iso_published(first("DP") or "")
    if published is None and first("DP"):
        problems.append(
            MedlineProblem(line=line, what=f"no year in the date of publication {first('DP')!r}")
        )
    online = iso_day(first("DEP") or "")
    whole = _WHOLE | {title_tag}
    whole |= {"DP"} if published and _says_all(first("DP") or "") else set()
    whole |= {"DEP"} if online else set()
    whole |= {"OT"} if not any(word.startswith("*") for word in fields.get("OT", ())) else set()
    whole -= {"PMID"} if pmid is None else set()
    return Record(
        source=source,
        source_id=pmid or f"line-{line}",
        title=title,
        original_title=first("TT"),
        authors=_authors(fields),
        collective_authors=fields.get("CN", ()),
        journal=first("JT"),
        journal_abbreviation=first("TA"),
        issns=tuple(
            dict.fromkeys(_ISSN.findall(" ".join(fields.get("IS", ()) + fields.get("ISSN", ()))))
        ),
        year=int(published[:4]) if published else None,
        published=published,
        published_online=online,
        created=iso_day(first("CRDT") or ""),
        volume=first("VI"),
        issue=first("IP"),
        pages=first("PG"),
        doi=first_doi(fields.get("AID", ())) or first_doi(fields.get("LID", ())),
        pmid=pmid,
        pmcid=first("PMC"),
        accession=_accession(fields),
        languages=tuple(dict.fromkeys(code.lower() for code in fields.get("LA", ()))),
        abstract=first("AB"),
        headings=fields.get("MH", ()),
        keywords=tuple(word.removeprefix("*").strip() for word in fields.get("OT", ())),
        types=fields.get("PT", ()),
        links=tuple(
            value
            for tag in ("LID", "AID")
            for value in fields.get(tag, ())
            if value.startswith("http")
        ),
        relations=_relations(fields),
        other={tag: values for tag, values in fields.items() if tag not in whole},
    )


def _title(fields: Fields) -> tuple[str | None, str]:
    """The title and its tag. A book has its title in BTI; a chapter has TI, and the book's BTI stays in `other`.

    "[Not Available]." is PubMed's way of writing that there is none.
    """
    for tag in ("TI", "BTI", "CTI"):
        for title in fields.get(tag, ()):
            if title.strip("[]. ").casefold() != "not available":
                return title, tag
    return None, ""


def _authors(fields: Fields) -> tuple[str, ...]:
    """The full names; the short name of an author who has no full one, in place."""
    full, short = fields.get("FAU", ()), fields.get("AU", ())
    if len(full) >= len(short):
        return full
    left = list(full)
    names = []
    for name in short:
        family = name.rsplit(" ", 1)[0].casefold()
        same = left and left[0].split(",")[0].casefold() == family
        names.append(left.pop(0) if same else name)
    return tuple(names)


def _accession(fields: Fields) -> str | None:
    """The number of a book in the NCBI Bookshelf, or of a record in a database other than PubMed."""
    for value in fields.get("AID", ()):
        if value.endswith("[bookaccession]"):
            return value.removesuffix("[bookaccession]").strip()
    return next(iter(fields.get("OID", ())), None) if "PMID" not in fields else None


def _relations(fields: Fields) -> tuple[Relation, ...]:
    is_preprint = any(kind.casefold() == "preprint" for kind in fields.get("PT", ()))
    relations = []
    for tag, plain in _RELATIONS.items():
        for printed in fields.get(tag, ()):
            kind = plain
            if kind is RelationKind.HAS_UPDATE and is_preprint:
                kind = RelationKind.PREPRINT_OF
            elif (
                kind is RelationKind.UPDATE_OF
                and not is_preprint
                and _PREPRINT_SERVERS.match(printed)
            ):
                kind = RelationKind.HAS_PREPRINT
            relations.append(Relation(kind=kind, target=relation_target(printed)))
    return tuple(dict.fromkeys(relations))


def _says_all(printed: str) -> bool:
    return re.fullmatch(r"\d{4}(?: [A-Z][a-z]{2}(?: \d{1,2})?)?", printed) is not None
