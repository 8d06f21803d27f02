"""The fields of a MEDLINE record by tag. Pure.

Bio.Medline reads the fields of lines. Continued lines are joined before it sees them, because it
splits the values of lists.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from Bio import Medline

Fields = dict[str, list[str]]

_FIELD = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,3}-(?: +(.*))?$", re.DOTALL)
# The tag in `other` for lines that are neither a field nor the continuation of one.
UNREAD = "unread"
# Fields with one value; of several lines it is all of them.
_ONE_VALUE_TAGS = (
    "AB CY DA DCOM DEP DP EA EDAT ID IP IS JC JID JT LID LR MHDA NI OWN PG PL PMC PMID PST PUBM RF "
    "SB SO STAT TA TI TT VI YR"
)
_ONE_VALUE = frozenset(_ONE_VALUE_TAGS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class MedlineProblem:
    """What was wrong, and its line or the line where the record begins (from 1)."""

    line: int
    what: str


def record_chunks(lines: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Yield the lines of one record at a time.

    A record ends at an empty line, or where the next one's PMID is. An empty line before the
    continuation of a field ends nothing.
    """
    chunk: list[tuple[int, str]] = []
    has_pmid = False
    gap = False

    for number, line in lines:
        if not line.strip() and len(line) < 6:
            gap = True
            continue

        is_pmid = line.startswith("PMID") and _FIELD.match(line) is not None
        if chunk and _begins_record(line, is_pmid=is_pmid, has_pmid=has_pmid, gap=gap):
            yield chunk
            chunk = []
            has_pmid = False
        chunk.append((number, line))
        has_pmid = has_pmid or is_pmid
        gap = False

    if chunk:
        yield chunk


def _begins_record(line: str, *, is_pmid: bool, has_pmid: bool, gap: bool) -> bool:
    """Return whether a line begins a further record: after a gap, or after a PMID."""
    if gap:
        return is_pmid or not line[:1].isspace()
    return is_pmid and has_pmid


def fields_in(chunk: list[tuple[int, str]], problems: list[MedlineProblem]) -> Fields:
    """Return the values of a record's lines by tag; empty where no line is a field."""
    joined, unread = _joined_lines(chunk, problems)
    if not joined:
        return {}

    lines = [f"{tag:<4}- {value}" for tag, value in joined]
    parsed = Medline.parse(lines)  # type: ignore[no-untyped-call]  # biopython ships no types
    read: dict[str, str | list[str]] = next(parsed, {})
    fields: Fields = {}

    for tag, value in read.items():
        texts = list(filter(None, map(str.strip, _listed(value))))
        if texts:
            fields[tag] = texts

    if unread:
        fields[UNREAD] = unread
    return fields


def _listed(value: str | list[str]) -> list[str]:
    if isinstance(value, str):
        return [value]
    return value


class _Tags(dict[str, str | None]):
    """The tag in the first six characters of a line; "" where the line continues a field.

    None where it does neither.
    """

    def __missing__(self, start: str) -> str | None:
        match = _START.fullmatch(start)
        if match is None:
            return None

        tag = match[1].rstrip()
        if len(self) < _MOST_TAGS:
            self[start] = tag
        return tag


_START = re.compile(r"([A-Z][A-Z0-9](?: {2}|[A-Z0-9][A-Z0-9 ]))- ")
_MOST_TAGS = 4096  # a file of any tags must not fill the memory
_TAGS = _Tags({"      ": ""})
_AFTER = "PMID- 0"  # a line that ends the field before it


def fields_of(lines: Sequence[str]) -> Fields | None:
    """Return the values by tag of one record's lines, in their order, as Bio.Medline does.

    For texts that need none of its care, in two thirds of its time. None where a line neither
    begins nor continues a field, or has no text, and where not one PMID comes first.
    """
    fields: Fields = {}
    several: list[str] = []
    last = value = ""
    for line in (*lines, _AFTER):
        tag, text = _TAGS[line[:6]], line[6:].strip()
        if tag is None or not text:
            return None
        if not tag:
            value += " " + text
            continue

        if last in fields:
            fields[last].append(value)
            several.append(last)
        else:
            fields[last] = [value]
        last, value = tag, text

    if fields.pop("") != [""] or next(iter(fields), "") != "PMID" or "PMID" in several:
        return None
    for tag in _ONE_VALUE.intersection(several):
        fields[tag] = [" ".join(fields[tag])]
    return fields


def _joined_lines(
    chunk: list[tuple[int, str]], problems: list[MedlineProblem]
) -> tuple[list[tuple[str, str]], list[str]]:
    """Return tag and value of each field, continuations joined, and the lines that are no field."""
    joined: list[tuple[str, str]] = []
    unread: list[str] = []
    is_field = False
    for number, line in chunk:
        field = _FIELD.match(line)
        if field:
            joined.append((field[1], (field[2] or "").strip()))
            is_field = True
        elif line[:1].isspace() and is_field:
            tag, value = joined[-1]
            joined[-1] = tag, value + _continuation(value, line.strip())
        elif line[:1].isspace() and unread:
            unread[-1] = f"{unread[-1]} {line.strip()}".strip()
        else:
            unread.append(line.strip())
            is_field = False
            what = "neither a field nor the continuation of one"
            problems.append(MedlineProblem(line=number, what=what))

    return joined, unread


def _continuation(before: str, text: str) -> str:
    """Return what a continued line adds to the field.

    Six blanks and nothing else begin a new paragraph (biopython issue 4557).
    """
    if text and before[-1:] != "\n":
        return f" {text}"
    return text or "\n"
