"""Citation searches: what was asked for which seeds, and who led to whom. Append-only."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from reviewkit.model.citations import (
    Chosen,
    CitationLink,
    CitationSearch,
    Direction,
    SeedOutcome,
    SeedResult,
)
from reviewkit.store.database import Store, insert_into, to_json

_SEARCH = ("run", "citation_index", "direction", "round", "chosen")
_SEEDS = ("run", "position", "record", "outcome", "asked", "listed", "resolved")
_LINKS = ("run", "position", "seed", "identifier", "printed")


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationRun:
    """A citation search that counts: its run, its day, and how many works it found."""

    run: int
    searched_at: str
    count: int
    without_record: int
    search: CitationSearch

    @property
    def day(self) -> str:
        return self.searched_at[:10]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLink:
    """A seed led to a work: its record, as far as one came; else its identifier or printed text."""

    run: int
    seed: str
    record: str | None
    identifier: str | None
    printed: str | None


def add_citation_search(
    store: Store, run: int, search: CitationSearch, links: Iterable[CitationLink]
) -> None:
    """Store what a run asked for, and its links, inside the open transaction."""
    row = (run, search.index, search.direction, search.round, search.chosen)
    store.write(insert_into("citation_searches", _SEARCH), [row])

    seeds = [
        (run, place, one.seed, one.outcome, to_json(one.asked), one.listed, one.resolved)
        for place, one in enumerate(search.seeds)
    ]
    store.write(insert_into("citation_seeds", _SEEDS), seeds)

    rows = [
        (run, place, link.seed, link.identifier, link.printed) for place, link in enumerate(links)
    ]
    store.write(insert_into("citation_links", _LINKS), rows)


def citation_runs(store: Store) -> tuple[CitationRun, ...]:
    """Return every citation search that was not taken out, oldest first."""
    seeds = _seeds_by_run(store)
    rows = store.rows(
        "SELECT run, citation_index, direction, round, chosen, searched_at, "
        "(SELECT count(*) FROM run_records WHERE run_records.run = runs.run), "
        "(SELECT count(*) FROM run_records WHERE run_records.run = runs.run AND record IS NULL) "
        "FROM citation_searches JOIN runs USING (run) "
        "WHERE run NOT IN (SELECT run FROM withdrawn_runs) ORDER BY run"
    )
    return tuple(
        CitationRun(
            run=run,
            searched_at=searched_at,
            count=count,
            without_record=without,
            search=CitationSearch(
                index=index,
                direction=Direction(direction),
                round=round_,
                chosen=Chosen(chosen),
                seeds=tuple(seeds.get(run, ())),
            ),
        )
        for run, index, direction, round_, chosen, searched_at, count, without in rows
    )


def _seeds_by_run(store: Store) -> dict[int, list[SeedResult]]:
    seeds: dict[int, list[SeedResult]] = {}
    rows = store.rows(
        "SELECT run, record, outcome, asked, listed, resolved FROM citation_seeds "
        "ORDER BY run, position"
    )
    for run, record, outcome, asked, listed, resolved in rows:
        result = SeedResult(
            seed=record,
            outcome=SeedOutcome(outcome),
            asked=tuple(json.loads(asked)),
            listed=listed,
            resolved=resolved,
        )
        seeds.setdefault(run, []).append(result)
    return seeds


def citation_links(store: Store) -> tuple[StoredLink, ...]:
    """Return who led to whom in the citation searches that were not taken out, oldest first."""
    rows = store.rows(
        "SELECT links.run, links.seed, listed.record, links.identifier, links.printed "
        "FROM citation_links AS links LEFT JOIN run_records AS listed "
        "ON listed.run = links.run AND listed.identifier = links.identifier "
        "WHERE links.run NOT IN (SELECT run FROM withdrawn_runs) "
        "ORDER BY links.run, links.position"
    )
    return tuple(
        StoredLink(run=run, seed=seed, record=record, identifier=identifier, printed=printed)
        for run, seed, record, identifier, printed in rows
    )


def run_to_join(store: Store, source: str, strategy: str, *, day: str, run: int) -> int | None:
    """Return the first run of that day with this source and strategy, other than `run`.

    `None` where there is none in the flow.
    """
    found: int | None = store.value(
        "SELECT min(coalesce(search, runs.run)) FROM runs LEFT JOIN run_searches USING (run) "
        "JOIN citation_searches USING (run) WHERE source = ? AND strategy = ? "
        "AND substr(searched_at, 1, 10) = ? AND runs.run < ? "
        "AND runs.run NOT IN (SELECT run FROM withdrawn_runs)",
        [source, strategy, day, run],
    )
    return found
