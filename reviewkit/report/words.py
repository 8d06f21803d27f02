"""Counts, differences, cells, tables and lists as the report shows them. Pure."""

import unicodedata
from collections.abc import Iterable, Sequence

from reviewkit.model.flow import Count
from reviewkit.model.messages import decimal, mark, number, tr, tr_n
from reviewkit.prisma.diagram.listing import address_of
from reviewkit.report.model import Block, Bullets, Cell, DataTable, Section, Tone, WebLink
from reviewkit.reproduction.outcomes import SourceVerdict

NOT_REPORTED = mark("not reported")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
TONES = {
    SourceVerdict.EXACT: Tone.GOOD,
    SourceVerdict.WITHIN_TEN_PERCENT: Tone.CLOSE,
    SourceVerdict.DIFFERS: Tone.BAD,
    SourceVerdict.NOT_RUN: Tone.OPEN,
    SourceVerdict.NOT_YET: Tone.OPEN,
    SourceVerdict.NOT_COMPARABLE: Tone.OPEN,
}


def count(n: Count, missing: str = NOT_REPORTED) -> str:
    """Return the count, or the words (a marked sentence) for one that is missing."""
    if n is None:
        return tr(missing)
    return number(n)


def records(n: Count, missing: str = NOT_REPORTED) -> str:
    """Return "1 record" or "3 records", or the words (a marked sentence) for a missing count."""
    if n is None:
        return tr(missing)
    return tr_n(n, "{n} record", "{n} records")


def difference(reported: Count, rerun: Count) -> str:
    """Return "+1 (+5.9 %)"; nothing where one of the two is not known."""
    if reported is None or rerun is None:
        return ""

    change = rerun - reported
    if change == 0:
        return "0"

    share = f" ({decimal(change / reported * 100, '+.1f')} %)" if reported else ""

    return f"{'+' if change > 0 else ''}{number(change)}{share}".replace("-", "−")


def clause(pattern: str, value: object) -> str:
    """Return a marked sentence with its {value} filled, or nothing where the value is empty."""
    if not value:
        return ""
    return tr(pattern, value=value)


def lower_first(text: str) -> str:
    """Return the text with a small first letter, for the middle of a sentence."""
    return text[:1].lower() + text[1:]


def cells(*texts: str | Cell) -> tuple[Cell, ...]:
    """Return a row: each plain text as a cell."""
    return tuple(text if isinstance(text, Cell) else Cell(text=text) for text in texts)


def table(
    name: str, head: Sequence[str], rows: Iterable[Sequence[str | Cell]], *numbers: int
) -> tuple[Block, ...]:
    """Return a table as the blocks of a section: none where it has no rows.

    `numbers` are the columns of figures, from 0.
    """
    body = tuple(cells(*row) for row in rows)
    if not body:
        return ()
    return (DataTable(name=name, head=tuple(head), rows=body, numbers=frozenset(numbers)),)


def bullets(items: Iterable[str]) -> tuple[Block, ...]:
    """Return a list as the blocks of a section: none where it has no items."""
    texts = tuple(items)
    if not texts:
        return ()
    return (Bullets(items=texts),)


def sections_with_content(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Return the sections that have blocks or parts."""
    return tuple(section for section in sections if section.blocks or section.parts)


def verbatim(text: str) -> str:
    """Return the text letter by letter, spaces and line breaks kept.

    Control and format characters are shown as "\ufffd".
    """
    return "".join(_visible(character) for character in text.replace("\t", "    "))


def _visible(character: str) -> str:
    if character != "\n" and unicodedata.category(character) in _INVISIBLE:
        return "\ufffd"
    return character


def identifiers(doi: str | None, pmid: str | None) -> tuple[WebLink, ...]:
    """Return links to a work's DOI and PubMed record,
    where it has them and they are well formed.
    """
    links = []
    for name, value in (("DOI", doi), ("PMID", pmid)):
        address = address_of(name, value or "")
        if address:
            links.append(WebLink(text=f"{name} {value}", href=address))

    return tuple(links)
