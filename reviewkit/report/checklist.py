"""A PRISMA checklist: each item with its evidence, and with what the authors write. Pure.

A filled cell is evidence, not a claim: nothing is "evidence" that does not hold for every source.
No share of items is computed: a checklist is no score (Page MJ et al. BMJ 2021;372:n71).
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from reviewkit.model.choices import not_among
from reviewkit.model.messages import ENGLISH, current_language, in_language, mark, tr
from reviewkit.report.appendix import TO_BE_WRITTEN
from reviewkit.report.checklist_evidence import ChecklistFacts, Evidence, evidence_for
from reviewkit.report.model import Cell, Document, Section, Tone
from reviewkit.report.sections_declarations import declared
from reviewkit.report.words import table


class By(StrEnum):
    """Who can fill an item."""

    TOOL = "tool"
    AUTHORS = "authors"
    BOTH = "both"


class ItemState(StrEnum):
    """How far an item is filled."""

    EVIDENCE = mark("evidence")
    PARTLY = mark("partly")
    NOTHING = mark("no evidence yet")
    FOR_AUTHORS = mark("for the authors")
    NOT_REPORTED = mark("not noted in the protocol")
    ANSWERED = mark("written by the authors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of a checklist, in the words of its source."""

    id: str
    section: str
    topic: str
    text: str
    by: By


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A checklist; `wording` says whose words its items are."""

    name: str
    title: str
    source: str
    wording: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the authors wrote on an item, and where the article states it."""

    text: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledItem:
    """An item with its evidence and the authors' answer."""

    item: Item
    state: ItemState
    evidence: tuple[str, ...]
    answer: Answer


_TONES = {
    ItemState.EVIDENCE: Tone.GOOD,
    ItemState.ANSWERED: Tone.GOOD,
    ItemState.PARTLY: Tone.CLOSE,
    ItemState.NOTHING: Tone.OPEN,
    ItemState.FOR_AUTHORS: Tone.OPEN,
    ItemState.NOT_REPORTED: Tone.OPEN,
}
STANDARDS = ("prisma-2020", "prisma-s", "prisma-lsr", "prisma-abstracts")
_NOTE = mark(
    "“Evidence” is what reviewkit has stored of this review, for every source. "
    "“For the authors” is what only they can write. A checklist is no score."
)


@cache
def standard_named(name: str) -> Standard:
    """Return a checklist by its name. Raises UsageError for another name."""
    tables = _tables()
    if name not in tables:
        raise not_among(f"no checklist {name!r}", name, STANDARDS)

    raw = tables[name]
    items = tuple(
        Item(
            id=item["id"],
            section=item["section"],
            topic=item["topic"],
            text=item["text"],
            by=By(item["by"]),
        )
        for item in raw["items"]
    )
    return Standard(
        name=name, title=raw["title"], source=raw["source"], wording=raw["wording"], items=items
    )


def _tables() -> dict[str, Any]:
    text = files(__package__).joinpath("checklists.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def fill_checklist(
    standard: Standard,
    facts: ChecklistFacts,
    answers: Mapping[str, Answer],
    *,
    language: str = ENGLISH,
) -> tuple[FilledItem, ...]:
    """Return every item with its evidence, in a language, and its answer.

    The wording of the items stays as their source has it.
    """
    with in_language(language):
        return tuple(
            _filled(standard, item, facts, answers.get(item.id, Answer()))
            for item in standard.items
        )


def _filled(standard: Standard, item: Item, facts: ChecklistFacts, answer: Answer) -> FilledItem:
    evidence = Evidence()
    if item.by is not By.AUTHORS or facts.protocol.is_published:
        evidence = evidence_for(standard.name, item.id, facts)
    written = Answer(
        text=answer.text or declared(facts.protocol, standard.name, item.id),
        where=answer.where or evidence.where,
    )
    return FilledItem(
        item=item,
        state=_state(item, evidence, written, published=facts.protocol.is_published),
        evidence=evidence.lines,
        answer=written,
    )


def _state(item: Item, evidence: Evidence, answer: Answer, *, published: bool) -> ItemState:
    if evidence.lines and evidence.whole:
        return ItemState.EVIDENCE
    if answer.text:
        return ItemState.ANSWERED
    if evidence.lines:
        return ItemState.PARTLY
    if published:
        return ItemState.NOT_REPORTED
    if item.by is By.AUTHORS:
        return ItemState.FOR_AUTHORS

    return ItemState.NOTHING


def checklist_document(
    standard: Standard,
    facts: ChecklistFacts,
    answers: Mapping[str, Answer],
    *,
    language: str = ENGLISH,
) -> Document:
    """Return the checklist as a document in a language: a table for each section."""
    filled = fill_checklist(standard, facts, answers, language=language)
    with in_language(language):
        return _document(standard, facts, filled)


def _document(
    standard: Standard, facts: ChecklistFacts, filled: tuple[FilledItem, ...]
) -> Document:
    return Document(
        kind=standard.title,
        title=facts.protocol.review.title,
        notes=(tr(_NOTE), tr("Wording of the items: {source}", source=standard.source)),
        sections=tuple(_sections(filled)),
        footer=tr(
            "{software}, protocol SHA-256 {sha256}.",
            software=facts.software,
            sha256=facts.protocol_sha256,
        ),
        language=current_language(),
        facts={
            "standard": standard.name,
            "wording": standard.wording,
            "source": standard.source,
            "items": [_facts(each) for each in filled],
        },
    )


def _sections(filled: tuple[FilledItem, ...]) -> Iterator[Section]:
    head = [
        tr("Item"),
        tr("Topic"),
        tr("Checklist item"),
        tr("Evidence in reviewkit"),
        tr("Authors"),
        tr("Where"),
        tr("State"),
    ]
    rows: dict[str, list[list[str | Cell]]] = {}
    for each in filled:
        rows.setdefault(each.item.section, []).append(_row(each))
    for number, (name, listed) in enumerate(rows.items(), 1):
        yield Section(id=f"section-{number}", title=name, blocks=table(name, head, listed))


def _row(each: FilledItem) -> list[str | Cell]:
    written = each.answer.text
    if not written and each.state not in {ItemState.EVIDENCE, ItemState.NOT_REPORTED}:
        written = tr(TO_BE_WRITTEN)
    return [
        each.item.id,
        each.item.topic,
        each.item.text,
        "\n".join(each.evidence),
        written,
        each.answer.where,
        Cell(text=tr(each.state), tone=_TONES[each.state]),
    ]


def _facts(each: FilledItem) -> dict[str, Any]:
    return {
        "id": each.item.id,
        "section": each.item.section,
        "topic": each.item.topic,
        "text": each.item.text,
        "by": each.item.by,
        "state": each.state,
        "evidence": list(each.evidence),
        "authors": each.answer.text,
        "where": each.answer.where,
    }


__all__ = [
    "STANDARDS",
    "Answer",
    "FilledItem",
    "ItemState",
    "checklist_document",
    "fill_checklist",
    "standard_named",
]
