"""A record in view, line by line, without colour, boxes or cursor."""

from collections.abc import Iterator

from reviewkit.cli.plain_session import criterion_line, link_line
from reviewkit.model.messages import mark, tr
from reviewkit.model.records import STAGE_WORDS, Decision, Record
from reviewkit.model.text import duration
from reviewkit.screening.models import OtherDecision, RecordView, ScreeningProgress, TermKind
from reviewkit.screening.registrations import registration_facts

_TERM_WORDS = {
    TermKind.INCLUDE: mark("for inclusion"),
    TermKind.EXCLUDE: mark("for exclusion"),
    TermKind.OWN: mark("your own"),
}


def record_lines(view: RecordView) -> Iterator[str]:
    """The record with everything that may be shown of it."""
    pilot = ""
    if view.pilot:
        pilot = tr(" (pilot: all reviewers screen it)")
    yield tr("Record {key}{pilot}", key=view.record.key, pilot=pilot)
    yield from _bibliographic_lines(view.record)
    yield from _term_lines(view)
    yield from map(criterion_line, view.criteria)
    yield from map(link_line, view.links)
    yield from _report_lines(view)
    yield from _reviewer_lines(view)


def _bibliographic_lines(record: Record) -> Iterator[str]:
    yield tr("Title: {text}", text=record.title or tr("no title"))
    if record.original_title:
        yield tr("Original title: {original_title}", original_title=record.original_title)

    authors = "; ".join((*record.authors, *record.collective_authors))
    yield tr("Authors: {text}", text=authors or tr("none given"))
    yield tr(
        "Published: {journal}, {year}",
        journal=record.journal_name or tr("journal not given"),
        year=str(record.year or tr("year not given")),
    )
    yield tr("Abstract: {text}", text=record.abstract or tr("none in the record"))
    if record.keywords or record.headings:
        keywords = "; ".join((*record.keywords, *record.headings))
        yield tr("Keywords: {keywords}", keywords=keywords)
    for name, value in registration_facts(record):
        yield f"{tr(name)}: {value}"


def _term_lines(view: RecordView) -> Iterator[str]:
    """The highlighted words, since a plain line cannot be highlighted."""
    texts = {
        "title": view.record.title or "",
        "abstract": view.record.abstract or "",
        "keywords": "; ".join(view.record.keywords),
    }
    words: dict[TermKind, list[str]] = {kind: [] for kind in _TERM_WORDS}
    for name, spans in view.highlights.items():
        for span in spans:
            words[span.kind].append(texts[name][span.start : span.end].casefold())

    for kind, kind_words in words.items():
        if kind_words:
            terms = ", ".join(dict.fromkeys(kind_words))
            yield tr("Terms {kind}: {terms}", kind=tr(_TERM_WORDS[kind]), terms=terms)


def _report_lines(view: RecordView) -> Iterator[str]:
    if view.pdf:
        yield f"PDF: {view.pdf}"

    if retrieval := view.retrieval:
        outcome = tr(retrieval.outcome.replace("_", " "))
        if retrieval.detail:
            outcome += f" ({retrieval.detail})"
        yield tr("Report: {outcome}, says {reviewer}", outcome=outcome, reviewer=retrieval.reviewer)

    for study in view.studies:
        yield tr("Study: {study}", study=study)
    for corrected in view.corrections:
        yield tr("Corrected: {words}", words=corrected.words)
    if view.copies:
        yield tr("Duplicates decided with it: {copies_line}", copies_line=view.copies_line)


def _reviewer_lines(view: RecordView) -> Iterator[str]:
    if high := ", ".join(word for word, weight in view.why or () if weight > 0):
        yield tr("Ranked high for: {words}", words=high)
    if view.own:
        yield tr("Your decision: {own}", own=decision_words(view.own))
    if view.note:
        yield tr("Your note: {note}", note=view.note)
    if view.tags:
        yield tr("Your tags: {tags}", tags=", ".join(view.tags))
    yield from map(_other_line, view.others)


def _other_line(other: OtherDecision) -> str:
    stage = tr(STAGE_WORDS[other.decision.stage])
    return f"{other.reviewer_words}, {stage}: {decision_words(other.decision)}"


def decision_words(decision: Decision) -> str:
    """Return "exclude (off theme)", with the note behind it."""
    words = tr(decision.verdict)
    if decision.reason:
        words += f" ({decision.reason})"
    if decision.note:
        words += f"; {decision.note}"
    return words


def progress_line(progress: ScreeningProgress) -> str:
    """How far it is, in one sentence that a screen reader can speak."""
    counts = tr(
        "included {included}, excluded {excluded}, maybe {maybe}",
        included=progress.included,
        excluded=progress.excluded,
        maybe=progress.maybe,
    )
    line = tr(
        "{done} of {total} done, {left} left; {counts}",
        done=progress.done,
        total=progress.total,
        left=progress.left,
        counts=counts,
    )
    if progress.left and progress.seconds_each is not None and progress.seconds_left is not None:
        left = duration(progress.seconds_left)
        line += tr(
            "; {seconds_each} s each, about {left} to go at this pace",
            seconds_each=f"{progress.seconds_each:.0f}",
            left=left,
        )

    return f"{line}."
