"""The people and the steps of a review as entities of a package's metadata. Pure.

A step has the times that the database has of it, and the software only where that is known.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Entity = dict[str, Any]
_ORCID = "https://orcid.org/"


@dataclass(frozen=True, slots=True, kw_only=True)
class CratePerson:
    """A person: the name, and what else was said."""

    name: str
    orcid: str | None = None
    affiliation: str | None = None
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CrateStep:
    """Something that was done: a search, the screening of a stage, the drawing of the flow.

    `by` are names, `result` is a file of the package, `instrument` the entity of the software.
    Times are left out where the database has none.
    """

    name: str
    ended: str | None = None
    began: str | None = None
    error: str | None = None
    by: tuple[str, ...] = ()
    result: str = ""
    instrument: str = ""
    description: str = ""


def references(ids: Sequence[str]) -> Entity | list[Entity]:
    """Return references to entities: one alone is no list (RO-Crate 1.2)."""
    listed = [{"@id": each} for each in ids]
    return listed[0] if len(listed) == 1 else listed


def ids_of(people: Sequence[CratePerson]) -> dict[str, str]:
    """Return the identifier of each person by name: the ORCID, or a place in this file."""
    return {
        person.name: f"{_ORCID}{person.orcid}" if person.orcid else f"#person-{number}"
        for number, person in enumerate(people, 1)
    }


def people_entities(people: Sequence[CratePerson]) -> Iterator[Entity]:
    """Yield each person, then each affiliation once."""
    ids = ids_of(people)
    named = dict.fromkeys(person.affiliation for person in people if person.affiliation)
    places = {name: f"#organisation-{number}" for number, name in enumerate(named, 1)}
    for person in people:
        entity: Entity = {"@id": ids[person.name], "@type": "Person", "name": person.name}
        if person.affiliation:
            entity["affiliation"] = {"@id": places[person.affiliation]}
        if person.roles:
            entity["description"] = ", ".join(person.roles)
        yield entity
    for name, place in places.items():
        yield {"@id": place, "@type": "Organization", "name": name}


def step_entities(
    steps: Sequence[CrateStep], ids: Mapping[str, str], files: Sequence[str]
) -> Iterator[Entity]:
    """Yield each step as an action; a result that is not among the files is left out."""
    for number, step in enumerate(steps, 1):
        yield {"@id": f"#step-{number}", "@type": "CreateAction", **_step(step, ids, files)}
    for name in dict.fromkeys(map(_status, steps)):
        yield {"@id": f"http://schema.org/{name}", "@type": "ActionStatusType", "name": name}


def _status(step: CrateStep) -> str:
    return "FailedActionStatus" if step.error else "CompletedActionStatus"


def _step(step: CrateStep, ids: Mapping[str, str], files: Sequence[str]) -> Entity:
    entity: Entity = {
        "name": step.name,
        "actionStatus": {"@id": f"http://schema.org/{_status(step)}"},
    }
    agents = [ids[name] for name in step.by if name in ids]
    optional = {
        "description": step.description,
        "endTime": step.ended,
        "startTime": step.began,
        "error": step.error,
        "agent": references(agents) if agents else None,
        "result": {"@id": step.result} if step.result in files else None,
        "instrument": {"@id": step.instrument} if step.instrument else None,
    }
    return entity | {key: value for key, value in optional.items() if value}
