"""The report's section on the search audit: readings of the method beside the report. Pure."""

from collections.abc import Iterator
from typing import Any

from reviewkit.model.messages import number, tr
from reviewkit.protocol.model import Protocol
from reviewkit.report.model import Block, Cell, Section, Tone
from reviewkit.report.words import bullets, table
from reviewkit.reproduction.audit import Row, Standing
from reviewkit.reproduction.audit_result import (
    AuditResult,
    at_hand_words,
    audit_limits,
    audit_summary,
    count_words,
    difference_words,
    shown_rows,
    typical_rows,
    works_words,
)

_TONES = {Standing.CONSISTENT: Tone.GOOD, Standing.RULED_OUT: Tone.BAD, Standing.OPEN: Tone.OPEN}


def audit_section(protocol: Protocol, audit: AuditResult | None) -> Section:
    """Return the readings by fit, and what the records at hand say of them; empty without any."""
    title = tr("The search audit: readings of the method")
    if audit is None:
        return Section(id="audit", title=title)
    return Section(id="audit", title=title, blocks=tuple(_blocks(protocol, audit)))


def audit_facts(audit: AuditResult | None) -> dict[str, Any] | None:
    """Return the audit for programs: what was asked, and the readings that are shown."""
    if audit is None:
        return None
    shown = [row for row in audit.rows if row.is_asked] + shown_rows(audit) + _typical(audit)
    return audit.facts(shown)


def _typical(audit: AuditResult) -> list[Row]:
    """The readings to judge by the records at hand, where not all could be asked."""
    return typical_rows(audit) if audit.why_not else []


def _blocks(protocol: Protocol, audit: AuditResult) -> Iterator[Block]:
    yield from bullets(audit_summary(audit))
    head = [tr("Reading"), tr("Count"), tr("Difference"), tr("Included works"), tr("Standing")]
    rows = [_counted(audit, row) for row in shown_rows(audit)]
    yield from table(tr("Readings by fit"), head, rows, 1, 2)
    yield from bullets(audit_limits(audit))
    if not audit.why_not:
        return

    yield from bullets(at_hand_words(audit))
    if audit.at_hand.intervals:
        head = [tr("Reading"), tr("At least"), tr("At most"), tr("Included works it cannot return")]
        judged = [_judged(protocol, audit, row) for row in _typical(audit)]
        yield from table(tr("Readings over the records at hand"), head, judged, 1, 2)


def _counted(audit: AuditResult, row: Row) -> tuple[str | Cell, ...]:
    return (
        audit.label(row),
        count_words(row),
        difference_words(row).replace("-", "−"),
        works_words(audit, row),
        Cell(text=audit.verdict(row), tone=_TONES[row.standing]),
    )


def _judged(protocol: Protocol, audit: AuditResult, row: Row) -> tuple[str, ...]:
    query = row.parts[0].query
    least, most = audit.at_hand.intervals[query]
    lost = [_name(protocol, work) for work in audit.at_hand.cannot.get(query, ())]
    return audit.label(row), number(least), number(most), "; ".join(lost)


def _name(protocol: Protocol, work: str) -> str:
    """The number in the reference list, or else the work's id."""
    works = protocol.reported.works if protocol.reported else ()
    reference = next((one.reference for one in works if one.id == work), None)
    return tr("reference {number}", number=reference) if reference else work
