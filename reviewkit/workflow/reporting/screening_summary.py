"""What the report of one's own review says of its screening: decisions, agreement, amendments."""

import itertools
from collections.abc import Iterator

from reviewkit.model.messages import in_english, in_english_n
from reviewkit.model.records import STAGE_WORDS, Stage
from reviewkit.model.version import __version__
from reviewkit.prisma.partition import State
from reviewkit.protocol.model import Protocol
from reviewkit.report.sections_screening import (
    AgreementFigures,
    Amended,
    ReviewerDecisions,
    ScreeningSummary,
)
from reviewkit.store import Store
from reviewkit.store.amendments import Amendment, current_amendments
from reviewkit.store.decisions import counted_states, settlements
from reviewkit.workflow.reporting.protocol_changes import amended_changes
from reviewkit.workflow.reporting.status import StageStatus, stage_status
from reviewkit.workflow.screening.agreement import PairAgreement, pair_agreements


def screening_summary(store: Store, protocol: Protocol) -> ScreeningSummary | None:
    """Return who decided on what and how far they agree; `None` for a published review.

    As long as somebody screens blind, neither counts by verdict nor agreement are shown.
    """
    if protocol.is_published:
        return None

    stages = [stage_status(store, protocol, stage) for stage in Stage]
    seen = [stage.stage for stage in stages if not _is_blind(stage)]

    return ScreeningSummary(
        reviewers=tuple(
            itertools.chain.from_iterable(_reviewers(stage, protocol) for stage in stages)
        ),
        agreement=tuple(_figures(pair) for pair in pair_agreements(store, seen)),
        amendments=recorded_amendments(store),
        selection=(*itertools.chain.from_iterable(map(_stage_lines, stages)), *_selection(store)),
    )


def _stage_lines(stage: StageStatus) -> Iterator[str]:
    """Yield how many reviewers each record needs, how far the stage is, and its conflicts."""
    if not stage.reviewers:
        return
    words = STAGE_WORDS[stage.stage].capitalize()
    needed = stage.reviewers_needed
    yield in_english(
        "{stage}: {needed}; {people}.",
        stage=words,
        needed=in_english_n(
            needed, "each record needs {n} reviewer", "each record needs {n} reviewers"
        ),
        people=in_english_n(
            len(stage.reviewers), "{n} reviewer took part", "{n} reviewers took part"
        ),
    )
    if needed > 1:
        yield in_english_n(
            stage.conflicts,
            "{stage}: {n} conflict still open.",
            "{stage}: {n} conflicts still open.",
            stage=words,
        )


def _selection(store: Store) -> Iterator[str]:
    """Yield who settled conflicts, and what software removed before screening."""
    for stage, person, count in settlements(store):
        yield in_english_n(
            count,
            "{stage}: {n} conflict settled by {reviewer}.",
            "{stage}: {n} conflicts settled by {reviewer}.",
            stage=STAGE_WORDS[stage].capitalize(),
            reviewer=person,
        )

    removed = sum(row.state is State.INELIGIBLE_BY_MACHINE for row in counted_states(store))
    software = f"reviewkit {__version__}"
    if removed == 0:
        yield in_english(
            "{software} removed no record by date or language before screening.",
            software=software,
        )
        return
    yield in_english_n(
        removed,
        "{software} removed {n} record by date or language before screening.",
        "{software} removed {n} records by date or language before screening.",
        software=software,
    )


def _is_blind(stage: StageStatus) -> bool:
    return any(person.include is None for person in stage.reviewers)


def _reviewers(stage: StageStatus, protocol: Protocol) -> Iterator[ReviewerDecisions]:
    names = {member.id: member.name for member in protocol.screening.team}
    for person in stage.reviewers:
        yield ReviewerDecisions(
            stage=STAGE_WORDS[stage.stage],
            reviewer=person.reviewer,
            done=person.done,
            include=person.include,
            exclude=person.exclude,
            maybe=person.maybe,
            left=person.left,
            name=names.get(person.reviewer),
        )


def recorded_amendments(store: Store) -> tuple[Amended, ...]:
    """Return the amendments that were not taken back, the oldest first."""
    return tuple(_amended(store, amendment) for amendment in current_amendments(store))


def _amended(store: Store, amendment: Amendment) -> Amended:
    return Amended(
        day=amendment.amended_at[:10],
        reviewer=amendment.reviewer,
        why=amendment.why,
        requeue=amendment.requeue,
        records=amendment.records,
        changes=tuple(change.sentence for change in amended_changes(store, amendment)),
    )


def _figures(pair: PairAgreement) -> AgreementFigures:
    return AgreementFigures(
        stage=STAGE_WORDS[pair.stage],
        first=pair.first,
        second=pair.second,
        records=pair.figures.records,
        agreed=pair.figures.raw,
        kappa=pair.figures.kappa,
    )
