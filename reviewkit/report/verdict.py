"""The verdict: in one line, in sentences,
and what a person must know of a review under way. Pure.
"""

from collections import Counter
from collections.abc import Iterator

from reviewkit.model.flow import Flow
from reviewkit.model.records import Answer
from reviewkit.model.text import plural
from reviewkit.protocol.model import Protocol
from reviewkit.report.model import Cell, Tone
from reviewkit.report.words import count, lower_first
from reviewkit.reproduction.flows import NOT_REPEATED
from reviewkit.reproduction.outcomes import Reproduction, SourceOutcome, SourceVerdict
from reviewkit.updates.notices import Standing


def headline(protocol: Protocol, reproduction: Reproduction, rerun: Flow) -> Cell:
    """Return the verdict in one sentence."""
    if not protocol.is_published:
        return _progress(reproduction, rerun)
    if reproduction.reproduced:
        return Cell(
            text="Reproduced: every search was run and gave the reported count, "
            "and every included work was returned.",
            tone=Tone.GOOD,
        )
    if searches_run(reproduction) == 0:
        return _not_run(len(reproduction.sources))
    return _partly_reproduced(reproduction)


def verdict_lines(protocol: Protocol, reproduction: Reproduction) -> list[str]:
    """Return the verdict in sentences, most important first; the terminal prints the same ones."""
    lines = [
        *_source_lines(reproduction),
        *_stand_in_lines(reproduction),
        *_work_lines(reproduction),
        *_selection_lines(reproduction),
        *_notice_lines(reproduction),
        *_flow_lines(protocol, reproduction),
    ]
    return [line if line.endswith(".") else line + "." for line in lines]


def review_lines(reproduction: Reproduction) -> Iterator[str]:
    """Yield what a person must know of a review under way besides its counts."""
    stand_in = reproduction.stand_in
    if stand_in:
        yield (
            f"{stand_in.label}: {count(stand_in.n)} records "
            "stand in for searches that could not be run."
        )
    if reproduction.open_pairs:
        pairs = plural(len(reproduction.open_pairs), "pair")
        yield f"{pairs} of records may be duplicates and need manual review."
    yield from _notice_lines(reproduction)


def searches_run(reproduction: Reproduction) -> int:
    """Return the number of sources whose search was run."""
    return sum(source.run is not None for source in reproduction.sources)


def works_returned(reproduction: Reproduction) -> int:
    """Return the number of included works that the searches return."""
    return sum(work.retrieved is Answer.YES for work in reproduction.works)


def waiting(rerun: Flow) -> int:
    """Return the number of records that need a decision."""
    parts = (rerun.awaiting_screening, rerun.awaiting_assessment, rerun.other_awaiting_assessment)
    return sum(n or 0 for n in parts)


def _progress(reproduction: Reproduction, rerun: Flow) -> Cell:
    if searches_run(reproduction) == 0 and reproduction.stand_in is None:
        return Cell(text="Not begun: no search has been run.", tone=Tone.OPEN)

    reports = plural(rerun.new_reports or 0, "report")
    undecided = waiting(rerun)
    if undecided:
        records = plural(undecided, "record")
        text = f"Under way: {records} wait; {reports} included so far."
        return Cell(text=text, tone=Tone.CLOSE)
    return Cell(text=f"Every record is decided: {reports} included.", tone=Tone.GOOD)


def _not_run(sources: int) -> Cell:
    reason = f"none of {sources} searches was run"
    if sources == 1:
        reason = "the search was not run"
    return Cell(text=f"Could not be reproduced: {reason}.", tone=Tone.OPEN)


def _partly_reproduced(reproduction: Reproduction) -> Cell:
    verdicts = Counter(source.verdict for source in reproduction.sources)
    searches = plural(len(reproduction.sources), "search", "searches")
    counted = ", ".join(f"{n} {verdict}" for verdict, n in verdicts.items())
    text = f"Partly reproduced: of {searches}, {counted}."
    if reproduction.works:
        share = f"{works_returned(reproduction)} of {len(reproduction.works)}"
        text = f"{share} included works returned. {text}"

    is_any_missed = any(work.retrieved is Answer.NO for work in reproduction.works)
    if verdicts[SourceVerdict.DIFFERS] or is_any_missed:
        return Cell(text=text, tone=Tone.BAD)
    return Cell(text=text, tone=Tone.CLOSE)


def _source_lines(reproduction: Reproduction) -> Iterator[str]:
    unexplained = {item.source: item.unexplained for item in reproduction.differences}
    for source in reproduction.sources:
        yield _source_line(source, unexplained.get(source.source) or 0)


def _source_line(source: SourceOutcome, unexplained: int) -> str:
    match source.verdict:
        case SourceVerdict.NOT_RUN | SourceVerdict.NOT_YET:
            return f"{source.name}: {source.verdict} ({source.why_not})."
        case SourceVerdict.NOT_COMPARABLE:
            return (
                f"{source.name}: {count(source.rerun)} records; "
                "the review does not report how many it found there."
            )
        case verdict:
            rest = f"; {plural(unexplained, 'record')} unexplained" if unexplained else ""
            return (
                f"{source.name}: {verdict}, {count(source.reported)} reported, "
                f"{count(source.rerun)} in the rerun{rest}."
            )


def _stand_in_lines(reproduction: Reproduction) -> Iterator[str]:
    stand_in = reproduction.stand_in
    if stand_in:
        yield (
            f"In their place: {stand_in.n} {lower_first(stand_in.label)}; "
            "the rerun flow starts from these and does not show what the searches would return."
        )


def _work_lines(reproduction: Reproduction) -> Iterator[str]:
    total = len(reproduction.works)
    if searches_run(reproduction) == 0:
        yield from _unsearched_work_lines(reproduction)
        return

    returned = works_returned(reproduction)
    yield f"{returned} of {total} included works returned by the searches that were run."
    if returned < total:
        yield (
            f"The other {total - returned} are taken from the list that the review publishes; "
            "no search returned them."
        )


def _unsearched_work_lines(reproduction: Reproduction) -> Iterator[str]:
    total = len(reproduction.works)
    yield f"Whether a search returns the {total} included works is not known."
    if reproduction.stand_in:
        listed = sum(work.found for work in reproduction.works)
        yield (
            f"{listed} of {total} are in the list compiled by hand; "
            "that says nothing about the searches."
        )


def _selection_lines(reproduction: Reproduction) -> Iterator[str]:
    if any(box.silence == NOT_REPEATED for box in reproduction.boxes):
        yield "The selection is not repeated: nobody has screened the records of this rerun."


def _notice_lines(reproduction: Reproduction) -> Iterator[str]:
    standings = Counter(work.notices.standing for work in reproduction.works)
    counted = [f"{standings[standing]} {standing}" for standing in Standing if standings[standing]]
    if counted:
        yield f"Retractions and errata of the included works: {', '.join(counted)}."


def _flow_lines(protocol: Protocol, reproduction: Reproduction) -> Iterator[str]:
    included = next((box.reported for box in reproduction.boxes if box.key == "new_studies"), None)
    if protocol.reported and included is not None:
        identified = protocol.reported.flow.database_results
        yield f"Reported flow: {count(identified)} → {count(included)}."
