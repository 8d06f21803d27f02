"""PubMed's summary text to records: one numbered citation each, "1: Alpha A. Title. Gut. 2020 …".

A citation without its journal and date in PubMed's order is refused, and named.
"""

import re
from collections.abc import Iterable, Iterator

from reviewkit.importers.lines import Line
from reviewkit.importers.mapping import Field, FieldMap
from reviewkit.importers.parsed_file import ParsedItem, ParsedItems, Problem, ProblemKind
from reviewkit.importers.record_builder import build_record

_FIELDS = FieldMap(
    name="pubmed-summary",
    tags={
        Field.PMID: ("PMID",), Field.PMCID: ("PMCID",),
        Field.DOI: ("doi",), Field.AUTHORS: ("authors",), Field.TITLE: ("title",),
        Field.JOURNAL: ("journal",), Field.PUBLISHED: ("date",), Field.VOLUME: ("volume",),
        Field.ISSUE: ("issue",), Field.PAGES: ("pages",),
    },
    splits={"authors": lambda value: value.split(",")},
)  # fmt: skip
_BROKEN = re.compile(r"(?<=\w)(-) (?=\w)")
_START = re.compile(r"(\d{1,7}): (?=\S)")
_PMID = re.compile(r"\bPMID: (\d{1,8})")
_PMCID = re.compile(r"\bPMCID: (PMC\d+)")
_DOI = re.compile(r"\bdoi: (10\.\S+?)\.?(?= |$)")
_DATE = (
    r"(?:19|20)\d\d(?: [A-Z][a-z]{2}(?:[-/][A-Z][a-z]{2})?(?: \d{1,2})?"
    r"| Spring| Summer| Fall| Autumn| Winter)?"
)
_PLACE = re.compile(
    rf"[.?!] ([^.?!]{{2,120}})\. ({_DATE})(?:;([^:(.;]{{0,20}})(?:\(([^)]{{1,30}})\))?)?"
    r"(?::([^;]{1,40}?))?\.(?= |$)"
)


def parse_pubmed_summary(lines: Iterable[Line], *, source: str) -> ParsedItems:
    """Yield every citation and every problem of a summary text, in file order."""
    start, parts = 0, list[str]()
    for number, line in lines:
        match = _START.match(line)
        if match:
            yield from _read(_joined(parts), source, start)
            start, parts = number, [line[match.end() :].strip()]
        elif line.strip():
            parts.append(line.strip())

    yield from _read(_joined(parts), source, start)


def _joined(parts: list[str]) -> str:
    """Return the lines as one text: PubMed also breaks them after a hyphen."""
    return _BROKEN.sub(r"\1", " ".join(parts))


def _place_in(text: str) -> re.Match[str] | None:
    """Return where journal and date are: the first place before which there are names and a title.

    Where there is none such, the first of all: a work may name no author.
    """
    first = place = _PLACE.search(text)
    while place is not None and (". " not in text[: place.start()] or " in: " in place[1]):
        place = _PLACE.search(text, place.end() - 1)
    return place or first


def _read(text: str, source: str, line: int) -> Iterator[ParsedItem]:
    if not text:
        return
    place = _place_in(text)
    if place is None:
        what = f"no journal and date in the citation {text[:60]!r}"
        yield Problem(kind=ProblemKind.REFUSED, line=line, what=what)
        return

    people, _, title = text[: place.start() + 1].partition(". ")
    if not title:
        people, title = "", people
    raw = {"authors": [people], "title": [title], "journal": [place[1]], "date": [place[2]]}
    raw |= {
        name: [place[group]]
        for name, group in (("volume", 3), ("issue", 4), ("pages", 5))
        if place[group]
    }
    for name, pattern in (("PMID", _PMID), ("PMCID", _PMCID), ("doi", _DOI)):
        found = pattern.search(text, place.end() - 1)
        if found:
            raw[name] = [found[1]]
    raw["citation"] = [text]
    yield from build_record(raw, _FIELDS, source=source, line=line)
