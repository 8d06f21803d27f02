"""The flow that a published review reports, and its boxes beside those of the rerun. Pure."""

from reviewkit.model.flow import Flow, Tally
from reviewkit.model.records import Role
from reviewkit.protocol.model import Protocol, Reported
from reviewkit.reproduction.outcomes import BoxComparison

_BOXES = {
    "database_results": "Records identified from databases",
    "register_results": "Records identified from registers",
    "duplicates": "Duplicate records removed",
    "excluded_automatic": "Records marked as ineligible by automation tools",
    "excluded_other": "Records removed for other reasons",
    "records_screened": "Records screened",
    "records_excluded": "Records excluded",
    "dbr_sought_reports": "Reports sought for retrieval",
    "dbr_notretrieved_reports": "Reports not retrieved",
    "dbr_assessed": "Reports assessed for eligibility",
    "new_studies": "Studies included in review",
    "new_reports": "Reports of included studies",
}


def reported_flow(protocol: Protocol) -> Flow:
    """Return the flow as the review reports it.

    A box that it does not report is `None`. Its notes are footnotes.
    """
    reported = protocol.reported
    if reported is None:
        return Flow()

    reasons = tuple(Tally(label=reason, n=n) for reason, n in reported.exclusion_reasons.items())

    return Flow(
        **reported.flow.model_dump(),
        databases=_tallies(protocol, reported, Role.DATABASE),
        registers=_tallies(protocol, reported, Role.REGISTER),
        dbr_excluded=reasons or None,
        footnotes=tuple(reported.notes.values()),
    )


def compare_flows(reported: Flow, rerun: Flow) -> tuple[BoxComparison, ...]:
    """Return every box that either flow has, reported beside rerun,
    in the order of the template.
    """
    boxes = (
        BoxComparison(
            key=key, label=label, reported=getattr(reported, key), rerun=getattr(rerun, key)
        )
        for key, label in _BOXES.items()
    )
    return tuple(box for box in boxes if box.reported is not None or box.rerun is not None)


def _tallies(protocol: Protocol, reported: Reported, role: Role) -> tuple[Tally, ...]:
    """Return the sources of a role with their reported counts; `None` is not reported."""
    return tuple(
        Tally(label=source.name, n=reported.sources.get(source.id))
        for source in protocol.sources
        if source.role is role
    )
