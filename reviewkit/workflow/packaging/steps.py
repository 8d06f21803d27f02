"""What a package tells of the people of a review and of its steps, from protocol and database."""

from collections.abc import Iterator

from reviewkit.exports.crate import SOFTWARE
from reviewkit.exports.crate_people import CratePerson, CrateStep
from reviewkit.model.records import STAGE_WORDS
from reviewkit.protocol.model import Protocol
from reviewkit.sources.registry import SOURCES
from reviewkit.store import Store
from reviewkit.store.tables import pair_times, screening_times, search_times
from reviewkit.workflow.duplicates.link import linked_by_these_rules
from reviewkit.workflow.packaging.results import FLOW
from reviewkit.workflow.reporting.documents import deduplication_lines


def authors_of(protocol: Protocol) -> tuple[CratePerson, ...]:
    """Return the people that the protocol names as those of the review."""
    return tuple(
        CratePerson(
            name=person.name,
            orcid=person.orcid,
            affiliation=person.affiliation,
            roles=person.roles,
        )
        for person in protocol.people
    )


def reviewers_of(
    store: Store, protocol: Protocol, authors: tuple[CratePerson, ...]
) -> dict[str, CratePerson]:
    """Return who decided, by the name of the decisions: an author where name or ORCID are equal."""
    screened = (reviewer for _, reviewer, _, _ in screening_times(store))
    names = dict.fromkeys((*screened, *(reviewer for reviewer, _, _ in pair_times(store))))
    return {name: _known(_member(protocol, name), authors) for name in names}


def _member(protocol: Protocol, reviewer: str) -> CratePerson:
    """Return a reviewer as the protocol's team has them, or with the name of the decisions."""
    for member in protocol.screening.team:
        if member.id == reviewer:
            return CratePerson(name=member.name or reviewer, orcid=member.orcid)
    return CratePerson(name=reviewer)


def _known(person: CratePerson, authors: tuple[CratePerson, ...]) -> CratePerson:
    for author in authors:
        if person.name == author.name or (person.orcid and person.orcid == author.orcid):
            return author
    return person


def steps_of(
    store: Store, protocol: Protocol, reviewers: dict[str, CratePerson], *, drawn: str
) -> Iterator[CrateStep]:
    """Yield searches, deduplication, each reviewer's screening, and the counting of the flow.

    The version of the software is given where it is known: of the counting, and of duplicates that
    the rules of this version linked.
    """
    for source, at, error in search_times(store):
        label = SOURCES[source].label if source in SOURCES else source
        yield CrateStep(
            name=f"Search of {label}", ended=at, error=error, result="tables/run_records.jsonl"
        )
    yield from _deduplication(store, protocol, reviewers)
    for stage, reviewer, first, last in screening_times(store):
        yield CrateStep(
            name=f"Screening, {STAGE_WORDS[stage]}",
            began=first,
            ended=last,
            by=(reviewers[reviewer].name,),
            result="tables/decisions.jsonl",
        )
    yield CrateStep(name="Counting of the flow", ended=drawn, result=FLOW, instrument=SOFTWARE)


def _deduplication(
    store: Store, protocol: Protocol, reviewers: dict[str, CratePerson]
) -> Iterator[CrateStep]:
    """Yield what the rules linked, and the answers of each person to pairs of records."""
    lines = deduplication_lines(store, protocol)
    rules = linked_by_these_rules(store, protocol)
    if lines:
        description = (*lines, f"SHA-256 of rules and settings: {rules}") if rules else lines
        yield CrateStep(
            name="Deduplication by rules",
            result="tables/duplicates.jsonl",
            instrument=SOFTWARE if rules else "",
            description=". ".join(description),
        )
    for reviewer, first, last in pair_times(store):
        yield CrateStep(
            name="Deduplication, pairs of records answered",
            began=first,
            ended=last,
            by=(reviewers[reviewer].name,),
            result="tables/pair_decisions.jsonl",
        )
