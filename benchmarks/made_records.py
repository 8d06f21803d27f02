"""Records made from real ones, in any number, for time and memory: new works in old words, and dirty copies of them."""

import random
import re
from collections import Counter
from dataclasses import replace

from learn_dedupe import LabelledSet

from reviewkit.dedupe import Duplicates
from reviewkit.model.records import Record

_COPIES = (0, 0, 0, 0, 0, 0, 1, 1, 2, 3)


def make_records(size: int, sets: list[LabelledSet], *, seed: int = 7) -> list[Record]:
    """`size` records in random order; those of one work share the number before the dash in their id."""
    chance = random.Random(seed)  # noqa: S311  # nothing secret: the same records every time
    real = [record for labelled in sets for record in labelled.records if record.title]
    words = [word for record in real for word in re.findall(r"[^\W\d_]{5,}", record.title or "")]
    people = [name for record in real for name in record.authors]
    made: list[Record] = []
    work = 0
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
    """Another work: about half of the title's long words, all authors, the place and the identifiers are new."""
    parts = re.split(r"([^\W\d_]{5,})", real.title or "")
    title = "".join(
        chance.choice(words) if at % 2 and chance.random() < 0.5 else part
        for at, part in enumerate(parts)
    )
    start = chance.randint(1, 3000)
    abstract = (real.abstract or "")[:2000]
    cut = chance.randint(0, max(0, len(abstract) - 400))
    return replace(
        real,
        source="made",
        title=f"{title} {chance.choice(words)}",
        authors=tuple(chance.sample(people, min(8, max(1, len(real.authors))))),
        year=chance.randint(1980, 2025),
        volume=str(chance.randint(1, 150)),
        issue=str(chance.randint(1, 12)),
        pages=f"{start}-{start + chance.randint(2, 20)}",
        doi=f"10.{1000 + work % 9000}/made.{work}" if chance.random() < 0.7 else None,
        pmid=str(1_000_000 + work) if chance.random() < 0.4 else None,
        abstract=f"{chance.choice(words)} {chance.choice(words)} {abstract[cut:]}"
        if abstract
        else None,
        other={},
    )


def _copy(base: Record, chance: random.Random) -> Record:
    """The same work as another database prints it: fields missing, case, initials, abbreviations, a slip."""
    title = base.title or ""
    if chance.random() < 0.3:
        title = title.upper() if chance.random() < 0.5 else f"{title}."
    if chance.random() < 0.1 and len(title) > 20:
        at = chance.randrange(len(title) - 2)
        title = title[:at] + title[at + 1 :]
    authors = tuple(re.sub(r"^([^,]+), (\w)\w*", r"\1 \2", name) for name in base.authors)
    first, _, last = (base.pages or "").partition("-")
    return replace(
        base,
        title=title,
        authors=authors if chance.random() < 0.5 else base.authors,
        journal=None if chance.random() < 0.1 else base.journal,
        issue=None if chance.random() < 0.3 else base.issue,
        pages=first if chance.random() < 0.1 else f"{first}-{last}",
        doi=None if chance.random() < 0.4 else base.doi,
        pmid=None if chance.random() < 0.5 else base.pmid,
        abstract=None if chance.random() < 0.3 else base.abstract,
        year=base.year and base.year + (chance.random() < 0.05),
    )


def score(records: list[Record], found: Duplicates) -> dict[str, int]:
    """Strict counting over the works as they were made."""
    sizes = Counter(record.source_id.partition("-")[0] for record in records)
    needed = sum(size - 1 for size in sizes.values())
    right = wrong = 0
    for cluster in found.clusters:
        works = {key.partition(":")[2].partition("-")[0] for key in cluster.members}
        right += len(cluster.members) - len(works)
        wrong += len(works) - 1
    return {"right": right, "wrong": wrong, "missed": needed - right}
