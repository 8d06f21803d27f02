"""Compare lists of authors, whatever their order, style or where a list was cut."""

from rapidfuzz import fuzz, process


def shared_names(one: str, two: str) -> tuple[float, float]:
    """Return the share of the shorter list's words that both have, and the share of all words.

    Both are -1 when a list is empty.
    """
    first, second = set(one.split()), set(two.split())
    if not first or not second:
        return -1.0, -1.0

    common = len(first & second)
    if common < min(len(first), len(second)):
        common += _near(first - second, second - first)
    smaller, every = min(len(first), len(second)), len(first) + len(second) - common
    return common / smaller, common / every


def _near(one: set[str], two: set[str]) -> int:
    """Count the names in both with a misprint ("serban", "scrban") or cut short."""
    count, pool = 0, sorted(two)
    for name in sorted(one):
        if not pool:
            break
        match = process.extractOne(name, pool, scorer=fuzz.ratio, score_cutoff=82)
        if match is not None:
            count += 1
            pool.remove(match[0])
    return count
