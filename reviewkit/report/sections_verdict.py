"""The first page: the verdict in one line, its figures, each source, and what an editor must know. Pure."""

from collections import Counter
from collections.abc import Iterator

from reviewkit.model.flow import Flow
from reviewkit.model.records import Answer
from reviewkit.model.text import plural
from reviewkit.prisma.check import check as check_flow
from reviewkit.protocol.model import Protocol
from reviewkit.report.model import Block, Cell, Tile, Tiles, Tone
from reviewkit.report.sections_searches import answer
from reviewkit.report.sections_studies import retrieval, title
from reviewkit.report.words import TONES, bullets, count, difference, number, table
from reviewkit.reproduction.outcomes import Reproduction, SourceVerdict
from reviewkit.updates.notices import Standing

_MOST_STUDIES = 12


def headline(protocol: Protocol, made: Reproduction, rerun: Flow) -> Cell:
    """The verdict in one sentence."""
    if protocol.reported is None:
        return _progress(rerun)
    ran = sum(source.run is not None for source in made.sources)
    total, works = len(made.sources), len(made.works)
    if made.reproduced:
        text = "Reproduced: every search was run and gave the reported count, and every included study was found."
        return Cell(text=text, tone=Tone.GOOD)
    if not ran:
        none = "the search was not run" if total == 1 else f"none of {total} searches was run"
        return Cell(text=f"Could not be reproduced: {none}.", tone=Tone.OPEN)
    by = Counter(source.verdict for source in made.sources)
    told = [f"{n} {verdict}" for verdict, n in by.items()]
    returned = sum(work.retrieved is Answer.YES for work in made.works)
    text = f"Partly reproduced: of {plural(total, 'search', 'searches')}, {', '.join(told)}; "
    bad = by[SourceVerdict.DIFFERS] or any(work.retrieved is Answer.NO for work in made.works)
    return Cell(
        text=f"{text}{returned} of {works} included studies are returned.",
        tone=Tone.BAD if bad else Tone.CLOSE,
    )


def _progress(rerun: Flow) -> Cell:
    waiting = _waiting(rerun)
    reports = plural(rerun.new_reports or 0, "report")
    if rerun.records_screened is None:
        return Cell(text="Not begun: no search has been run.", tone=Tone.OPEN)
    if waiting:
        return Cell(
            text=f"Under way: {plural(waiting, 'record')} wait; {reports} included so far.",
            tone=Tone.CLOSE,
        )
    return Cell(text=f"Every record is decided: {reports} included.", tone=Tone.GOOD)


def _waiting(rerun: Flow) -> int:
    parts = (rerun.awaiting_screening, rerun.awaiting_assessment, rerun.other_awaiting_assessment)
    return sum(n or 0 for n in parts)


def summary(
    protocol: Protocol, made: Reproduction, *, reported: Flow, rerun: Flow
) -> tuple[Block, ...]:
    """The blocks of the first page: figures, sources, sentences."""
    if protocol.reported is None:
        rows = [
            (
                s.name,
                count(s.rerun, "not run"),
                s.run.searched_at[:10] if s.run else s.why_not or "",
            )
            for s in made.sources
        ]
        listed = table("Sources", ["Source", "Records", "Searched on, or why not"], rows, 1)
        return (
            Tiles(tiles=tuple(_review_tiles(made, rerun))),
            *listed,
            *bullets(review_lines(made)),
        )
    rows_told = [
        (
            source.name,
            count(source.reported),
            count(source.rerun, "not run"),
            difference(source.reported, source.rerun),
            Cell(text=source.verdict, tone=TONES[source.verdict]),
        )
        for source in made.sources
    ]
    head = ["Source", "Reported", "Rerun", "Difference", "Verdict"]
    listed = table("Searches, reported beside rerun", head, rows_told, 1, 2, 3)
    lines = (*_broken(reported), *verdict_lines(protocol, made))
    return (
        Tiles(tiles=tuple(_tiles(made))),
        *listed,
        *bullets(lines),
        *table("Included studies", ["Ref.", "Included study", "By the searches"], _studies(made)),
        *table(
            "Six PRISMA-S items",
            ["Item", "Reporting of the search (PRISMA-S)", ""],
            _items(made),
            0,
        ),
    )


def _studies(made: Reproduction) -> list[tuple[str, str, Cell]]:
    """The included studies in a line each, while the page has room for them."""
    few = made.works if len(made.works) <= _MOST_STUDIES else ()
    return [(work.reference or "", title(work, most=90), retrieval(work)) for work in few]


def _items(made: Reproduction) -> list[tuple[str, str, Cell]]:
    return [(str(item.number), item.item, answer(item)) for item in made.reporting]


def _broken(reported: Flow) -> Iterator[str]:
    yield from (
        f"The reported flow does not add up: {item.sentence}" for item in check_flow(reported)
    )


def _tiles(made: Reproduction) -> Iterator[Tile]:
    total = len(made.sources)
    ran = sum(source.run is not None for source in made.sources)
    close = sum(
        s.verdict in {SourceVerdict.EXACT, SourceVerdict.WITHIN_TEN_PERCENT} for s in made.sources
    )
    comparable = sum(
        source.reported is not None and source.run is not None for source in made.sources
    )
    yield Tile(value=f"{ran} of {total}", label="searches run", tone=_share(ran, total))
    if comparable:
        yield Tile(
            value=f"{close} of {comparable}",
            label="counts within 10 %",
            tone=_share(close, comparable),
        )
    else:
        yield Tile(value="–", label="counts that can be compared", tone=Tone.OPEN)
    works = len(made.works)
    returned = sum(work.retrieved is Answer.YES for work in made.works)
    if works and all(work.retrieved is Answer.UNKNOWN for work in made.works):
        yield Tile(value=f"? of {works}", label="included studies returned", tone=Tone.OPEN)
    else:
        yield Tile(
            value=f"{returned} of {works}",
            label="included studies returned",
            tone=_share(returned, works),
        )
    items = [item for item in made.reporting if item.answer != "not applicable"]
    stated = sum(item.answer == "yes" for item in items)
    yield Tile(
        value=f"{stated} of {len(items)}",
        label="PRISMA-S items reported",
        tone=_share(stated, len(items)),
    )


def _share(part: int, whole: int) -> Tone:
    return (
        Tone.OPEN if not whole else Tone.GOOD if part == whole else Tone.CLOSE if part else Tone.BAD
    )


def _review_tiles(made: Reproduction, rerun: Flow) -> Iterator[Tile]:
    ran = sum(source.run is not None for source in made.sources)
    yield Tile(
        value=f"{ran} of {len(made.sources)}",
        label="sources searched",
        tone=_share(ran, len(made.sources)),
    )
    yield Tile(value=count(rerun.records_screened, "–"), label="records screened")
    waiting = _waiting(rerun)
    yield Tile(value=number(waiting), label="waiting", tone=Tone.CLOSE if waiting else Tone.GOOD)
    yield Tile(value=count(rerun.new_reports, "–"), label="reports included")


def verdict_lines(protocol: Protocol, made: Reproduction) -> list[str]:
    """The verdict in sentences, most important first; the terminal prints the same ones."""
    lines = [*_source_lines(made), *_stand_in_lines(made), *_work_lines(made), *_notice_lines(made)]
    reported = next((box for box in made.boxes if box.key == "new_studies"), None)
    if reported and reported.reported is not None:
        identified = protocol.reported.flow.database_results if protocol.reported else None
        lines.append(f"Reported flow: {count(identified)} → {count(reported.reported)}.")
    return [line if line.endswith(".") else line + "." for line in lines]


def _source_lines(made: Reproduction) -> Iterator[str]:
    unexplained = {item.source: item.unexplained for item in made.differences}
    for source in made.sources:
        match source.verdict:
            case SourceVerdict.NOT_RUN | SourceVerdict.NOT_YET:
                yield f"{source.name}: {source.verdict} ({source.why_not})."
            case SourceVerdict.NOT_COMPARABLE:
                told = count(source.rerun)
                yield f"{source.name}: {told} records; the review does not report how many it found there."
            case verdict:
                rest = unexplained.get(source.source)
                left = f"; {plural(rest, 'record')} unexplained" if rest else ""
                yield (
                    f"{source.name}: {verdict}, {count(source.reported)} reported, {count(source.rerun)} in the rerun"
                    f"{left}."
                )


def _stand_in_lines(made: Reproduction) -> Iterator[str]:
    if made.stand_in:
        label = f"{made.stand_in.label[:1].lower()}{made.stand_in.label[1:]}"
        yield (
            f"In their place stand {made.stand_in.n} {label}; the rerun flow starts from these, and says nothing of "
            "what the searches would return."
        )


def _work_lines(made: Reproduction) -> Iterator[str]:
    total = len(made.works)
    if made.stand_in:
        found = sum(work.found for work in made.works)
        yield f"{found} of {total} included works are in that list; whether a search returns them is not known."
    else:
        returned = sum(work.retrieved is Answer.YES for work in made.works)
        yield f"{returned} of {total} included works are returned by the searches of the rerun."


def _notice_lines(made: Reproduction) -> Iterator[str]:
    standings = Counter(work.notices.standing for work in made.works)
    if not standings:
        return
    told = [f"{n} {standing}" for standing in Standing if (n := standings[standing])]
    yield f"Retractions and errata among them: {', '.join(told)}."


def review_lines(made: Reproduction) -> Iterator[str]:
    """What a person must know of a review under way besides its counts."""
    if made.stand_in:
        yield f"{made.stand_in.label}: {count(made.stand_in.n)} records stand in for searches that could not be run."
    if made.open_pairs:
        yield f"{plural(len(made.open_pairs), 'pair')} of records may be duplicates and wait for a person."
    yield from _notice_lines(made)
