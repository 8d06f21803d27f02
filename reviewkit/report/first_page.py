"""The first page of the report: figures, sources, and what an editor must know. Pure."""

from collections.abc import Iterator

from reviewkit.model.flow import Count, Flow
from reviewkit.model.messages import day, mark, number, recognise, tr, tr_n
from reviewkit.model.records import Answer
from reviewkit.prisma.check import check as check_flow
from reviewkit.protocol.model import Protocol
from reviewkit.report.model import Block, Cell, Tile, Tiles, Tone
from reviewkit.report.sections_reporting import answer_cell
from reviewkit.report.sections_studies import retrieval, short_title
from reviewkit.report.verdict import (
    review_lines,
    searches_run,
    verdict_lines,
    waiting,
    works_returned,
)
from reviewkit.report.words import TONES, bullets, count, difference, table
from reviewkit.reproduction.outcomes import Reproduction, SourceOutcome, SourceVerdict

_MOST_STUDIES = 12
_CLOSE = frozenset({SourceVerdict.EXACT, SourceVerdict.WITHIN_TEN_PERCENT})


def first_page(
    protocol: Protocol, reproduction: Reproduction, *, reported: Flow, rerun: Flow
) -> tuple[Block, ...]:
    """Return the blocks of the first page: figures, sources, sentences."""
    if not protocol.is_published:
        return _review_page(reproduction, rerun)
    return _reproduction_page(protocol, reproduction, reported)


def _review_page(reproduction: Reproduction, rerun: Flow) -> tuple[Block, ...]:
    rows = [
        (source.name, count(source.rerun, "–"), _day_or_reason(source))
        for source in reproduction.sources
    ]
    head = [tr("Source"), tr("Records"), tr("Searched on, or why not")]
    return (
        Tiles(tiles=tuple(_review_tiles(reproduction, rerun))),
        *table(tr("Sources"), head, rows, 1),
        *bullets(review_lines(reproduction)),
    )


def _reproduction_page(
    protocol: Protocol, reproduction: Reproduction, reported: Flow
) -> tuple[Block, ...]:
    sources = [
        (
            source.name,
            count(source.reported),
            count(source.rerun, mark("not run")),
            difference(source.reported, source.rerun),
            Cell(text=tr(source.verdict), tone=TONES[source.verdict]),
        )
        for source in reproduction.sources
    ]
    source_head = [tr("Source"), tr("Reported"), tr("Rerun"), tr("Difference"), tr("Verdict")]
    study_head = [tr("Ref."), tr("Included study"), tr("By the searches")]
    item_head = [tr("Item"), tr("Reporting of the search (PRISMA-S)"), ""]

    return (
        Tiles(tiles=tuple(_reproduction_tiles(reproduction))),
        *table(tr("Searches, reported beside rerun"), source_head, sources, 1, 2, 3),
        *bullets((*broken_lines(reported), *verdict_lines(protocol, reproduction))),
        *table(tr("Included studies"), study_head, _studies(reproduction)),
        *table(tr("Six PRISMA-S items"), item_head, _items(reproduction), 0),
    )


def _day_or_reason(source: SourceOutcome) -> str:
    """Return the day of the search, or why there is none."""
    if source.run:
        return day(source.run.searched_at[:10])
    if source.verdict is SourceVerdict.NOT_YET:
        return tr(source.verdict)
    return recognise(source.why_not or "")


def _studies(reproduction: Reproduction) -> list[tuple[str, str, Cell]]:
    """Return the included studies, a line each, if the page has room for all."""
    if len(reproduction.works) > _MOST_STUDIES:
        return []
    return [
        (work.reference or "", short_title(work, most=90), retrieval(work))
        for work in reproduction.works
    ]


def _items(reproduction: Reproduction) -> list[tuple[str, str, Cell]]:
    return [(str(item.number), tr(item.item), answer_cell(item)) for item in reproduction.reporting]


def broken_lines(reported: Flow) -> Iterator[str]:
    """Yield what does not add up in the reported flow."""
    for item in check_flow(reported):
        yield tr("The reported flow does not add up: {sentence}", sentence=item.sentence)


def _reproduction_tiles(reproduction: Reproduction) -> Iterator[Tile]:
    ran = searches_run(reproduction)
    yield _share_tile(ran, len(reproduction.sources), tr("searches run"))
    yield _counts_tile(reproduction)
    yield _works_tile(reproduction)

    items = [item for item in reproduction.reporting if item.answer != "not applicable"]
    stated = sum(item.answer == "yes" for item in items)
    yield _share_tile(stated, len(items), tr("PRISMA-S items reported"))


def _counts_tile(reproduction: Reproduction) -> Tile:
    sources = reproduction.sources
    comparable = sum(source.reported is not None and source.run is not None for source in sources)
    if not comparable:
        return Tile(value="–", label=tr("counts that can be compared"), tone=Tone.OPEN)

    close = sum(source.verdict in _CLOSE for source in sources)

    return _share_tile(close, comparable, tr("counts within 10 %"))


def _works_tile(reproduction: Reproduction) -> Tile:
    works = reproduction.works
    label = tr("included works returned")
    if not works:
        return Tile(value="–", label=label, tone=Tone.OPEN)
    if all(work.retrieved is Answer.UNKNOWN for work in works):
        return Tile(value=tr("? of {n}", n=len(works)), label=label, tone=Tone.OPEN)
    return _share_tile(works_returned(reproduction), len(works), label)


def _review_tiles(reproduction: Reproduction, rerun: Flow) -> Iterator[Tile]:
    ran = searches_run(reproduction)
    yield _share_tile(ran, len(reproduction.sources), tr("sources searched"))
    screened = tr_n(_or_many(rerun.records_screened), "record screened", "records screened")
    yield Tile(value=count(rerun.records_screened, "–"), label=screened)
    undecided = waiting(rerun)
    tone = Tone.CLOSE if undecided else Tone.GOOD
    yield Tile(value=number(undecided), label=tr("waiting"), tone=tone)
    yield Tile(value=count(rerun.new_studies, "–"), label=_included_label(rerun))


def _included_label(rerun: Flow) -> str:
    studies = tr_n(_or_many(rerun.new_studies), "study included", "studies included")
    if rerun.new_reports is None:
        return studies
    return tr_n(
        rerun.new_reports, "{studies}, in {n} report", "{studies}, in {n} reports", studies=studies
    )


def _or_many(n: Count) -> int:
    """Return the number that a label stands beside; where it is unknown, more than one."""
    return 2 if n is None else n


def _share_tile(part: int, whole: int, label: str) -> Tile:
    value = tr("{part} of {whole}", part=part, whole=whole)
    return Tile(value=value, label=label, tone=_share_tone(part, whole))


def _share_tone(part: int, whole: int) -> Tone:
    if not whole:
        return Tone.OPEN
    if part == whole:
        return Tone.GOOD
    if part:
        return Tone.CLOSE
    return Tone.BAD
