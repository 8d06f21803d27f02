"""What `audit` prints: readings by fit, why a work is lost, how much of the known is found."""

from typing import TYPE_CHECKING

from reviewkit.cli.console import data, data_json, talk

if TYPE_CHECKING:
    from reviewkit.reproduction.audit import Row
    from reviewkit.reproduction.audit_result import AuditResult
    from reviewkit.workflow.auditing.recall import LostSeed, RecallResult
    from reviewkit.workflow.auditing.why import Why


def show_result(result: "AuditResult") -> None:
    from reviewkit.model.text import plural
    from reviewkit.reproduction.audit_result import (
        at_hand_words,
        audit_limits,
        audit_summary,
        shown_rows,
    )

    for line in audit_summary(result):
        data(line)
    talk(f"{plural(result.requests, 'request')} this time. Earlier answers come from the cache.")

    for row in shown_rows(result):
        _show_row(result, row)
    for line in audit_limits(result):
        data(line)
    if result.why_not:
        for line in at_hand_words(result):
            data(line)
        _show_intervals(result)


def _show_row(result: "AuditResult", row: "Row") -> None:
    from reviewkit.reproduction.audit_result import count_words, difference_words, works_words

    difference = difference_words(row)
    beside = f" ({difference})" if difference else ""
    pieces = [f"{count_words(row):>9}{beside}", works_words(result, row), result.verdict(row)]
    data("  ".join(filter(None, pieces)))
    data(f"           {result.label(row)}")


def _show_intervals(result: "AuditResult") -> None:
    if not result.at_hand.intervals:
        return
    from reviewkit.reproduction.audit_result import typical_rows

    for row in typical_rows(result):
        query = row.parts[0].query
        least, most = result.at_hand.intervals[query]
        data(f"{least:>6} – {most:<6} {result.label(row)}")
        lost = result.at_hand.cannot.get(query, ())
        if lost:
            data(f"                cannot return: {', '.join(lost)}")


def show_why(found: "Why", *, json: bool) -> None:
    if json:
        data_json(found.as_json())
        return
    number = f" (PMID {found.pmid})" if found.pmid else ""
    verdict = {"yes": "returns", "no": "does not return", "unknown": "may or may not return"}
    data(f"The query {verdict[found.answer]} {found.work}{number}.")
    data(f"  query  {found.query}")
    for clause in found.clauses:
        word = {"no": "loses it", "unknown": "not known"}[clause.answer]
        if clause.is_excluded:
            word = f"NOT: {word}"
        cost = "" if clause.cost is None else f"; without it {_records(clause.cost)}"
        data(f"  clause {clause.text}: {word}{cost}")
    data(f"  basis  {found.basis}")


def _records(cost: int) -> str:
    return f"{cost:+,} {'record' if abs(cost) == 1 else 'records'}"


def show_recall(measured: "RecallResult", *, json: bool) -> None:
    if json:
        data_json(measured.as_json())
        return
    recall = measured.recall
    data(f"Query: {measured.query}")
    if recall.share is None or recall.interval is None:
        data("Relative recall: not known; of no work it is known whether the query returns it.")
    else:
        least, most = recall.interval
        data(
            f"Relative recall: {recall.found} of {recall.known} known works, {recall.share:.0%} "
            f"(95 % interval {least:.0%} to {most:.0%}, were they drawn by chance)."
        )
    for name in measured.absent:
        data(f"Not in {measured.source}, so no query returns it: {name}")
    for name in measured.unknown:
        data(f"Not known whether it is returned: {name}")
    for one in measured.lost:
        _show_lost(one)


def _show_lost(one: "LostSeed") -> None:
    number = f" (PMID {one.why.pmid})" if one.why.pmid else ""
    data(f"Lost: {one.why.work}{number}")
    for clause in one.why.clauses:
        data(f"  by {'NOT ' if clause.is_excluded else ''}{clause.text}")
    if one.widening is None:
        data(f"  {one.note}")
        return
    widening = one.widening
    cost = f"{_records(widening.cost)} for the whole query"
    if widening.wider is None:
        data(f"  only leaving that clause out brings it: {cost}")
    else:
        data(f"  brought by {widening.wider}")
        data(f"  ({widening.how}): {cost}")
