"""What each count of a flow can be: a reported one is itself, another one 0 or more. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import fields

from reviewkit.model.flow import Count, Flow, Tally
from reviewkit.prisma.equation import Values, known
from reviewkit.prisma.labels import LABELS, LISTS


def values_of(flow: Flow) -> Values:
    """Return the bounds of every count. One below 0 is taken as unknown: it breaks I7 already."""
    values = known(dict(_single_counts(flow)))
    for name in flow.not_used or ():
        values.setdefault(name, (0, 0))
    for parts in LISTS.values():
        values.update(known(_each(parts, getattr(flow, parts))))
    for name in ("stand_ins", "records_excluded_reasons", "other_sources"):
        _add_list(values, name, getattr(flow, name) or None)
    for name in ("dbr_excluded", "other_excluded"):
        _add_list(values, name, getattr(flow, name))

    return values


def _each(name: str, tallies: Sequence[Tally]) -> dict[str, Count]:
    """Return the counts of a list by keys of their own."""
    return {f"{name}[{n}]": tally.n for n, tally in enumerate(tallies)}


def below_zero(flow: Flow) -> Iterator[tuple[str, str, int]]:
    """Yield key, name and value of every count below 0."""
    for name, n in _single_counts(flow):
        if n is not None and n < 0:
            yield name, LABELS.get(name, name), n
    for name, tallies in _lists(flow):
        for number, tally in enumerate(tallies):
            if tally.n is not None and tally.n < 0:
                yield f"{name}[{number}]", tally.label or LABELS.get(name, name), tally.n


def _add_list(values: Values, name: str, tallies: Sequence[Tally] | None) -> None:
    """Add the sum of a list: where a part is missing, at least what is reported of it."""
    if tallies is None:
        return

    least = sum(max(tally.n or 0, 0) for tally in tallies)
    values[name] = (least, None)
    if all(_is_sound(tally) for tally in tallies):
        values[name] = (least, least)


def _is_sound(tally: Tally) -> bool:
    return tally.n is not None and tally.n >= 0


def _single_counts(flow: Flow) -> Iterator[tuple[str, Count]]:
    for item in fields(flow):
        value = getattr(flow, item.name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            yield item.name, value


def _lists(flow: Flow) -> Iterator[tuple[str, tuple[Tally, ...]]]:
    for item in fields(flow):
        value = getattr(flow, item.name)
        if isinstance(value, tuple):
            yield item.name, tuple(tally for tally in value if isinstance(tally, Tally))
