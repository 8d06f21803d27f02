"""The footnotes under the picture: the template's **, what has no box, and the flow's own.

The template's instructions to authors are not printed: they are no footnotes of a review.
"""

from reviewkit.model.flow import Count, Flow, total
from reviewkit.model.messages import in_language, recognise
from reviewkit.prisma.diagram.content import is_split
from reviewkit.prisma.diagram.entries import Subject
from reviewkit.prisma.diagram.wrap import clean


def notes(subject: Subject) -> tuple[str, ...]:
    """Return every footnote, in order; each is one paragraph."""
    words = subject.words
    texts: list[str] = []
    if len(subject.flows) > 1:
        note = words.label("note_compared").replace("{first}", words.label("reported"))
        texts.append(note.replace("{second}", words.label("rerun")))

    texts += _automation(subject)
    texts += _not_sought(subject)
    texts += _dropped(subject)
    texts += _hidden(subject)
    with in_language(words.language):
        for flow in subject.flows:
            texts += map(recognise, flow.footnotes)

    return tuple(dict.fromkeys(clean(text) for text in texts if text.strip()))


def _figures(subject: Subject, counts: list[Count]) -> str:
    return " | ".join(map(subject.words.figure, counts))


def _automation(subject: Subject) -> list[str]:
    """Return the ** note: how many a human and how many a tool excluded, where that is known."""
    if not is_split(subject):
        return []

    human = _figures(subject, [_excluded_by_human(flow) for flow in subject.flows])
    tools = _figures(subject, [flow.records_excluded_automatic for flow in subject.flows])
    note = subject.words.label("note_automation_split")

    return [note.replace("{human}", human).replace("{tools}", tools)]


def _excluded_by_human(flow: Flow) -> Count:
    if flow.records_excluded is None or flow.records_excluded_automatic is None:
        return None
    return flow.records_excluded - flow.records_excluded_automatic


def _not_sought(subject: Subject) -> list[str]:
    """Return how many records that other methods found were not sought for retrieval."""
    counts = [_other_not_sought(flow) for flow in subject.flows]
    if not subject.template.other or not any(n and n > 0 for n in counts):
        return []
    return [subject.words.label("note_not_sought").replace("{n}", _figures(subject, counts))]


def _other_not_sought(flow: Flow) -> Count:
    identified = total(flow.other_sources or None)
    if identified is None or flow.other_sought_reports is None:
        return None
    # What was screened has lines of its own.
    lines = (flow.other_screened_out, flow.other_awaiting_screening, flow.other_unscreened_by_rule)
    return identified - flow.other_sought_reports - sum(n or 0 for n in lines)


def _dropped(subject: Subject) -> list[str]:
    """Return how many studies and reports of the previous version were dropped."""
    is_any = any(flow.dropped_studies or flow.dropped_reports for flow in subject.flows)
    if not subject.template.updated or not is_any:
        return []

    studies = _figures(subject, [flow.dropped_studies for flow in subject.flows])
    reports = _figures(subject, [flow.dropped_reports for flow in subject.flows])
    note = subject.words.label("note_dropped")

    return [note.replace("{studies}", studies).replace("{reports}", reports)]


def _hidden(subject: Subject) -> list[str]:
    """Return what the flow has and the chosen template has no box for,
    so that nothing is hidden.
    """
    texts = []
    if not subject.template.other and any(flow.has_other_arm for flow in subject.flows):
        texts.append(subject.words.label("note_hidden_other"))
    if not subject.template.updated and any(flow.updated for flow in subject.flows):
        texts.append(subject.words.label("note_hidden_previous"))
    return texts
