"""Retractions, expressions of concern and errata of a work, as far as its records state them. Pure.

A record whose source states no such notices is no evidence that there are none.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewkit.model.messages import in_english, mark
from reviewkit.model.records import Record, RelationKind


class Standing(StrEnum):
    """The gravest notice that is known of a work, the gravest first."""

    RETRACTED = mark("retracted")
    IS_A_RETRACTION = mark("is itself a retraction notice")
    CONCERN = mark("expression of concern")
    CORRECTED = mark("erratum published")
    CLEAR = mark("no notice in its record")
    NOT_KNOWN = mark("not known")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """The gravest notice of a work, and where each notice was read."""

    standing: Standing
    evidence: tuple[str, ...]


# MEDLINE's publication types, in lower case.
_TYPES = {
    "retracted publication": Standing.RETRACTED,
    "retraction of publication": Standing.IS_A_RETRACTION,
    "retraction notice": Standing.IS_A_RETRACTION,
    "expression of concern": Standing.CONCERN,
}
# Each with what it says of the record, and of what it leads to.
_LINKS = {
    RelationKind.RETRACTED_BY: (Standing.RETRACTED, mark("{record}: retracted by {target}")),
    RelationKind.HAS_CONCERN: (Standing.CONCERN, mark("{record}: has concern {target}")),
    RelationKind.HAS_ERRATUM: (Standing.CORRECTED, mark("{record}: has erratum {target}")),
}
# The relations by which another record of the review names this one.
_NAMED_BY = {
    RelationKind.RETRACTION_OF: (Standing.RETRACTED, mark("{record} is retraction of it")),
    RelationKind.CONCERN_ABOUT: (Standing.CONCERN, mark("{record} is concern about it")),
    RelationKind.ERRATUM_OF: (Standing.CORRECTED, mark("{record} is erratum of it")),
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
    """Return what all copies of a work state together.

    `named_by` are links to it from other records: kind and their key.
    `stated_by` are the ids of the sources whose records state notices. "No notice in its record"
    needs a record of one of them; else the standing is "not known".
    """
    seen: list[tuple[Standing, str]] = []
    for record in copies:
        seen.extend(_stated(record))

    for kind, other in named_by:
        if kind in _NAMED_BY:
            standing, words = _NAMED_BY[kind]
            seen.append((standing, in_english(words, record=other)))

    if seen:
        gravest = min((standing for standing, _ in seen), key=_ORDER.index)
        evidence = dict.fromkeys(evidence for _, evidence in seen)
        return Notices(standing=gravest, evidence=tuple(evidence))
    return _without_notice(copies, stated_by)


def _stated(record: Record) -> Iterator[tuple[Standing, str]]:
    """Yield the notices in the record itself, with their evidence."""
    for kind in record.types:
        if kind.casefold() in _TYPES:
            yield (
                _TYPES[kind.casefold()],
                in_english("{record}: type “{type}”", record=record.key, type=kind),
            )

    if _TITLE.search(record.title or ""):
        yield Standing.RETRACTED, in_english("{record}: its title says so", record=record.key)

    for relation in record.relations:
        if relation.kind in _LINKS:
            standing, words = _LINKS[relation.kind]
            yield standing, in_english(words, record=record.key, target=relation.target)


def _without_notice(copies: Sequence[Record], stated_by: Collection[str]) -> Notices:
    """Return that there is no notice, if a copy is from a service that would state it."""
    keys = dict.fromkeys(
        record.key
        for record in copies
        if record.source in stated_by or _MEDLINE & record.other.keys()
    )
    if not keys:
        evidence = in_english("no record of a service that states notices")
        return Notices(standing=Standing.NOT_KNOWN, evidence=(evidence,))

    evidence = in_english("publication types and links of {records}", records=", ".join(keys))

    return Notices(standing=Standing.CLEAR, evidence=(evidence,))
