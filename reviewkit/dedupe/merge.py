"""One record out of a cluster's copies: which copy leads, and what the others know that it does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from reviewkit.model.records import Record

# The lead's own identity, and what must not be mixed from several copies.
_OWN = frozenset({"source", "source_id", "other"})
# Where a work stands is one statement: volume of one copy and pages of another would name a third place.
_TOGETHER = ("volume", "issue", "pages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The lead with its gaps filled, and for every filled field the key of the copy it came from."""

    record: Record
    filled: Mapping[str, str]


def lead_of(
    members: Sequence[str],
    *,
    prefer: tuple[str, ...] = (),
    arrival: Mapping[str, int] | None = None,
) -> str:
    """The key that leads: the preferred source's first, then the copy that was there first, then the lowest key."""
    ranks = {source: rank for rank, source in enumerate(prefer)}
    came = arrival or {}

    def order(key: str) -> tuple[int, int, str]:
        return ranks.get(key.partition(":")[0], len(ranks)), came.get(key, len(came)), key

    return min(members, key=order)


def merge(lead: Record, copies: Sequence[Record]) -> Merged:
    """The lead's record with empty fields taken from the other copies, in the order of their keys."""
    others = sorted((copy for copy in copies if copy.key != lead.key), key=lambda copy: copy.key)
    values: dict[str, object] = {}
    filled: dict[str, str] = {}
    for name in (field.name for field in fields(Record) if field.name not in {*_OWN, *_TOGETHER}):
        if getattr(lead, name):
            continue
        giver = next((copy for copy in others if getattr(copy, name)), None)
        if giver is not None:
            values[name] = getattr(giver, name)
            filled[name] = giver.key
    if not (lead.volume or lead.issue or lead.pages):
        giver = max(others, key=_placed, default=None)
        if giver is not None and _placed(giver):
            for name in _TOGETHER:
                if getattr(giver, name):
                    values[name] = getattr(giver, name)
                    filled[name] = giver.key
    return Merged(record=replace(lead, **values), filled=filled)  # type: ignore[arg-type]  # names are Record's own


def _placed(record: Record) -> int:
    return sum(bool(getattr(record, name)) for name in _TOGETHER)
