"""The footnotes under the picture: the template's * and **, what has no box, and the flow's own. Pure."""

from reviewkit.model.flow import Count, Flow, total
from reviewkit.prisma.diagram.content import Subject, used_automation, wants_star
from reviewkit.prisma.diagram.wrap import clean


def _figures(subject: Subject, counts: list[Count]) -> str:
    return " | ".join(map(subject.words.figure, counts))


def _automation(subject: Subject) -> tuple[str, ...]:
    """The ** note: how many a human and how many a tool excluded; where that is unknown, the template's sentence."""
    if not any(used_automation(flow) for flow in subject.flows):
        return ()
    if all(flow.records_excluded_automatic is None for flow in subject.flows):
        return (subject.words.label("note_automation"),)

    def by_human(flow: Flow) -> Count:
        if flow.records_excluded is None or flow.records_excluded_automatic is None:
            return None
        return flow.records_excluded - flow.records_excluded_automatic

    split = subject.words.label("note_automation_split")
    human = _figures(subject, [by_human(flow) for flow in subject.flows])
    tools = _figures(subject, [flow.records_excluded_automatic for flow in subject.flows])
    return (split.replace("{human}", human).replace("{tools}", tools),)


def _not_sought(subject: Subject) -> tuple[str, ...]:
    def difference(flow: Flow) -> Count:
        found = total(flow.other_sources or None)
        return (
            None
            if found is None or flow.other_sought_reports is None
            else found - flow.other_sought_reports
        )

    differences = [difference(flow) for flow in subject.flows]
    if not subject.template.other or not any(n and n > 0 for n in differences):
        return ()
    return (subject.words.label("note_not_sought").replace("{n}", _figures(subject, differences)),)


def _dropped(subject: Subject) -> tuple[str, ...]:
    if not subject.template.updated or not any(
        f.dropped_studies or f.dropped_reports for f in subject.flows
    ):
        return ()
    studies = _figures(subject, [flow.dropped_studies for flow in subject.flows])
    reports = _figures(subject, [flow.dropped_reports for flow in subject.flows])
    note = subject.words.label("note_dropped")
    return (note.replace("{studies}", studies).replace("{reports}", reports),)


def _hidden(subject: Subject) -> tuple[str, ...]:
    """What the flow has and the chosen template has no box for: said, never hidden."""
    found = []
    if not subject.template.other and any(flow.has_other_arm for flow in subject.flows):
        found.append(subject.words.label("note_hidden_other"))
    if not subject.template.updated and any(flow.updated for flow in subject.flows):
        found.append(subject.words.label("note_hidden_previous"))
    return tuple(found)


def notes(subject: Subject) -> tuple[str, ...]:
    """Every footnote, in order; each is one paragraph."""
    words = subject.words
    found: list[str] = []
    if len(subject.flows) > 1:
        note = words.label("note_compared").replace("{first}", words.label("reported"))
        found.append(note.replace("{second}", words.label("rerun")))
    if wants_star(subject):
        found.append(words.label("note_sources"))
    found.extend(
        (*_automation(subject), *_not_sought(subject), *_dropped(subject), *_hidden(subject))
    )
    found.extend(note for flow in subject.flows for note in flow.footnotes)
    return tuple(dict.fromkeys(clean(note) for note in found if note.strip()))
