"""What a package tells of the people of a review and of its steps, from protocol and database."""

from collections.abc import Iterator

from reviewkit.exports.crate import SOFTWARE
from reviewkit.exports.crate_people import CratePerson, CrateStep
from reviewkit.protocol.model import Protocol
from reviewkit.screening.models import STAGE_WORDS
from reviewkit.sources.registry import SOURCES
from reviewkit.store import Store
from reviewkit.store.tables import screening_times, search_times
from reviewkit.workflow.packaging.results import FLOW


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
    names = dict.fromkeys(reviewer for _, reviewer, _, _ in screening_times(store))
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


def steps_of(store: Store, reviewers: dict[str, CratePerson], *, drawn: str) -> Iterator[CrateStep]:
    """Yield searches, the screening of each reviewer at each stage, and the counting of the flow.

    The version of the software is told of the counting alone: of earlier steps none is stored.
    """
    for source, at, error in search_times(store):
        label = SOURCES[source].label if source in SOURCES else source
        yield CrateStep(
            name=f"Search of {label}", ended=at, error=error, result="tables/run_records.jsonl"
        )
    for stage, reviewer, first, last in screening_times(store):
        yield CrateStep(
            name=f"Screening, {STAGE_WORDS[stage]}",
            began=first,
            ended=last,
            by=(reviewers[reviewer].name,),
            result="tables/decisions.jsonl",
        )
    yield CrateStep(name="Counting of the flow", ended=drawn, result=FLOW, instrument=SOFTWARE)
