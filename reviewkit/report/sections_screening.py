"""The report's sections on screening: decisions by people, agreement, amendments. Pure."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.model.messages import day, decimal, number, recognise, tr
from reviewkit.report.facts import plain
from reviewkit.report.model import Block, Section
from reviewkit.report.words import bullets, table


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerDecisions:
    """What one reviewer has decided at a stage.

    The counts by verdict are `None` while somebody still screens blind.
    """

    stage: str
    reviewer: str
    done: int
    include: int | None
    exclude: int | None
    maybe: int | None
    left: int | None
    name: str | None = None

    @property
    def called(self) -> str:
        """The name in the review, and the whole name where the protocol has it."""
        return f"{self.reviewer} ({self.name})" if self.name else self.reviewer


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFigures:
    """How far two reviewers agree at a stage; figures are `None` where they cannot be computed."""

    stage: str
    first: str
    second: str
    records: int
    agreed: float | None
    kappa: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """An amendment of the protocol (PRISMA 2020, item 24c), and what changed with it."""

    day: str
    reviewer: str
    why: str
    requeue: str | None
    records: int
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningSummary:
    """Who decided on what, how far they agree, and how the protocol was amended."""

    reviewers: tuple[ReviewerDecisions, ...]
    agreement: tuple[AgreementFigures, ...]
    amendments: tuple[Amended, ...] = ()
    selection: tuple[str, ...] = ()


def screening_facts(summary: ScreeningSummary | None) -> dict[str, Any]:
    """Return the summary as plain values, ready for JSON."""
    if summary is None:
        return {}
    return {
        field.name: plain(getattr(summary, field.name)) for field in dataclasses.fields(summary)
    }


def screening_sections(summary: ScreeningSummary | None) -> Iterator[Section]:
    """Yield the sections on selection, decisions, agreement and amendments; some may be empty."""
    if summary is None:
        return
    yield Section(
        id="selection",
        title=tr("How records were selected (PRISMA 2020, item 8)"),
        blocks=bullets(map(recognise, summary.selection)),
    )
    yield Section(
        id="decisions",
        title=tr("Decisions, by stage and reviewer"),
        parts=tuple(_decisions(summary.reviewers)),
    )
    yield Section(
        id="agreement",
        title=tr("Agreement between reviewers"),
        blocks=_agreement(summary.agreement),
    )
    yield Section(
        id="amendments",
        title=tr("Amendments to the protocol (PRISMA 2020, item 24c)"),
        blocks=_amendments(summary.amendments),
    )


def _decisions(reviewers: Sequence[ReviewerDecisions]) -> Iterator[Section]:
    """Yield a part for each stage at which anybody has decided."""
    for place, stage in enumerate(dict.fromkeys(person.stage for person in reviewers), 1):
        people = [person for person in reviewers if person.stage == stage]
        yield Section(
            id=f"decisions-{place}",
            title=tr(stage).capitalize(),
            blocks=_decisions_at(stage, people),
        )


def _decisions_at(stage: str, reviewers: Sequence[ReviewerDecisions]) -> tuple[Block, ...]:
    rows = [
        (
            person.called,
            number(person.done),
            _figure(person.include),
            _figure(person.exclude),
            _figure(person.maybe),
            _figure(person.left),
        )
        for person in reviewers
    ]
    head = [tr("Reviewer"), tr("Decided"), tr("Include"), tr("Exclude"), tr("Maybe"), tr("Left")]
    blocks = table(tr("Decisions at {stage}", stage=tr(stage)), head, rows, 1, 2, 3, 4, 5)
    if any(person.include is None for person in reviewers):
        return (*blocks, *bullets([tr("– : not shown while somebody still screens blind.")]))

    return blocks


def _figure(n: int | None) -> str:
    return "–" if n is None else number(n)


def _agreement(pairs: Sequence[AgreementFigures]) -> tuple[Block, ...]:
    rows = [
        (
            tr(pair.stage),
            f"{pair.first}, {pair.second}",
            number(pair.records),
            _share(pair.agreed),
            _decimal(pair.kappa),
        )
        for pair in pairs
    ]
    head = [
        tr("Stage"),
        tr("Reviewers"),
        tr("Records both decided"),
        tr("Agreed"),
        tr("Cohen's kappa"),
    ]
    return table(tr("Agreement"), head, rows, 2, 3, 4)


def _share(value: float | None) -> str:
    return "–" if value is None else decimal(value, ".1%").replace("%", " %")


def _decimal(value: float | None) -> str:
    return "–" if value is None else decimal(value, ".2f")


def _amendments(amendments: Sequence[Amended]) -> tuple[Block, ...]:
    rows = [
        (
            day(item.day),
            item.reviewer,
            item.why,
            "; ".join(map(recognise, item.changes)) or "–",
            f"{item.requeue}: {item.records}" if item.requeue else "–",
        )
        for item in amendments
    ]
    head = [
        tr("Day"),
        tr("By"),
        tr("Why"),
        tr("What changed in the protocol"),
        tr("Records sent back"),
    ]
    return table(tr("Amendments"), head, rows)
