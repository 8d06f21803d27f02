"""Make any number of records from real ones, to measure time and memory.

Works are new, in the words of real ones; copies have the errors of databases.
"""

import random
import re
from collections import Counter
from dataclasses import replace
from itertools import chain

from learn_dedupe import LabelledSet

from reviewkit.dedupe import Duplicates
from reviewkit.model.records import Record

_COPIES = (0, 0, 0, 0, 0, 0, 1, 1, 2, 3)


def make_records(
    size: int, sets: list[LabelledSet], *, seed: int = 7, first: int = 0
) -> list[Record]:
    """Return `size` records in random order; copies share the number before the dash of the id.

    Works are numbered from `first`.
    """
    chance = random.Random(seed)
    every = chain.from_iterable(labelled.records for labelled in sets)
    real = [record for record in every if record.title]
    words: list[str] = []
    people: list[str] = []
    for record in real:
        words += re.findall(r"[^\W\d_]{5,}", record.title or "")
        people += record.authors

    made: list[Record] = []
    work = first
    while len(made) < size:
        base = _new_work(chance.choice(real), work, words, people, chance)
        made.append(replace(base, source_id=f"{work}-0"))
        copies = range(1, chance.choice(_COPIES) + 1)
        made.extend(replace(_copy(base, chance), source_id=f"{work}-{copy}") for copy in copies)
        work += 1

    del made[size:]
    chance.shuffle(made)
    return made


def _new_work(
    real: Record, work: int, words: list[str], people: list[str], chance: random.Random
) -> Record:
    """Return another work: half of the long words, all authors, place and identifiers are new."""
    parts = re.split(r"([^\W\d_]{5,})", real.title or "")
    for place in range(1, len(parts), 2):
        if chance.random() < 0.5:
            parts[place] = chance.choice(words)
    title = "".join(parts)

    start = chance.randint(1, 3000)
    abstract = (real.abstract or "")[:2000]
    cut = chance.randint(0, max(0, len(abstract) - 400))
    if abstract:
        abstract = f"{chance.choice(words)} {chance.choice(words)} {abstract[cut:]}"
    return replace(
        real,
        source="made",
        title=f"{title} {chance.choice(words)}",
        authors=tuple(chance.sample(people, min(8, max(1, len(real.authors))))),
        year=chance.randint(1980, 2025),
        volume=str(chance.randint(1, 150)),
        issue=str(chance.randint(1, 12)),
        pages=f"{start}-{start + chance.randint(2, 20)}",
        doi=_sometimes(0.7, f"10.{1000 + work % 9000}/made.{work}", chance),
        pmid=_sometimes(0.4, str(1_000_000 + work), chance),
        abstract=abstract or None,
        other={},
    )


def _copy(base: Record, chance: random.Random) -> Record:
    """Return the same work as another database prints it.

    Fields are missing, and case, initials, abbreviations and single letters differ.
    """
    authors = base.authors
    if chance.random() < 0.5:
        authors = tuple(re.sub(r"^([^,]+), (\w)\w*", r"\1 \2", name) for name in authors)
    pages = base.pages
    if pages and chance.random() < 0.1:
        pages = pages.partition("-")[0]

    return replace(
        base,
        title=_misprinted(base.title or "", chance),
        authors=authors,
        journal=_sometimes(0.9, base.journal, chance),
        issue=_sometimes(0.7, base.issue, chance),
        pages=pages,
        doi=_sometimes(0.6, base.doi, chance),
        pmid=_sometimes(0.5, base.pmid, chance),
        abstract=_sometimes(0.7, base.abstract, chance),
        year=base.year and base.year + (chance.random() < 0.05),
    )


def _misprinted(title: str, chance: random.Random) -> str:
    """Return the title, sometimes in capitals, with a full stop or without a letter."""
    style = chance.random()
    if style < 0.15:
        title = title.upper()
    elif style < 0.3:
        title = f"{title}."
    if chance.random() < 0.1 and len(title) > 20:
        place = chance.randrange(len(title) - 2)
        title = title[:place] + title[place + 1 :]
    return title


def _sometimes(share: float, value: str | None, chance: random.Random) -> str | None:
    """Return the value in this share of all calls, else None."""
    if chance.random() < share:
        return value
    return None


def score(records: list[Record], found: Duplicates) -> dict[str, int]:
    """Count merges strictly, over the works as they were made."""
    sizes = Counter(record.source_id.partition("-")[0] for record in records)
    needed = sum(size - 1 for size in sizes.values())
    right = wrong = 0
    for cluster in found.clusters:
        works = {key.partition(":")[2].partition("-")[0] for key in cluster.members}
        right += len(cluster.members) - len(works)
        wrong += len(works) - 1
    return {"right": right, "wrong": wrong, "missed": needed - right}
