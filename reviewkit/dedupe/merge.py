"""One record out of a cluster's copies: which copy leads, and what the others know that it lacks.

There is one rule for filling a record's gaps. It serves the view of a report's copies, their
export, and the import of a record that is in the database already.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from reviewkit.dedupe.best import better_givers
from reviewkit.dedupe.normalise.numbers import number
from reviewkit.dedupe.normalise.pages import parse_pages
from reviewkit.model.records import Record

Giver = TypeVar("Giver")
# Where a work is printed is one statement: the volume of one copy and the pages of another would
# name a third place, which does not exist.
_PLACE = ("volume", "issue", "pages")

_SINGLE_FIELDS = tuple(
    field.name
    for field in fields(Record)
    if field.name not in {"source", "source_id", "other", "year", "published", *_PLACE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A record with its fields at their best; `filled` has, by field, the copy that gave it."""

    record: Record
    filled: Mapping[str, str]


def lead_of(
    members: Sequence[str],
    *,
    prefer: tuple[str, ...] = (),
    arrival: Mapping[str, int] | None = None,
) -> str:
    """Return the key that leads: of a preferred source, else the first to arrive, else lowest."""
    ranks = {source: rank for rank, source in enumerate(prefer)}
    arrived = arrival or {}

    def order(key: str) -> tuple[int, int, str]:
        source = key.partition(":")[0]
        return ranks.get(source, len(ranks)), arrived.get(key, len(arrived)), key

    return min(members, key=order)


def merge(lead: Record, copies: Sequence[Record], *, chosen: Collection[str] = ()) -> Merged:
    """Return the lead with each field from the copy that has it best; ties by the copies' keys.

    Gaps are filled. A cut abstract or title, one in capitals, and names that are fewer or shorter
    give way to a copy that says the same and more; a place that is stated in part gives way to a
    whole one, with its year. `chosen` are the fields that a person settled: they stay.
    """
    others = sorted((copy for copy in copies if copy.key != lead.key), key=lambda copy: copy.key)
    if not others:
        return Merged(record=lead, filled={})

    givers = _not_chosen(better_givers(lead, others) | _whole_place(lead, others), chosen)
    values: dict[str, Any] = {name: getattr(giver, name) for name, giver in givers.items()}
    full = fill_gaps(replace(lead, **values), others)
    filled = _not_chosen(full.filled, chosen)
    taken_back = {name: getattr(lead, name) for name in full.filled if name not in filled}
    filled |= {name: giver.key for name, giver in givers.items()}
    return Merged(record=replace(full.record, **taken_back), filled=filled)


def _not_chosen(givers: Mapping[str, Giver], chosen: Collection[str]) -> dict[str, Giver]:
    """Return the fields that no person settled; a place is settled as a whole."""
    settled = set(chosen)
    if settled.intersection(_PLACE):
        settled.update(_PLACE, ("year",))
    return {name: giver for name, giver in givers.items() if name not in settled}


def _whole_place(lead: Record, copies: Sequence[Record]) -> dict[str, Record]:
    """Return the copy that states the place of the lead in more parts, for every part and the year.

    It must agree in all that the lead states. Nothing where the lead states no place.
    """
    known = _place_parts(lead)
    agreeing = [
        copy
        for copy in copies
        if _states_place_of(copy, lead) and not _years_differ(lead, copy) and copy.year
    ]
    best = max(agreeing, key=_place_parts, default=None)
    if not known or best is None or _place_parts(best) <= known:
        return {}
    return {name: best for name in (*_PLACE, "year") if getattr(best, name)}


def fill_gaps(record: Record, copies: Sequence[Record], *, keep_year: bool = False) -> Merged:
    """Return the record with each empty field taken from the first copy that has it.

    Volume, issue and pages come from one copy, and the year with them. A record that states none of
    the three takes the copy's year and date too, even in place of its own, unless `keep_year` is
    true. A record that states one of them is completed only by a fuller copy of the same entry: one
    with the same key that states the same. `other` holds a source's own tags, so only a copy with
    the same key adds to it.
    """
    givers = {
        name: giver
        for name in _SINGLE_FIELDS
        if not getattr(record, name) and (giver := _first_with(copies, name))
    }
    givers |= _place_givers(record, copies, keep_year=keep_year)

    values: dict[str, Any] = {name: getattr(giver, name) for name, giver in givers.items()}
    other = _other_tags(record, copies)
    if other != record.other:
        values["other"] = other
    if not values:
        return Merged(record=record, filled={})

    filled = {name: giver.key for name, giver in givers.items()}
    return Merged(record=replace(record, **values), filled=filled)


def places_differ(one: Record, other: Record) -> bool:
    """Return whether two copies name different years, volumes, issues or pages."""
    return _years_differ(one, other) or any(
        not _same_part(name, one, other)
        for name in _PLACE
        if getattr(one, name) and getattr(other, name)
    )


def describe_place(record: Record) -> str:
    """Return the year and place in words: "2021, volume 13, pages 551-560"."""
    parts = [f"{name} {getattr(record, name)}" for name in _PLACE if getattr(record, name)]
    if record.year:
        parts.insert(0, str(record.year))
    return ", ".join(parts) or "no year, volume or pages"


def _first_with(copies: Sequence[Record], name: str) -> Record | None:
    return next((copy for copy in copies if getattr(copy, name)), None)


def _place_givers(
    record: Record, copies: Sequence[Record], *, keep_year: bool
) -> dict[str, Record]:
    """Return the copies that give volume, issue, pages, year and date of publication, by field."""
    completing = [copy for copy in copies if _states_place_of(copy, record)]
    placed = _best_placed(record, completing, keep_year=keep_year)
    if placed is None:
        return _date_givers(record, copies, completing)

    givers = dict.fromkeys(_missing_parts(record, placed), placed)
    if _years_differ(record, placed):
        givers["year"] = placed
        if record.published or placed.published:
            givers["published"] = placed
        return givers

    same_place = [copy for copy in completing if _states_place_of(copy, placed)]
    return givers | _date_givers(record, copies, same_place)


def _missing_parts(record: Record, placed: Record) -> list[str]:
    return [name for name in _PLACE if getattr(placed, name) and not getattr(record, name)]


def _date_givers(
    record: Record, copies: Sequence[Record], same_place: Sequence[Record]
) -> dict[str, Record]:
    """Return who gives a missing year: a copy in the same place; and a date: one of that year."""
    givers: dict[str, Record] = {}
    year = record.year
    dated = _first_with(same_place, "year")
    if year is None and dated is not None:
        givers["year"] = dated
        year = dated.year

    if not record.published:
        of_year = [copy for copy in copies if (copy.published or "").startswith(str(year or ""))]
        published = _first_with(of_year, "published")
        if published is not None:
            givers["published"] = published

    return givers


def _best_placed(record: Record, completing: Sequence[Record], *, keep_year: bool) -> Record | None:
    """Return the copy that states most of the place, in the record's own year if there is one."""
    known = _place_parts(record)
    if known or keep_year:
        completing = [copy for copy in completing if not _years_differ(record, copy)]

    def order(copy: Record) -> tuple[bool, int]:
        return not _years_differ(record, copy), _place_parts(copy)

    fuller = [copy for copy in completing if _place_parts(copy) > known]
    if known:
        fuller = [copy for copy in fuller if copy.key == record.key]
    return max(fuller, key=order, default=None)


def _place_parts(record: Record) -> int:
    return sum(bool(getattr(record, name)) for name in _PLACE)


def _states_place_of(copy: Record, record: Record) -> bool:
    """Return whether the copy states the same for every part that the record states."""
    return all(_same_part(name, copy, record) for name in _PLACE if getattr(record, name))


def _years_differ(one: Record, other: Record) -> bool:
    return bool(one.year and other.year and one.year != other.year)


def _same_part(name: str, one: Record, other: Record) -> bool:
    first, second = getattr(one, name) or "", getattr(other, name) or ""
    if first.casefold() == second.casefold():
        return True
    if name == "pages":
        return _same_pages(first, second)
    return bool(number(first)) and number(first) == number(second)


def _same_pages(one: str, other: str) -> bool:
    first, second = parse_pages(one), parse_pages(other)
    same_start = bool(first.first) and first.first == second.first
    return same_start and (not first.end or not second.end or first.end == second.end)


def _other_tags(record: Record, copies: Sequence[Record]) -> Mapping[str, tuple[str, ...]]:
    """Return the record's own tags with those that copies of the same key have besides."""
    tags = dict(record.other)
    for copy in copies:
        if copy.key == record.key:
            for name, values in copy.other.items():
                tags.setdefault(name, values)
    return tags
