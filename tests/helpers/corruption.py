"""Copies of a record as other databases print it, and works that only look like it.

A copy is the same work: every change is one that a named habit of databases makes. A sibling is
another work: whatever else agrees, one thing says so.
"""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from reviewkit.model.records import Record

Change = Callable[[Record, random.Random], Record]


def _title(change: Callable[[str, random.Random], str]) -> Change:
    def changed(record: Record, chance: random.Random) -> Record:
        return replace(record, title=change(record.title or "", chance))

    return changed


def _without(*names: str) -> Change:
    def changed(record: Record, chance: random.Random) -> Record:
        empty = {"authors": (), "issns": ()}
        emptied: dict[str, Any] = {name: empty.get(name) for name in names}
        return replace(record, **emptied)

    return changed


def _misprint(title: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(title) - 1)
    return title[:place] + title[place + 1 :]


def _initials(name: str) -> str:
    family, _, given = name.partition(", ")
    return f"{family} {''.join(part[0] for part in given.split())}".strip()


def _authors(change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Change:
    def changed(record: Record, chance: random.Random) -> Record:
        return replace(record, authors=change(record.authors))

    return changed


def _given_first(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(" ".join(reversed(name.split(", "))) for name in names)


def _short_pages(record: Record, chance: random.Random) -> Record:
    first, _, last = (record.pages or "").partition("-")
    while len(last) > 1 and len(last) == len(first) and first[0] == last[0]:
        last = last[1:]
        first_rest = first[1:]
        if not first_rest or first_rest[0] != last[0]:
            break
        first = first_rest
    start = (record.pages or "").partition("-")[0]
    return replace(record, pages=f"{start}-{last}")


def _abstract(change: Callable[[str], str]) -> Change:
    def changed(record: Record, chance: random.Random) -> Record:
        return replace(record, abstract=record.abstract and change(record.abstract))

    return changed


def _year(step: int) -> Change:
    def changed(record: Record, chance: random.Random) -> Record:
        return replace(record, year=(record.year or 0) + step)

    return changed


# What one database does to one field. Each alone must not hide the work.
HABITS: Mapping[str, Change] = {
    "capitals": _title(lambda title, _: title.upper()),
    "full stop": _title(lambda title, _: f"{title}."),
    "references": _title(lambda title, _: f"{title}. [Review] [33 refs]"),
    "letter number": _title(lambda title, _: f"{title} [17]"),
    "markup": _title(lambda title, _: f"<b>{title}</b>"),
    "braces": _title(lambda title, _: f"{{{title}}}"),
    "cut": _title(lambda title, _: f"{title[: max(45, len(title) - 12)]}..."),
    "misprint": _title(_misprint),
    "bracket": _title(lambda title, _: f"[{title}]."),
    "initials": _authors(lambda names: tuple(map(_initials, names))),
    "given first": _authors(_given_first),
    "first author": _authors(lambda names: names[:1]),
    "three authors": _authors(lambda names: (*names[:3], "et al")),
    "names in capitals": _authors(lambda names: tuple(name.upper() for name in names)),
    "no authors": _without("authors"),
    "no journal": _without("journal"),
    "no volume": _without("volume"),
    "no issue": _without("issue"),
    "no pages": _without("pages"),
    "no place": _without("volume", "issue", "pages"),
    "no year": _without("year"),
    "no doi": _without("doi"),
    "no identifiers": _without("doi", "pmid"),
    "no abstract": _without("abstract"),
    "short pages": _short_pages,
    "first page": lambda record, _: replace(record, pages=(record.pages or "").partition("-")[0]),
    "doi address": lambda record, _: replace(
        record, doi=record.doi and f"https://doi.org/{record.doi.upper()}"
    ),
    "labelled abstract": _abstract(lambda text: f"Abstract Background: {text}"),
    "cut abstract": _abstract(lambda text: text[:250]),
    "next year": _year(1),
}


def copy_of(record: Record, chance: random.Random, *, habits: int = 3) -> tuple[Record, list[str]]:
    """Return the record under another id with some habits, and their names."""
    names = chance.sample(sorted(HABITS), habits)
    copy = record
    for name in names:
        copy = HABITS[name](copy, chance)
    return replace(copy, source_id=f"{record.source_id}-copy"), names


def _other_doi(record: Record) -> str | None:
    return record.doi and f"{record.doi}x1"


def _moved(record: Record, by: int) -> str:
    numbers = [int(number) + by for number in re.findall(r"\d+", record.pages or "")[:2]]
    return "-".join(map(str, numbers))


def _part(record: Record, chance: random.Random) -> tuple[Record, Record]:
    one = replace(record, title=f"{record.title}: part 1")
    two = replace(
        record,
        title=f"{record.title}: part 2",
        pages=_moved(record, 40),
        doi=_other_doi(record),
        pmid=None,
        abstract=None,
    )
    return one, two


def _sexes(record: Record, chance: random.Random) -> tuple[Record, Record]:
    one = replace(record, title=f"{record.title} in men", pmid=None)
    two = replace(record, title=f"{record.title} in women", pages=_moved(record, 30), pmid=None)
    return one, replace(two, doi=_other_doi(record), abstract=None)


def _column(record: Record, chance: random.Random) -> tuple[Record, Record]:
    title = chance.choice(
        ("Journal club", "Case of the month", "Editorial", "News in brief", "Image quiz",
         "From the editor", "Book review", "Diary of a nurse", "Clinical pearls",
         "What is your diagnosis?", "Letters to the editor")
    )  # fmt: skip
    one = replace(record, title=title, issue="3", pages="44-45", pmid=None, abstract=None, doi=None)
    return one, replace(one, issue="4")


def _column_doi(record: Record, chance: random.Random) -> tuple[Record, Record]:
    one, two = _column(record, chance)
    return replace(one, doi="10.1000/a1"), replace(two, doi="10.1000/a2")


def _quiz(record: Record, chance: random.Random) -> tuple[Record, Record]:
    one = replace(record, issue="3", pages="44-45", pmid=None, abstract=None, doi="10.1000/a1")
    return one, replace(one, issue="4", doi="10.1000/a2")


def _annual(record: Record, chance: random.Random) -> tuple[Record, Record]:
    title = "Annual report of the national registry of rare tumours"
    one = replace(
        record, title=title, volume="5", pages="1-40", issue=None, abstract=None, pmid=None
    )
    return one, replace(one, volume="6", year=(record.year or 2000) + 1, doi=_other_doi(record))


def _session(record: Record, chance: random.Random) -> tuple[Record, Record]:
    one = replace(record, issue="Suppl 2", pages="S1-S200", pmid=None, abstract=None)
    return one, replace(one, title="Nurses and the care of patients at home in the north: a survey")


def _meeting(record: Record, chance: random.Random) -> tuple[Record, Record]:
    one = replace(record, issue="Suppl 3", pages="S12", pmid=None, abstract=None)
    return one, replace(one, title=f"{record.title} in relatives of veterans and nurses")


def _registration(record: Record, chance: random.Random) -> tuple[Record, Record]:
    one = Record(
        source=record.source, source_id=record.source_id, title=record.title,
        journal="ClinicalTrials.gov", year=record.year, accession="NCT01234567",
    )  # fmt: skip
    return one, replace(one, accession="NCT07654321")


def _trial_and_article(record: Record, chance: random.Random) -> tuple[Record, Record]:
    one, _ = _registration(record, chance)
    return one, record


def _erratum(record: Record, chance: random.Random) -> tuple[Record, Record]:
    return record, replace(
        record, title=f"Erratum: {record.title}", doi=_other_doi(record), pmid=None, abstract=None
    )


def _reply(record: Record, chance: random.Random) -> tuple[Record, Record]:
    return record, replace(
        record,
        title=f"{record.title}: authors' reply",
        doi=_other_doi(record),
        pmid=None,
        pages=_moved(record, 300),
        abstract=None,
    )


def _edition(record: Record, chance: random.Random) -> tuple[Record, Record]:
    one = replace(record, title=f"{record.title}, second edition", doi=None, pmid=None)
    return one, replace(one, title=f"{record.title}, third edition")


def _letters(record: Record, chance: random.Random) -> tuple[Record, Record]:
    one = replace(record, title=f"{record.title} [17]", pmid=None, doi=None, abstract=None)
    return one, replace(one, title=f"{record.title} [18]")


# Two works that look alike.
SIBLINGS: Mapping[str, Callable[[Record, random.Random], tuple[Record, Record]]] = {
    "parts": _part,
    "men and women": _sexes,
    "column": _column,
    "column with DOIs": _column_doi,
    "quiz in two issues": _quiz,
    "annual report": _annual,
    "session": _session,
    "meeting": _meeting,
    "two registrations": _registration,
    "trial and article": _trial_and_article,
    "erratum": _erratum,
    "reply": _reply,
    "editions": _edition,
    "letters": _letters,
}


def siblings_of(record: Record, name: str, chance: random.Random) -> tuple[Record, Record]:
    """Return two works of a kind that look alike, under two ids."""
    one, two = SIBLINGS[name](record, chance)
    return replace(one, source_id="one"), replace(two, source_id="two")


# How lists of references print one meeting, without its mere subject, which may be a journal; "{n}" is its number in words, "{y}" the year.
MEETINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "machine learning",
        (
            "ICML",
            "ICML-{y}",
            "Proceedings of the {n} International Conference on Machine Learning",
            "Proc. of the {n} Intl. Conf. on Machine Learning (ICML)",
            "In Machine Learning: Proceedings of the {n} International Conference",
            "Proceedings of the International Conference on Machine ...",
        ),
    ),
    (
        "theory of computing",
        (
            "STOC '{y}",
            "ACM Symposium on Theory of Computing",
            "Proceedings of the {n} Annual ACM Symposium on Theory of Computing",
            "Proc. {n} ACM Symp. Theory of Computing",
        ),
    ),
    (
        "very large data bases",
        (
            "VLDB",
            "Proc. VLDB",
            "Proc. of the {n} VLDB Conference",
            "Proceedings of the {n} International Conference on Very Large Data Bases",
        ),
    ),
)


def reference_to(record: Record, meeting: int, chance: random.Random) -> Record:
    """Return a paper of a meeting as a list of references prints it: in its words, without pages."""
    styles = MEETINGS[meeting][1]
    number = chance.choice(("Twelfth", "12th", "12"))
    venue = chance.choice(styles).format(n=number, y=str(record.year)[2:])
    authors = chance.choice((_given_first, lambda names: tuple(map(_initials, names)), tuple))
    title = chance.choice((str, str.upper, lambda text: f"{text}."))(record.title or "")
    return Record(
        source=record.source,
        source_id=f"{record.source_id}-{chance.randrange(10**9)}",
        title=title,
        authors=tuple(authors(record.authors)),
        journal=venue,
        year=record.year,
    )
