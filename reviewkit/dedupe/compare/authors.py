"""How far two lists of authors are the same people, whatever the order, the style or where a list was cut."""

from rapidfuzz import fuzz, process


def shared_names(one: str, two: str) -> tuple[float, float]:
    """Share of the shorter list's family words found in the longer, and of all words in both; -1 when one is empty."""
    first, second = set(one.split()), set(two.split())
    if not first or not second:
        return -1.0, -1.0
    common = len(first & second)
    if common < min(len(first), len(second)):
        common += _near(first - second, second - first)
    smaller, every = min(len(first), len(second)), len(first) + len(second) - common
    return common / smaller, common / every


def _near(one: set[str], two: set[str]) -> int:
    """How many names of the one stand in the other with a slip ("serban", "scrban") or cut short."""
    found, pool = 0, sorted(two)
    for name in sorted(one):
        if not pool:
            break
        match = process.extractOne(name, pool, scorer=fuzz.ratio, score_cutoff=82)
        if match is not None:
            found += 1
            pool.remove(match[0])
    return found
