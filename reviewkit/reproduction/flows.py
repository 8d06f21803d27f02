"""The flow that a published review reports, and its boxes beside those of the rerun. Pure."""

from collections.abc import Iterator

from reviewkit.model.flow import Count, Flow, Tally
from reviewkit.model.messages import in_english, mark
from reviewkit.model.records import Role
from reviewkit.protocol.model import Protocol
from reviewkit.protocol.reported import Reported
from reviewkit.reproduction.outcomes import BoxComparison

NOT_REPEATED = mark("not repeated")
NOT_RUN = mark("not run")
NOT_COMPARABLE = mark("not comparable: not every source was searched")
_BOXES = {
    "database_results": mark("Records identified from databases"),
    "register_results": mark("Records identified from registers"),
    "duplicates": mark("Duplicate records removed"),
    "excluded_automatic": mark("Records marked as ineligible by automation tools"),
    "excluded_other": mark("Records removed for other reasons"),
    "records_screened": mark("Records screened"),
    "records_excluded": mark("Records excluded"),
    "records_excluded_automatic": mark("Records excluded by automation tools"),
    "dbr_sought_reports": mark("Reports sought for retrieval"),
    "dbr_notretrieved_reports": mark("Reports not retrieved"),
    "dbr_assessed": mark("Reports assessed for eligibility"),
    "other_sought_reports": mark("Reports sought for retrieval, other methods"),
    "other_notretrieved_reports": mark("Reports not retrieved, other methods"),
    "other_assessed": mark("Reports assessed for eligibility, other methods"),
    "new_studies": mark("Studies included in review"),
    "new_reports": mark("Reports of included studies"),
    "new_participants": mark("Participants in included studies"),
    "previous_studies": mark("Studies included in the previous version"),
    "previous_reports": mark("Reports of studies included in the previous version"),
    "dropped_studies": mark("Studies of the previous version, left out again"),
    "dropped_reports": mark("Reports of the previous version, left out again"),
    "total_studies": mark("Total studies included in review"),
    "total_reports": mark("Reports of total included studies"),
    "total_studies_ma": mark("Total studies included in meta-analysis"),
    "total_reports_ma": mark("Reports of total included studies in meta-analysis"),
}
# What stands behind a box line by line: the field of `Flow`, and what a line says.
_LISTS = {
    "database_results": {"databases": mark("Records identified from {label}")},
    "register_results": {"registers": mark("Records identified from {label}")},
    "dbr_assessed": {
        "dbr_excluded": mark("Reports excluded: {label}"),
        "other_sources": mark("Records identified by other methods: {label}"),
    },
    "other_assessed": {"other_excluded": mark("Reports excluded, other methods: {label}")},
    "new_studies": {"study_kinds": mark("Studies included: {label}")},
}
# The key of [reported] whose `where` says where the article states a list.
_PLACES = {"databases": "sources", "registers": "sources", "other_sources": "sources"}
# What only those who include studies can count.
_OF_INCLUDED = frozenset(
    {
        "study_kinds",
        "new_participants",
        "previous_studies",
        "previous_reports",
        "dropped_studies",
        "dropped_reports",
        "total_studies",
        "total_reports",
        "total_studies_ma",
        "total_reports_ma",
    }
)


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
        for name, pattern in _LISTS.get(key, {}).items():
            boxes.extend(_lines(name, pattern, reported, rerun))

    return tuple(box for box in boxes if box.reported is not None or box.rerun is not None)


def _lines(name: str, pattern: str, reported: Flow, rerun: Flow) -> Iterator[BoxComparison]:
    """Yield what is counted line by line behind a box: sources, reasons, kinds of studies."""
    counts: dict[str, list[Count]] = {}
    not_run = set()
    for place, flow in enumerate((reported, rerun)):
        tallies: tuple[Tally, ...] = getattr(flow, name) or ()
        for tally in tallies:
            counts.setdefault(tally.label, [None, None])[place] = tally.n
            if tally.not_run:
                not_run.add(tally.label)

    for label, (first, second) in counts.items():
        yield BoxComparison(
            key=_PLACES.get(name, name),
            label=in_english(pattern, label=label),
            reported=first,
            rerun=second,
            silence=NOT_RUN if label in not_run else _silence(name, rerun, second),
        )


def _comparison(key: str, label: str, reported: Flow, rerun: Flow) -> BoxComparison:
    first, second = getattr(reported, key), getattr(rerun, key)
    return BoxComparison(
        key=key, label=label, reported=first, rerun=second, silence=_silence(key, rerun, second)
    )


def _silence(key: str, rerun: Flow, count: Count) -> str | None:
    """Return why a count of the rerun is compared with nothing, where that is so."""
    nobody_included = count is None and "new_studies" in rerun.not_repeated
    if key in rerun.not_repeated or (nobody_included and key in _OF_INCLUDED):
        return NOT_REPEATED
    if key in rerun.not_comparable:
        return NOT_COMPARABLE
    return None


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
