"""A record in view, line by line: for screen readers, dumb terminals and pipes. No colour, no boxes, no cursor."""

from collections.abc import Iterator

from reviewkit.model.records import Decision, Stage
from reviewkit.model.text import duration
from reviewkit.screening.models import Progress, RecordView, TermKind
from reviewkit.tui.readable import readable

STAGES = {Stage.TITLE_ABSTRACT: "title and abstract", Stage.FULL_TEXT: "full text"}
_SPEAK = {
    TermKind.INCLUDE: "for inclusion",
    TermKind.EXCLUDE: "for exclusion",
    TermKind.OWN: "your own",
}


def record_lines(view: RecordView) -> Iterator[str]:
    """The record with everything that may be shown of it; no line holds a control character."""
    for line in _lines(view):
        yield readable(line)


def _lines(view: RecordView) -> Iterator[str]:
    record = view.record
    yield f"Record {record.key}" + (" (pilot: all reviewers screen it)" if view.pilot else "")
    yield f"Title: {record.title or 'no title'}"
    if record.original_title:
        yield f"Original title: {record.original_title}"
    authors = (*record.authors, *record.collective_authors)
    yield "Authors: " + ("; ".join(authors) if authors else "none given")
    yield f"Published: {record.journal or 'journal not given'}, {record.year or 'year not given'}"
    yield f"Abstract: {record.abstract or 'none in the record'}"
    if record.keywords or record.headings:
        yield "Keywords: " + "; ".join((*record.keywords, *record.headings))
    yield from _terms(view)
    yield from _criteria(view)
    for link in view.links:
        yield f"{link.label}: {link.url}"
    if view.pdf:
        yield f"PDF: {view.pdf}"
    if view.retrieval:
        detail = f" ({view.retrieval.detail})" if view.retrieval.detail else ""
        yield f"Report: {view.retrieval.outcome.replace('_', ' ')}{detail}, says {view.retrieval.reviewer}"
    if view.copies:
        yield f"Duplicates decided with it: {view.copies_line}"
    yield from _said(view)


def _terms(view: RecordView) -> Iterator[str]:
    """The highlighted words, since a plain line cannot be highlighted."""
    texts = {
        "title": view.record.title or "",
        "abstract": view.record.abstract or "",
        "keywords": "; ".join(view.record.keywords),
    }
    for kind, speaking in _SPEAK.items():
        found = [
            texts[name][span.start : span.end].casefold()
            for name, spans in view.highlights.items()
            for span in spans
            if span.kind is kind
        ]
        if found:
            yield f"Terms {speaking}: " + ", ".join(dict.fromkeys(found))


def _criteria(view: RecordView) -> Iterator[str]:
    for criterion in view.criteria:
        evidence = f" ({criterion.evidence})" if criterion.evidence else ""
        yield f"{criterion.kind.capitalize()} criterion, {criterion.wording}: {criterion.told}{evidence}"


def _said(view: RecordView) -> Iterator[str]:
    if view.why:
        yield "Ranked high for: " + ", ".join(word for word, weight in view.why if weight > 0)
    if view.own:
        yield f"Your decision: {decision_words(view.own)}"
    if view.note:
        yield f"Your note: {view.note}"
    if view.tags:
        yield "Your tags: " + ", ".join(view.tags)
    for other in view.others:
        mark = "the published review"
        who = other.decision.reviewer
        who += f" ({mark})" if other.published and mark not in who else ""
        yield f"{who}, {STAGES[other.decision.stage]}: {decision_words(other.decision)}"


def decision_words(decision: Decision) -> str:
    """ "exclude (off theme)", with the note behind it."""
    reason = f" ({decision.reason})" if decision.reason else ""
    note = f"; {decision.note}" if decision.note else ""
    return f"{decision.verdict}{reason}{note}"


def progress_line(progress: Progress) -> str:
    """How far it is, in one sentence that a screen reader can speak."""
    pace = ""
    if progress.seconds_each is not None and progress.seconds_left is not None:
        pace = f"; {progress.seconds_each:.0f} s each, about {duration(progress.seconds_left)} to go at this pace"
    counts = f"included {progress.included}, excluded {progress.excluded}, maybe {progress.maybe}"
    return f"{progress.done} of {progress.total} done, {progress.left} left; {counts}{pace}."
