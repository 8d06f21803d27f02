"""Who a typed name is: a known reviewer, whatever its case and accents, or somebody new."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from reviewkit.model.errors import UsageError
from reviewkit.model.names import fold_name
from reviewkit.protocol.model import Protocol
from reviewkit.store import Store
from reviewkit.store.decisions import published_reviewers
from reviewkit.store.reviewers import former_names, has_decided, known_reviewers
from reviewkit.workflow.open_database import read_database
from reviewkit.workflow.project import ReviewProject

_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A typed name, as it is spelled in this review.

    `known` are the reviewers who said anything of a record, and the protocol's team.
    `has_decided`: a decision was made in the name.
    """

    name: str
    is_new: bool
    known: tuple[str, ...]
    has_decided: bool = False


def check_reviewer(project: ReviewProject, name: str) -> str:
    """Return the reviewer's name, with single spaces. Raises UsageError for one that cannot be
    used.
    """
    cleaned = " ".join(name.split())
    if not cleaned or not cleaned.isprintable() or len(cleaned) > _LONGEST:
        raise UsageError(
            f"a reviewer needs a name of 1 to {_LONGEST} printable characters",
            hint="--reviewer clinician",
        )
    _refuse(cleaned, {project.protocol.review.reviewer})
    return cleaned


def refuse_published(store: Store, *names: str) -> None:
    """Raises UsageError for a name in which a published selection was replayed in this database."""
    published = published_reviewers(store)
    for name in names:
        _refuse(name, published)


def _refuse(name: str, published: Collection[str]) -> None:
    if fold_name(name) in set(map(fold_name, published)):
        raise UsageError(
            f"{name!r} is the published review's own name",
            hint="screen under another name: --reviewer",
        )


def reviewer_in(store: Store, project: ReviewProject, typed: str) -> str:
    """Return a typed name as it is spelled in this review.

    Raises UsageError for one that cannot be used, or that could be several people.
    """
    return recognise(store, project, typed).name


def recognise(store: Store, project: ReviewProject, typed: str) -> Recognised:
    """Return who a typed name is: case, accents and blanks do not count.

    A whole name of the protocol's team stands for its id, and a former name for the one that
    counts. Raises UsageError for a name that cannot be used, or that could be several people.
    """
    name = check_reviewer(project, typed)
    refuse_published(store, name)
    people = people_known(store, project.protocol)
    known = people_known(store, project.protocol, of_records=True)
    if name in people:
        return Recognised(name=name, is_new=False, known=known)

    spellings = dict(_spellings(store, project.protocol, people))
    if name in spellings:
        return Recognised(name=spellings[name], is_new=False, known=known)

    folded = fold_name(name)
    matches = sorted({who for text, who in spellings.items() if fold_name(text) == folded})
    if len(matches) > 1:
        raise UsageError(
            f"{name!r} could be {' or '.join(matches)}",
            hint=f"name one of them, or join them: reviewkit reviewer merge {' '.join(matches)}",
        )
    if matches:
        return Recognised(name=matches[0], is_new=False, known=known)
    return Recognised(name=name, is_new=True, known=known)


def recognise_all(
    project: ReviewProject, typed: Iterable[str], *, now: datetime.datetime
) -> list[Recognised]:
    """Return who typed names are. Before the review has a database, nobody is asked about.

    Raises UsageError for a name that cannot be used, or that could be several people.
    """
    if not project.database.exists():
        names = [check_reviewer(project, name) for name in typed]
        return [Recognised(name=name, is_new=False, known=()) for name in names]

    with read_database(project, now=now) as store:
        people = [recognise(store, project, name) for name in typed]
        return [replace(person, has_decided=has_decided(store, person.name)) for person in people]


def people_known(store: Store, protocol: Protocol, *, of_records: bool = False) -> tuple[str, ...]:
    """Return the reviewers who are known: the protocol's team, and whoever has done anything.

    With `of_records` not those who only took searches out or renamed sources.
    """
    former = former_names(store)
    team = {former.get(member.id, member.id) for member in protocol.screening.team}
    return tuple(sorted(team | {*known_reviewers(store, of_records=of_records)}))


def _spellings(store: Store, protocol: Protocol, known: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Yield every text that stands for a known reviewer, with the reviewer."""
    former = former_names(store)
    yield from former.items()
    for member in protocol.screening.team:
        if member.name:
            yield member.name, former.get(member.id, member.id)
    for name in known:
        yield name, name
