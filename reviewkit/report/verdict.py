"""The verdict: in one line, in sentences,
and what a person must know of a review under way. Pure.
"""

from collections import Counter
from collections.abc import Iterator

from reviewkit.model.flow import Flow
from reviewkit.model.messages import recognise, tr, tr_n
from reviewkit.model.records import Answer
from reviewkit.protocol.model import Protocol
from reviewkit.report.model import Cell, Tone
from reviewkit.report.words import count, lower_first, records
from reviewkit.reproduction.flows import NOT_REPEATED
from reviewkit.reproduction.outcomes import Reproduction, SourceOutcome, SourceVerdict
from reviewkit.updates.notices import Standing


def headline(protocol: Protocol, reproduction: Reproduction, rerun: Flow) -> Cell:
    """Return the verdict in one sentence."""
    if not protocol.is_published:
        return _progress(reproduction, rerun)
    if reproduction.reproduced:
        return Cell(
            text=tr(
                "Reproduced: every search was run and gave the reported count, "
                "and every included work was returned."
            ),
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
        yield tr(
            "{list}: {records} in place of searches that could not be run.",
            list=stand_in.label,
            records=records(stand_in.n),
        )
    if reproduction.open_pairs:
        yield tr_n(
            len(reproduction.open_pairs),
            "{n} pair of records may be duplicates and needs manual review.",
            "{n} pairs of records may be duplicates and need manual review.",
        )
    yield from _notice_lines(reproduction)


def searches_run(reproduction: Reproduction) -> int:
    """Return the number of sources whose search was run."""
    return sum(source.run is not None for source in reproduction.sources)


def works_returned(reproduction: Reproduction) -> int:
    """Return the number of included works that the searches return."""
    return sum(work.retrieved is Answer.YES for work in reproduction.works)


def waiting(rerun: Flow) -> int:
    """Return the number of records that need a decision."""
    parts = (
        rerun.awaiting_screening,
        rerun.awaiting_assessment,
        rerun.other_awaiting_screening,
        rerun.other_awaiting_assessment,
    )
    return sum(n or 0 for n in parts)


def _progress(reproduction: Reproduction, rerun: Flow) -> Cell:
    if searches_run(reproduction) == 0 and reproduction.stand_in is None:
        return Cell(text=tr("Not begun: no search has been run."), tone=Tone.OPEN)

    included = rerun.new_reports or 0
    undecided = waiting(rerun)
    if not undecided:
        text = tr_n(
            included,
            "Every record is decided: {n} report included.",
            "Every record is decided: {n} reports included.",
        )
        return Cell(text=text, tone=Tone.GOOD)

    text = tr_n(
        undecided,
        "Under way: {n} record waits; {reports}.",
        "Under way: {n} records wait; {reports}.",
        reports=tr_n(included, "{n} report included so far", "{n} reports included so far"),
    )
    return Cell(text=text, tone=Tone.CLOSE)


def _not_run(sources: int) -> Cell:
    text = tr_n(
        sources,
        "Could not be reproduced: the search was not run.",
        "Could not be reproduced: none of {n} searches was run.",
    )
    return Cell(text=text, tone=Tone.OPEN)


def _partly_reproduced(reproduction: Reproduction) -> Cell:
    verdicts = Counter(source.verdict for source in reproduction.sources)
    counted = ", ".join(_counted(n, verdict) for verdict, n in verdicts.items())
    text = tr_n(
        len(reproduction.sources),
        "Partly reproduced: of {n} search, {counted}.",
        "Partly reproduced: of {n} searches, {counted}.",
        counted=counted,
    )
    if reproduction.works:
        text = f"{_returned(reproduction)} {text}"

    is_any_missed = any(work.retrieved is Answer.NO for work in reproduction.works)
    if verdicts[SourceVerdict.DIFFERS] or is_any_missed:
        return Cell(text=text, tone=Tone.BAD)
    return Cell(text=text, tone=Tone.CLOSE)


def _counted(n: int, words: str) -> str:
    """Return "2 not known"; a language in which the words have a plural puts them first."""
    return tr("{n} {words}", n=n, words=tr(words))


def _returned(reproduction: Reproduction) -> str:
    returned, works = works_returned(reproduction), len(reproduction.works)
    return tr("{returned} of {works} included works returned.", returned=returned, works=works)


def _source_lines(reproduction: Reproduction) -> Iterator[str]:
    unexplained = {item.source: item.unexplained for item in reproduction.differences}
    for source in reproduction.sources:
        yield _source_line(source, unexplained.get(source.source) or 0)


def _source_line(source: SourceOutcome, unexplained: int) -> str:
    match source.verdict:
        case SourceVerdict.NOT_RUN | SourceVerdict.NOT_YET:
            why = recognise(source.why_not or "")
            return f"{source.name}: {tr(source.verdict)} ({why})."
        case SourceVerdict.NOT_COMPARABLE:
            return tr(
                "{source}: {records}; the review does not report how many it found there.",
                source=source.name,
                records=records(source.rerun),
            )
        case verdict:
            rest = ""
            if unexplained:
                text = tr_n(unexplained, "{n} record unexplained", "{n} records unexplained")
                rest = f"; {text}"
            return tr(
                "{source}: {verdict}, {reported} reported, {rerun} in the rerun{rest}.",
                source=source.name,
                verdict=tr(verdict),
                reported=count(source.reported),
                rerun=count(source.rerun),
                rest=rest,
            )


def _stand_in_lines(reproduction: Reproduction) -> Iterator[str]:
    stand_in = reproduction.stand_in
    if stand_in:
        yield tr(
            "In their place: {n} {list}; "
            "the rerun flow starts from these and does not show what the searches would return.",
            n=count(stand_in.n),
            list=lower_first(stand_in.label),
        )


def _work_lines(reproduction: Reproduction) -> Iterator[str]:
    total = len(reproduction.works)
    if not total:
        yield tr("The protocol lists none of the included works.")
        return
    if searches_run(reproduction) == 0:
        yield from _unsearched_work_lines(reproduction)
        return

    returned = works_returned(reproduction)
    yield tr(
        "{returned} of {total} included works returned by the searches that were run.",
        returned=returned,
        total=total,
    )
    if returned < total:
        yield tr_n(
            total - returned,
            "The other one is taken from the list that the review publishes; "
            "no search returned it.",
            "The other {n} are taken from the list that the review publishes; "
            "no search returned them.",
        )


def _unsearched_work_lines(reproduction: Reproduction) -> Iterator[str]:
    total = len(reproduction.works)
    yield tr_n(
        total,
        "Whether a search returns the included work is not known.",
        "Whether a search returns the {n} included works is not known.",
    )
    if reproduction.stand_in:
        yield tr(
            "{listed} of {total} are in the list compiled by hand; "
            "that says nothing about the searches.",
            listed=sum(work.found for work in reproduction.works),
            total=total,
        )


def _selection_lines(reproduction: Reproduction) -> Iterator[str]:
    if any(box.silence == NOT_REPEATED for box in reproduction.boxes):
        yield tr("The selection is not repeated: nobody has screened the records of this rerun.")


def _notice_lines(reproduction: Reproduction) -> Iterator[str]:
    standings = Counter(work.notices.standing for work in reproduction.works)
    counted = [
        _counted(standings[standing], standing) for standing in Standing if standings[standing]
    ]
    if counted:
        yield tr(
            "Retractions and errata of the included works: {counted}.", counted=", ".join(counted)
        )


def _flow_lines(protocol: Protocol, reproduction: Reproduction) -> Iterator[str]:
    included = next((box.reported for box in reproduction.boxes if box.key == "new_studies"), None)
    if protocol.reported and included is not None:
        identified = protocol.reported.flow.database_results
        yield tr(
            "Reported flow: {identified} → {included}.",
            identified=count(identified),
            included=count(included),
        )
