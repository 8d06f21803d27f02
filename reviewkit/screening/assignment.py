"""Who screens what: an even split of records among reviewers, with overlap where it is wanted. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set

from reviewkit.screening.queue import draw


def split(
    records: Sequence[str],
    reviewers: Sequence[str],
    *,
    each: int,
    overlap: int,
    seed: int,
    kept: Mapping[str, Set[str]],
) -> dict[str, tuple[str, ...]]:
    """The reviewers of each record: `each` of them, and all of them for `overlap` records drawn at random.

    A reviewer in `kept` has decided on that record already and stays with it. The rest goes to whoever has least,
    so that nobody has more than one record more than another where nothing was decided before.
    """
    drawn = draw(records, seed)
    shared = set(drawn[:overlap])
    load: Counter[str] = Counter()
    found = {}
    for place, record in enumerate(drawn):
        there = [name for name in reviewers if name in kept.get(record, ())]
        wanted = len(reviewers) if record in shared else min(each, len(reviewers))
        # Turning the list by one each time shares ties out evenly and pairs everybody with everybody.
        turned = [*reviewers[place % len(reviewers) :], *reviewers[: place % len(reviewers)]]
        others = sorted((name for name in turned if name not in there), key=lambda name: load[name])
        chosen = [*there, *others][: max(wanted, len(there))]
        load.update(name for name in chosen if name not in there)
        found[record] = tuple(sorted(chosen))
    return found
