"""Which reports may be of one study: suggestions with their evidence. Pure; nothing is linked.

A study is an investigation; its reports are articles, abstracts, protocols, register entries
(PRISMA 2020, glossary). Identifiers of registers give about half of the links (Bashir 2017, Syst
Rev 6:123); the rest is a person with suggestions.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from reviewkit.model.identifiers import title_key
from reviewkit.model.records import Record, RelationKind
from reviewkit.model.registers import IN_TEXT

# A report that names more numbers than this speaks of other studies, as reviews do.
_MOST_NUMBERS = 3
# Where registers' own records keep the trial's numbers in other registers.
_FURTHER_NUMBERS = ("former_number", "secondary_number", "Secondary_ID")
_ROLE_WORDS = re.compile(
    r"\b(?:study protocol|protocol|rationale and design|design and rationale|baseline\w*"
    r"|secondary analys[ei]s|post hoc analys[ei]s|follow up|long term|extension|erratum"
    r"|correction|corrigendum|results|statistical analysis plan|preprint|abstract|of|for|the|a|an"
    r"|from|in|to|and)\b"
)
_SHORTEST_STEM = 5
_RELATION_WORDS = {
    RelationKind.ERRATUM_OF: "an erratum of",
    RelationKind.RETRACTION_OF: "the retraction of",
    RelationKind.CONCERN_ABOUT: "an expression of concern about",
    RelationKind.PREPRINT_OF: "a preprint of",
    RelationKind.ABSTRACT_OF: "an abstract of",
    RelationKind.UPDATE_OF: "an update of",
    RelationKind.RELATED_TO: "related to",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Reports that may be of one study, and why. A person decides."""

    records: tuple[str, ...]
    evidence: str


def registration_numbers(record: Record) -> tuple[str, ...]:
    """Return the numbers of trial registers that a record names in any field, in capitals."""
    texts = [
        record.title,
        record.original_title,
        record.abstract,
        record.accession,
        *record.keywords,
        *record.links,
        *(value for values in record.other.values() for value in values),
    ]
    found: dict[str, None] = {}
    for text in texts:
        for match in IN_TEXT.finditer(text or ""):
            found[_bare(match.group())] = None
    return tuple(found)


def _bare(number: str) -> str:
    """Return a number in capitals, without the name of the EU register that some put before it.

    People read it in the suggestion, so it stays as the register prints it. `registration_in` gives
    the form that two loose writings share.
    """
    return re.sub(r"^(?:EUDRACT\s*|EUCTR)", "", number.upper())


def _own_numbers(record: Record) -> tuple[str, ...]:
    """Return the numbers of a trial on a register's own record; none on any other record.

    Its texts may name other trials: only its accession and its further numbers are its own.
    """
    texts = [record.accession or ""]
    if not IN_TEXT.search(texts[0]):
        return ()

    for name in _FURTHER_NUMBERS:
        texts.extend(record.other.get(name, ()))
    found: dict[str, None] = {}
    for text in texts:
        found |= dict.fromkeys(_bare(match.group()) for match in IN_TEXT.finditer(text))
    return tuple(found)


def suggest_studies(
    reports: Sequence[Record],
    relations: Iterable[tuple[str, RelationKind, str]],
    linked: Mapping[str, Sequence[str]],
) -> tuple[Suggestion, ...]:
    """Return the groups of reports that may be of one study and are in none together yet."""
    suggestions = [
        *_by_number(reports),
        *_by_relation({report.key for report in reports}, relations),
        *_by_title(reports),
    ]
    seen: set[tuple[str, ...]] = set()
    shown = []
    for suggestion in suggestions:
        if suggestion.records not in seen and not _together(suggestion.records, linked):
            seen.add(suggestion.records)
            shown.append(suggestion)
    return tuple(shown)


def _together(records: Sequence[str], linked: Mapping[str, Sequence[str]]) -> bool:
    studies = [set(linked.get(record, ())) for record in records]
    return bool(set.intersection(*studies))


def _by_number(reports: Sequence[Record]) -> Iterator[Suggestion]:
    named: dict[str, list[str]] = {}
    for report in reports:
        own = _own_numbers(report)
        numbers = own or registration_numbers(report)
        if own or len(numbers) <= _MOST_NUMBERS:
            for number in numbers:
                named.setdefault(number, []).append(report.key)

    for number, keys in named.items():
        if len(keys) > 1:
            yield Suggestion(records=tuple(sorted(keys)), evidence=f"each names {number}")


def _by_relation(
    keys: set[str], relations: Iterable[tuple[str, RelationKind, str]]
) -> Iterator[Suggestion]:
    for record, kind, target in relations:
        words = _RELATION_WORDS.get(kind)
        if words and record in keys and target in keys and record != target:
            pair = tuple(sorted((record, target)))
            yield Suggestion(records=pair, evidence=f"{record} is {words} {target}")


def _by_title(reports: Sequence[Record]) -> Iterator[Suggestion]:
    """Yield reports of the same first author and title stem, and of one more author or no other."""
    groups: dict[tuple[str, tuple[str, ...]], list[Record]] = {}
    for report in reports:
        stem = _stem(report.title or "")
        if len(stem) >= _SHORTEST_STEM and report.authors:
            groups.setdefault((_family(report.authors[0]), stem), []).append(report)

    for members in groups.values():
        for one, two in combinations(members, 2):
            if _have_same_authors(one, two):
                pair = tuple(sorted((one.key, two.key)))
                yield Suggestion(records=pair, evidence="the same authors and the same title stem")


def _stem(title: str) -> tuple[str, ...]:
    """Return the words of a title without those that tell the kind of the report, in order."""
    return tuple(sorted(set(_ROLE_WORDS.sub(" ", title_key(title)).split())))


def _have_same_authors(one: Record, two: Record) -> bool:
    """Return whether two reports of one first author share another author, or have no other."""
    first, second = _authors(one), _authors(two)
    return first == second or len(first & second) > 1


def _authors(record: Record) -> set[str]:
    return {_family(name) for name in record.authors}


def _family(name: str) -> str:
    words = name.replace(",", " ").split()
    return words[0].casefold() if words else ""
