"""Who screens what: an even split of records among reviewers, with overlap on request. Pure."""

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
    """Return the reviewers of each record: `each` of them, all of them for `overlap` drawn records.

    A reviewer in `kept` has decided on that record already and stays with it. The rest goes to
    whoever has least, so that nobody has more than one record more than another where nothing was
    decided before.
    """
    drawn = draw(records, seed)
    shared = set(drawn[:overlap])
    load: Counter[str] = Counter()
    assigned = {}

    for place, record in enumerate(drawn):
        present = [name for name in reviewers if name in kept.get(record, ())]
        wanted = min(each, len(reviewers))
        if record in shared:
            wanted = len(reviewers)

        # Turning the list by one each time shares ties evenly and pairs everybody with everybody.
        turn = place % len(reviewers)
        turned = [*reviewers[turn:], *reviewers[:turn]]
        others = [name for name in turned if name not in present]
        others.sort(key=lambda name: load[name])

        chosen = [*present, *others][: max(wanted, len(present))]
        load.update(name for name in chosen if name not in present)
        assigned[record] = tuple(sorted(chosen))
    return assigned
