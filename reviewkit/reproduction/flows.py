"""The flow that a published review reports, and its boxes beside those of the rerun. Pure."""

from collections.abc import Iterator

from reviewkit.model.flow import Count, Flow, Tally
from reviewkit.model.messages import in_english, mark
from reviewkit.model.records import Role
from reviewkit.protocol.model import Protocol
from reviewkit.protocol.reported import Reported
from reviewkit.reproduction.outcomes import BoxComparison

NOT_REPEATED = mark("not repeated")
NOT_COMPARABLE = mark("not comparable: not every source was searched")
_BOXES = {
    "database_results": mark("Records identified from databases"),
    "register_results": mark("Records identified from registers"),
    "duplicates": mark("Duplicate records removed"),
    "excluded_automatic": mark("Records marked as ineligible by automation tools"),
    "excluded_other": mark("Records removed for other reasons"),
    "records_screened": mark("Records screened"),
    "records_excluded": mark("Records excluded"),
    "dbr_sought_reports": mark("Reports sought for retrieval"),
    "dbr_notretrieved_reports": mark("Reports not retrieved"),
    "dbr_assessed": mark("Reports assessed for eligibility"),
    "other_sought_reports": mark("Reports sought for retrieval, other methods"),
    "other_notretrieved_reports": mark("Reports not retrieved, other methods"),
    "other_assessed": mark("Reports assessed for eligibility, other methods"),
    "new_studies": mark("Studies included in review"),
    "new_reports": mark("Reports of included studies"),
    "previous_studies": mark("Studies included in the previous version"),
    "previous_reports": mark("Reports of studies included in the previous version"),
    "total_studies": mark("Total studies included in review"),
    "total_reports": mark("Reports of total included studies"),
}


def reported_flow(protocol: Protocol) -> Flow:
    """Return the flow as the review reports it.

    A box that it does not report is `None`. Its notes are footnotes.
    """
    reported = protocol.reported
    if reported is None:
        return Flow()

    reasons = tuple(Tally(label=reason, n=n) for reason, n in reported.exclusion_reasons.items())

    other = _other_tallies(protocol, reported)
    other_reasons = tuple(
        Tally(label=reason, n=n) for reason, n in reported.other_exclusion_reasons.items()
    )
    flow = reported.flow

    return Flow(
        **flow.model_dump(),
        other_sources=other,
        other_excluded=other_reasons or None,
        updated=flow.previous_studies is not None or flow.total_studies is not None,
        databases=_tallies(protocol, reported, Role.DATABASE),
        registers=_tallies(protocol, reported, Role.REGISTER),
        dbr_excluded=reasons or None,
        study_kinds=tuple(Tally(label=kind, n=n) for kind, n in reported.study_kinds.items()),
        several_reports_per_record=reported.several_reports_per_record,
        footnotes=tuple(reported.notes.values()),
    )


def compare_flows(reported: Flow, rerun: Flow) -> tuple[BoxComparison, ...]:
    """Return every box that either flow has, reported beside rerun,
    in the order of the template.
    """
    boxes = []
    for key, label in _BOXES.items():
        boxes.append(_comparison(key, label, reported, rerun))
        boxes.extend(_reasons(reported, rerun, after=key))

    return tuple(box for box in boxes if box.reported is not None or box.rerun is not None)


def _reasons(reported: Flow, rerun: Flow, *, after: str) -> Iterator[BoxComparison]:
    """Yield the exclusion reasons that stand after a box: reports assessed, of either arm."""
    key = {"dbr_assessed": "dbr_excluded", "other_assessed": "other_excluded"}.get(after)
    if key is None:
        return

    counts: dict[str, list[Count]] = {}
    for place, flow in enumerate((reported, rerun)):
        tallies: tuple[Tally, ...] = getattr(flow, key) or ()
        for tally in tallies:
            counts.setdefault(tally.label, [None, None])[place] = tally.n
    silence = NOT_REPEATED if key in rerun.not_repeated else None
    for label, (first, second) in counts.items():
        text = in_english("Reports excluded: {reason}", reason=label)
        yield BoxComparison(key=key, label=text, reported=first, rerun=second, silence=silence)


def _comparison(key: str, label: str, reported: Flow, rerun: Flow) -> BoxComparison:
    silence = None
    if key in rerun.not_repeated:
        silence = NOT_REPEATED
    elif key in rerun.not_comparable:
        silence = NOT_COMPARABLE
    return BoxComparison(
        key=key,
        label=label,
        reported=getattr(reported, key),
        rerun=getattr(rerun, key),
        silence=silence,
    )


def _other_tallies(protocol: Protocol, reported: Reported) -> tuple[Tally, ...]:
    """Return the websites, organisations and citation searches of which a count is reported."""
    main = {Role.DATABASE, Role.REGISTER}
    return tuple(
        Tally(label=source.name, n=reported.sources[source.id])
        for source in protocol.sources
        if source.role not in main and source.id in reported.sources
    )


def _tallies(protocol: Protocol, reported: Reported, role: Role) -> tuple[Tally, ...]:
    """Return the sources of a role with their reported counts; `None` is not reported."""
    return tuple(
        Tally(label=source.name, n=reported.sources.get(source.id))
        for source in protocol.sources
        if source.role is role
    )
