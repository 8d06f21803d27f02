"""What a citation search starts from: its options, its seeds, the source that takes its finds."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviewkit.model.citations import Chosen, Direction, Seed
from reviewkit.model.errors import UsageError
from reviewkit.model.records import Role
from reviewkit.prisma.partition import State
from reviewkit.protocol.model import ProtocolSource
from reviewkit.sources.citation_index import CitationIndex
from reviewkit.sources.citations import INDEXES, indexes_for
from reviewkit.sources.registry import find_network_search
from reviewkit.store import Store
from reviewkit.store.decisions import states
from reviewkit.store.duplicates import stored_leads
from reviewkit.store.records import is_in_flow
from reviewkit.workflow.merged_record import read_merged_record
from reviewkit.workflow.project import ReviewProject


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationOptions:
    """Which records are the seeds (their keys; empty for all included), which way, how often.

    `indexes` are those to ask; empty for all.
    """

    keys: tuple[str, ...] = ()
    directions: tuple[Direction, ...] = tuple(Direction)
    rounds: int = 1
    indexes: tuple[str, ...] = ()

    @property
    def chosen(self) -> Chosen:
        """How the seeds of the first round were chosen."""
        return Chosen.NAMED if self.keys else Chosen.INCLUDED

    def pairs(self) -> list[tuple[CitationIndex, Direction]]:
        """Every index with a direction, in the order of asking."""
        pairs: list[tuple[CitationIndex, Direction]] = []
        for direction in self.directions:
            pairs += [(index, direction) for index in indexes_for(direction, self.indexes)]
        return pairs


def citation_source(project: ReviewProject) -> ProtocolSource:
    """The protocol's source for what citation searching finds. Raises UsageError without one."""
    for source in project.protocol.sources:
        if source.role == Role.CITATIONS and find_network_search(source.id) is None:
            return source
    raise UsageError(
        "the protocol has no source for what citation searching finds",
        where=str(project.protocol_path),
        hint='add [[sources]] with id = "citations", name = "Citation searching" and '
        'role = "citations"',
    )


def checked_pairs(options: CitationOptions) -> list[tuple[CitationIndex, Direction]]:
    """Every index with a direction. Raises UsageError for an index that is not there."""
    unknown = [name for name in options.indexes if name not in INDEXES]
    if unknown:
        raise UsageError(
            f"no index of citations {unknown[0]!r}",
            where="--index",
            hint=f"reviewkit knows {', '.join(INDEXES)}",
        )
    pairs = options.pairs()
    if not pairs:
        raise UsageError(
            f"{', '.join(options.indexes)} cannot be asked in this direction",
            where="--index",
            hint="it knows references alone: --direction backward",
        )
    return pairs


def first_seeds(store: Store, options: CitationOptions) -> list[Seed]:
    """The seeds of the first round. Raises UsageError where one is not there, or there is none."""
    if options.keys:
        unknown = [key for key in options.keys if not is_in_flow(store, key)]
        if unknown:
            raise UsageError(
                f"no record {', '.join(unknown)} in the flow",
                where="--of",
                hint="reviewkit record show finds records and their keys",
            )
        return seeds_of(store, options.keys)

    keys = included_keys(store)
    if not keys:
        raise UsageError(
            "no record is included yet",
            where="--of included",
            hint="include records at the full text first, or name records: --of KEY",
        )
    return seeds_of(store, keys)


def included_keys(store: Store) -> list[str]:
    """The included records, by key."""
    return [row.record for row in states(store) if row.state is State.INCLUDED]


def seeds_of(store: Store, keys: Sequence[str]) -> list[Seed]:
    """These records as seeds, each with what its copies know; a copy stands for its lead."""
    leads = stored_leads(store)
    seeds = []
    for key in dict.fromkeys(leads.get(key, key) for key in keys):
        merged = read_merged_record(store, key)
        if merged is None:
            continue
        record = merged.record
        seeds.append(
            Seed(
                key=key,
                doi=record.doi,
                pmid=record.pmid,
                pmcid=record.pmcid,
                names=(key.partition(":")[2],),
            )
        )
    return seeds
