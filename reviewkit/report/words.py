"""Small words of the report: counts, differences, cells, lists. Pure."""

import unicodedata
from collections.abc import Iterable, Sequence

from reviewkit.model.flow import Count
from reviewkit.prisma.diagram.listing import address_of
from reviewkit.report.model import Block, Bullets, Cell, DataTable, Section, Tone, WebLink
from reviewkit.reproduction.outcomes import SourceVerdict

NOT_REPORTED = "not reported"
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
TONES = {
    SourceVerdict.EXACT: Tone.GOOD,
    SourceVerdict.WITHIN_TEN_PERCENT: Tone.CLOSE,
    SourceVerdict.DIFFERS: Tone.BAD,
    SourceVerdict.NOT_RUN: Tone.OPEN,
    SourceVerdict.NOT_YET: Tone.OPEN,
    SourceVerdict.NOT_COMPARABLE: Tone.OPEN,
}


def number(n: int) -> str:
    return f"{n:,}"


def count(n: Count, silent: str = NOT_REPORTED) -> str:
    return silent if n is None else number(n)


def difference(reported: Count, rerun: Count) -> str:
    """ "+1 (+5.9 %)"; empty where one of the two is not known."""
    if reported is None or rerun is None:
        return ""
    by = rerun - reported
    if by == 0:
        return "0"
    share = f" ({by / reported * 100:+.1f} %)" if reported else ""
    return f"{by:+,}{share}".replace("-", "−")


def cells(*texts: str | Cell) -> tuple[Cell, ...]:
    return tuple(text if isinstance(text, Cell) else Cell(text=text) for text in texts)


def table(
    name: str, head: Sequence[str], rows: Iterable[Sequence[str | Cell]], *numbers: int
) -> tuple[Block, ...]:
    """A table as the blocks of a section: none where it has no rows."""
    body = tuple(cells(*row) for row in rows)
    return (
        (DataTable(name=name, head=tuple(head), rows=body, numbers=frozenset(numbers)),)
        if body
        else ()
    )


def bullets(items: Iterable[str]) -> tuple[Block, ...]:
    found = tuple(items)
    return (Bullets(items=found),) if found else ()


def sections(*found: Section) -> tuple[Section, ...]:
    """The sections that have something in them."""
    return tuple(section for section in found if section.blocks or section.parts)


def verbatim(text: str) -> str:
    """The text letter by letter, spaces and line breaks kept; control and format characters are shown as "\ufffd"."""
    shown = (
        c if c == "\n" or unicodedata.category(c) not in _UNSEEN else "\ufffd"
        for c in text.replace("\t", "    ")
    )
    return "".join(shown)


def identifiers(doi: str | None, pmid: str | None) -> tuple[WebLink, ...]:
    """Links to a work's DOI and PubMed record, where it has them and they are well formed."""
    told = (("DOI", doi), ("PMID", pmid))
    return tuple(
        WebLink(text=f"{name} {value}", href=href)
        for name, value in told
        if value and (href := address_of(name, value))
    )
