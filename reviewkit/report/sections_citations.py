"""The report's section on citation searching, as TARCiS asks for it. Pure.

Hirt J, Nordhausen T, Fuerst T, Ewald H, Appenzeller-Herzog C; TARCiS study group. BMJ
2024;385:e078384: index, direction, day, seeds, rounds, deduplication.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reviewkit.model.citations import Chosen, Direction
from reviewkit.model.messages import day, mark, number, tr, tr_n
from reviewkit.report.citation_graph import CitedWork, Edge, draw_graph, is_small
from reviewkit.report.model import Block, DataTable, FactList, Paragraph, Picture, Section
from reviewkit.report.words import bullets, cells, table

_CHOSEN = {
    Chosen.INCLUDED: mark("all included records"),
    Chosen.NAMED: mark("records that the reviewers named"),
    Chosen.FOUND: mark("what the round before found"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSearch:
    """One search of an index: what was asked, and what came.

    `new` are the works that no earlier search of the review had. The last three are seeds, named.
    """

    index: str
    direction: Direction
    day: str
    round: int
    chosen: Chosen
    seeds: int
    works: int
    without_record: int
    new: int
    not_asked: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    no_list: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationSummary:
    """All citation searches of a review. `loose` are references without an identifier, by seed."""

    searches: tuple[IndexSearch, ...]
    seeds: tuple[tuple[str, str], ...]
    works: tuple[CitedWork, ...]
    edges: tuple[Edge, ...]
    loose: tuple[tuple[str, str], ...]
    found: int
    new: int
    included: int

    @property
    def rounds(self) -> int:
        return max((search.round for search in self.searches), default=0)


def citation_section(summary: CitationSummary | None, *, with_picture: bool = True) -> Section:
    """The section; without content where no citation search was made."""
    title = tr("Citation searching")
    if summary is None or not summary.searches:
        return Section(id="citations", title=title)
    blocks = [*_method(summary), *_searches(summary), *bullets(_seed_lines(summary))]
    blocks += _links(summary, with_picture=with_picture)
    blocks += _loose(summary)
    return Section(id="citations", title=title, blocks=tuple(blocks))


def _method(summary: CitationSummary) -> Iterator[Block]:
    yield Paragraph(
        text=tr(
            "Reported as TARCiS asks (BMJ 2024;385:e078384). An index holds only the links that "
            "it knows: an empty list does not mean that a work cites nothing."
        )
    )
    chosen = dict.fromkeys(tr(_CHOSEN[search.chosen]) for search in summary.searches)
    last = [search for search in summary.searches if search.round == summary.rounds]
    ended = tr("no further round was made")
    if not any(search.new for search in last):
        ended = tr("the last one found nothing new")
    yield FactList(
        pairs=(
            (tr("Seeds"), f"{number(len(summary.seeds))}: {', '.join(chosen)}"),
            (tr("Rounds"), f"{number(summary.rounds)}; {ended}"),
            (tr("Deduplication"), tr("against every record of the review, before screening")),
            (tr("Screening"), tr("title and abstract, then full text, as all other records")),
            (tr("Records identified"), number(summary.found)),
            (tr("New to the review"), number(summary.new)),
            (tr("Of these included"), number(summary.included)),
        )
    )


def _searches(summary: CitationSummary) -> tuple[Block, ...]:
    rows = [
        (
            f"{search.index}, {tr(search.direction)}",
            day(search.day),
            number(search.round),
            number(search.seeds),
            number(search.works),
            number(search.new),
        )
        for search in summary.searches
    ]
    head = [
        tr("Index, direction"),
        tr("Day"),
        tr("Round"),
        tr("Seeds"),
        tr("Works"),
        tr("New"),
    ]
    return table(tr("Citation searches"), head, rows, 2, 3, 4, 5)


def search_line(search: IndexSearch) -> str:
    """A search of an index in one line, for a checklist."""
    return tr(
        "{index}, {direction}, {day}: round {round}; seeds: {seeds}; works: {works}",
        index=search.index,
        direction=tr(search.direction),
        day=day(search.day),
        round=search.round,
        seeds=search.seeds,
        works=search.works,
    )


def _seed_lines(summary: CitationSummary) -> Iterator[str]:
    """What each search could not ask, does not know, or has no list of."""
    for search in summary.searches:
        name = f"{search.index}, {tr(search.direction)}"
        if search.not_asked:
            seeds = ", ".join(search.not_asked)
            yield tr(
                "{index}: not asked, for want of an identifier: {seeds}.", index=name, seeds=seeds
            )
        if search.unknown:
            seeds = ", ".join(search.unknown)
            yield tr("{index}: it does not know {seeds}.", index=name, seeds=seeds)
        if search.no_list:
            seeds = ", ".join(search.no_list)
            yield tr("{index}: it has no list of {seeds}.", index=name, seeds=seeds)
        if search.without_record:
            yield tr_n(
                search.without_record,
                "{index}: {n} work brought no record.",
                "{index}: {n} works brought no record.",
                index=name,
            )


def _links(summary: CitationSummary, *, with_picture: bool) -> Iterator[Block]:
    """Who led to whom: a picture where it is small, else a table of the seeds."""
    if not summary.edges:
        return
    whole = _edge_table(summary)
    seeds, works = dict(summary.seeds), {work.key: work for work in summary.works}
    if not is_small([*seeds], [*works]):
        yield _seed_table(summary)
    elif with_picture:
        svg, width, height = draw_graph(seeds, works, summary.edges)
        yield Picture(svg=svg, width=width, height=height, caption=whole.name, table=whole)
    else:
        yield whole


def _edge_table(summary: CitationSummary) -> DataTable:
    seeds, works = dict(summary.seeds), {work.key: work for work in summary.works}
    rows = tuple(
        cells(
            seeds[edge.seed],
            tr(edge.direction),
            works[edge.work].label,
            tr(works[edge.work].place),
        )
        for edge in summary.edges
    )
    head = (tr("Seed"), tr("Direction"), tr("Work"), tr("In the review"))
    return DataTable(name=tr("Who led to whom"), head=head, rows=rows)


def _seed_table(summary: CitationSummary) -> DataTable:
    """How many works each seed led to, one row a seed."""
    rows = []
    for key, label in summary.seeds:
        own = [edge for edge in summary.edges if edge.seed == key]
        counts = [sum(edge.direction is way for edge in own) for way in Direction]
        rows.append(cells(label, *map(number, counts)))
    head = (tr("Seed"), tr("References found"), tr("Citing works found"))
    name = tr("Who led to whom")
    return DataTable(name=name, head=head, rows=tuple(rows), numbers=frozenset({1, 2}))


def _loose(summary: CitationSummary) -> tuple[Block, ...]:
    seeds = dict(summary.seeds)
    rows = [(seeds.get(seed, seed), printed) for seed, printed in summary.loose]
    head = [tr("Seed"), tr("Reference as printed, without an identifier: for a person to look at")]
    return table(tr("References without an identifier"), head, rows)
