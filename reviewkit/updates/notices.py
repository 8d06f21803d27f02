"""Retractions, expressions of concern and errata of a work, as far as its records tell. Pure.

A record whose source does not state such notices says nothing, and nothing is made of its silence.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewkit.model.records import Record, RelationKind


class Standing(StrEnum):
    """The gravest thing that is known of a work, the gravest first."""

    RETRACTED = "retracted"
    IS_A_RETRACTION = "is itself a retraction notice"
    CONCERN = "expression of concern"
    CORRECTED = "erratum published"
    CLEAR = "no notice in its record"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """What is known of a work's notices, and where each was read."""

    standing: Standing
    evidence: tuple[str, ...]


# MEDLINE's publication types, in lower case.
_TYPES = {
    "retracted publication": Standing.RETRACTED,
    "retraction of publication": Standing.IS_A_RETRACTION,
    "retraction notice": Standing.IS_A_RETRACTION,
    "expression of concern": Standing.CONCERN,
}
_LINKS = {
    RelationKind.RETRACTED_BY: Standing.RETRACTED,
    RelationKind.HAS_CONCERN: Standing.CONCERN,
    RelationKind.HAS_ERRATUM: Standing.CORRECTED,
}
# How another record of the review names this one.
_NAMED_BY = {
    RelationKind.RETRACTION_OF: Standing.RETRACTED,
    RelationKind.CONCERN_ABOUT: Standing.CONCERN,
    RelationKind.ERRATUM_OF: Standing.CORRECTED,
}
_TITLE = re.compile(r"^\W*(?:retracted|withdrawn)(?: article)?\W*[:.\]]", re.IGNORECASE)
_ORDER = tuple(Standing)
# The fields that show that a record is MEDLINE's, wherever it comes from.
_MEDLINE = frozenset({"STAT", "MedlineCitation Status"})


def read_notices(
    copies: Sequence[Record],
    named_by: Sequence[tuple[RelationKind, str]] = (),
    *,
    stated_by: Collection[str],
) -> Notices:
    """What all copies of a work say together; `named_by` are links to it from other records: kind and their key.

    `stated_by` are the ids of the sources whose records state notices. "No notice in its record" needs
    a record of one of them; else the standing is "not known".
    """
    seen: list[tuple[Standing, str]] = []
    for record in copies:
        seen += [
            (_TYPES[kind.casefold()], f"{record.key}: type “{kind}”")
            for kind in _known(record.types)
        ]
        if _TITLE.search(record.title or ""):
            seen.append((Standing.RETRACTED, f"{record.key}: its title says so"))
        for link in record.relations:
            if link.kind in _LINKS:
                seen.append(
                    (
                        _LINKS[link.kind],
                        f"{record.key}: {link.kind.replace('_', ' ')} {link.target}",
                    )
                )
    for kind, other in named_by:
        if kind in _NAMED_BY:
            seen.append((_NAMED_BY[kind], f"{other} is {kind.replace('_', ' ')} it"))
    if seen:
        gravest = min((standing for standing, _ in seen), key=_ORDER.index)
        return Notices(
            standing=gravest, evidence=tuple(dict.fromkeys(evidence for _, evidence in seen))
        )
    telling = tuple(
        dict.fromkeys(r.key for r in copies if r.source in stated_by or _MEDLINE & r.other.keys())
    )
    if telling:
        return Notices(
            standing=Standing.CLEAR,
            evidence=(f"publication types and links of {', '.join(telling)}",),
        )
    return Notices(
        standing=Standing.NOT_KNOWN, evidence=("no record of a service that states notices",)
    )


def _known(types: Sequence[str]) -> list[str]:
    return [kind for kind in types if kind.casefold() in _TYPES]
