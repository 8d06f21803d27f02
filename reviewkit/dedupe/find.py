"""The whole way from records to duplicates: prepare, block, compare, decide, cluster."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from reviewkit.dedupe.block import candidate_pairs
from reviewkit.dedupe.cluster import Edge, Groups, components, join_pairs, spanning
from reviewkit.dedupe.compare import Likeness, compare
from reviewkit.dedupe.decide import (
    ASK,
    DIFFERENT,
    OUTCOMES,
    RULES,
    SAME,
    VETOED,
    WORDS,
    Judgements,
    decide,
)
from reviewkit.dedupe.merge import lead_of
from reviewkit.dedupe.merge_rules import OPPOSED
from reviewkit.dedupe.pair_cache import Compared, ComparedPair, JudgedPair
from reviewkit.dedupe.pairs import (
    SIMILARITIES,
    Cluster,
    Duplicates,
    Pair,
    PairOutcome,
    RecordRelation,
    Settled,
    SettledPair,
)
from reviewkit.dedupe.prepare import Ints, Prepared, prepare
from reviewkit.dedupe.relations import find_relations
from reviewkit.dedupe.settings import DedupeSettings
from reviewkit.dedupe.weights import Weights
from reviewkit.model.progress import Progress, silent
from reviewkit.model.records import Record, RelationKind

# Pairs are compared in slices of this many, so that a large set needs no more memory at once than a small one.
_SLICE = 200_000
# A cluster up to this size is checked pair by pair for contradictions.
_CHECKED = 40
# A pair's relation by its place, and whether the second record relates to the first.
_Relations = dict[int, tuple[RelationKind, bool]]
# Among more groups than this that all look alike, only the questions that hold them together are asked first.
_CROWDED = 10


def find_duplicates(
    records: Iterable[Record],
    *,
    settings: DedupeSettings | None = None,
    known: Sequence[SettledPair] = (),
    arrival: Mapping[str, int] | None = None,
    weights: Weights | None = None,
    earlier: Compared | None = None,
    progress: Progress = silent,
) -> Duplicates:
    """Duplicates, open questions and relations among the records; the same whatever their order.

    `known` are people's answers, which stand over every rule. `arrival` says which copy came first (lower is earlier).
    `earlier` holds the pairs that need not be compared again: the `compared` of a run with these settings over the
    same records or some of them. It is told anew only where `earlier` was given.
    """
    run = _Run(
        prepared=prepare(records, progress=progress),
        settings=settings or DedupeSettings(),
        weights=weights,
        earlier=earlier,
    )
    first, second = candidate_pairs(run.prepared)
    run.judge(first, second, progress=progress)
    run.complete()
    return run.result(known, arrival)


def judge_pair(one: Record, two: Record, *, settings: DedupeSettings | None = None) -> Pair:
    """The verdict on any two records, as a run over all of them would give it; before people's answers."""
    run = _Run(
        prepared=prepare((one, two)),
        settings=settings or DedupeSettings(),
        weights=None,
        earlier=None,
    )
    run.judge(np.array([0]), np.array([1]), closely=True)
    return run.pair(next(iter(run.found)))


class _Run:
    def __init__(
        self,
        *,
        prepared: Prepared,
        settings: DedupeSettings,
        weights: Weights | None,
        earlier: Compared | None,
    ) -> None:
        self.prepared = prepared
        self.settings = settings
        self.weights = weights
        self.earlier = earlier
        self.compared: dict[ComparedPair, JudgedPair | None] = {}
        self.newly_compared = 0
        self.found: dict[Edge, JudgedPair] = {}
        # Pairs that no chain may join, though no veto stands between them.
        self.barred: set[Edge] = set()
        # Sure pairs that a contradiction elsewhere in their chain kept open.
        self.split: set[Edge] = set()

    def judge(
        self, first: Ints, second: Ints, *, closely: bool = False, progress: Progress = silent
    ) -> None:
        """Compare and decide the pairs, slice by slice; keep what is the same, asked or vetoed though alike.

        With `closely` every pair is compared to the end and kept.
        """
        for start in range(0, len(first), _SLICE):
            part = slice(start, start + _SLICE)
            if self.earlier is None:
                self._judge_new(first[part], second[part], closely)
            else:
                self._judge_remembering(first[part], second[part], closely, self.earlier)
            if len(first) > _SLICE:
                progress("pairs compared", min(start + _SLICE, len(first)), len(first))

    def _judge_remembering(
        self, first: Ints, second: Ints, closely: bool, earlier: Compared
    ) -> None:
        """The same, but what `earlier` knows is taken from there; all is noted for the next run."""
        keys = self.prepared.keys
        edges = [
            (keys[one], keys[two]) for one, two in zip(first.tolist(), second.tolist(), strict=True)
        ]
        new = [place for place, edge in enumerate(edges) if (*edge, closely) not in earlier]
        self._judge_new(first[new], second[new], closely)
        compared: dict[ComparedPair, JudgedPair | None] = {
            (*edges[p], closely): self.found.get(edges[p]) for p in new
        }
        for edge in edges:
            pair = (*edge, closely)
            if pair not in compared:
                compared[pair] = verdict = earlier[pair]
                if verdict:
                    self.found[edge] = verdict
        self.compared |= compared

    def _judge_new(self, first: Ints, second: Ints, closely: bool) -> None:
        self.newly_compared += len(first)
        pairs = compare(self.prepared, first, second, keep_all=closely)
        verdicts = decide(self.prepared, pairs, self.settings, self.weights)
        relations = self._relate(pairs, verdicts)
        telling = verdicts.codes >= ASK
        telling |= (verdicts.codes == VETOED) & (verdicts.scores >= self.settings.ask_at)
        telling[list(relations)] = True
        places = np.arange(len(pairs)) if closely else np.flatnonzero(telling)
        self._keep(pairs, verdicts, places.tolist(), relations)

    def _relate(self, pairs: Likeness, verdicts: Judgements) -> _Relations:
        relations: _Relations = {}
        for place, record, _, kind in find_relations(self.prepared, pairs, verdicts.codes < SAME):
            relations[place] = kind, record == pairs.second[place]
            if kind in self.settings.merge:
                verdicts.codes[place] = SAME
        return relations

    def _keep(
        self, pairs: Likeness, verdicts: Judgements, places: list[int], relations: _Relations
    ) -> None:
        chosen = np.array(places, np.int64)
        table = np.round(np.column_stack([pairs.values[name][chosen] for name in SIMILARITIES]), 2)
        unknown = np.isnan(table).tolist()
        keys = self.prepared.keys
        for place, row, gaps in zip(places, table.tolist(), unknown, strict=True):
            values = tuple(None if gap else value for value, gap in zip(row, gaps, strict=True))
            edge = keys[pairs.first[place]], keys[pairs.second[place]]
            self.found[edge] = JudgedPair(
                int(verdicts.codes[place]),
                round(float(verdicts.scores[place]), 4),
                int(verdicts.rules[place]),
                values,
                *relations.get(place, (None, False)),
            )

    def complete(self) -> None:
        """Judge the pairs within each chain of sure pairs that blocking did not bring together, and bar contradictions.

        What a doubt or too little likeness keeps open between two records, a third may not settle for them.
        """
        chains = components(edge for edge, found in self.found.items() if found.code == SAME)
        inside = [
            (a, b)
            for chain in chains
            if 2 < len(chain) <= _CHECKED
            for i, a in enumerate(chain)
            for b in chain[i + 1 :]
        ]
        position = {key: place for place, key in enumerate(self.prepared.keys)}
        missing = [(position[a], position[b]) for a, b in inside if (a, b) not in self.found]
        if missing:
            first, second = np.array(missing, np.int64).T
            self.judge(first, second, closely=True)
        for edge in inside:
            found = self.found[edge]
            if found.code == DIFFERENT or (found.code == ASK and RULES[found.rule] in OPPOSED):
                self.barred.add(edge)

    def pair(self, edge: Edge) -> Pair:
        found = self.found[edge]
        rule = RULES[found.rule]
        return Pair(
            record_a=edge[0],
            record_b=edge[1],
            outcome=OUTCOMES[found.code],
            score=found.score,
            rule=rule,
            words=WORDS[rule],
            likeness=found.likeness,
            relation=found.relation,
        )

    def result(self, known: Sequence[SettledPair], arrival: Mapping[str, int] | None) -> Duplicates:
        present = set(self.prepared.keys)
        settled = {
            _edge(answer.record_a, answer.record_b): answer
            for answer in known
            if answer.record_a in present and answer.record_b in present
        }
        groups, against = self._grouped(settled)
        clusters = [
            Cluster(lead=lead, members=(lead, *(key for key in members if key != lead)))
            for members in groups.all()
            for lead in [lead_of(members, prefer=self.settings.prefer, arrival=arrival)]
        ]
        return Duplicates(
            pairs=tuple(self._pairs(groups, settled)),
            clusters=tuple(clusters),
            relations=self._record_relations(
                {key: cluster.lead for cluster in clusters for key in cluster.members}
            ),
            against=tuple(against),
            overruled=tuple(self._overruled(settled)),
            compared=self.compared,
            newly_compared=self.newly_compared,
        )

    def _overruled(self, settled: Mapping[Edge, SettledPair]) -> Iterator[SettledPair]:
        """The answers against what the rules alone would do."""
        for edge, answer in sorted(settled.items()):
            against = VETOED if answer.answer is Settled.SAME else SAME
            if edge in self.found and self.found[edge].code == against:
                yield answer

    def _record_relations(self, leads: Mapping[str, str]) -> tuple[RecordRelation, ...]:
        """Relations between works: told of the copies that lead, each once; none within a cluster."""
        told = set()
        for edge, found in self.found.items():
            if found.relation:
                record, target = (
                    leads.get(key, key) for key in (edge[::-1] if found.turned else edge)
                )
                if record != target:
                    told.add(RecordRelation(record=record, kind=found.relation, target=target))
        return tuple(sorted(told, key=lambda link: (link.record, link.target, link.kind)))

    def _grouped(self, settled: Mapping[Edge, SettledPair]) -> tuple[Groups, list[SettledPair]]:
        """People's answers first; then the sure pairs, as far as no veto and no answer stands against them."""
        kept_apart = {edge for edge, answer in settled.items() if answer.answer is not Settled.SAME}
        joined = {edge for edge, answer in settled.items() if answer.answer is Settled.SAME}
        vetoed = {edge for edge, found in self.found.items() if found.code == VETOED}
        forbidden = kept_apart | ((vetoed | self.barred) - joined)
        people = Groups(kept_apart)
        against = [settled[edge] for edge in join_pairs(people, dict.fromkeys(sorted(joined), 1.0))]
        refused = {_edge(pair.record_a, pair.record_b) for pair in against}
        groups = Groups(forbidden)
        for one, two in sorted(joined - refused):
            groups.join(one, two)
        sure = {e: f.score for e, f in self.found.items() if f.code == SAME and e not in settled}
        for edge in join_pairs(groups, sure):
            self.found[edge] = replace(self.found[edge], code=ASK)
            self.split.add(edge)
        return groups, against

    def _pairs(self, groups: Groups, settled: Mapping[Edge, SettledPair]) -> list[Pair]:
        """The pairs worth telling: one question per two groups, none where a person or the clusters have answered."""
        best: dict[Edge, Edge] = {}
        for edge, found in self.found.items():
            if found.code == ASK and edge not in settled:
                between = _edge(groups.of(edge[0]), groups.of(edge[1]))
                if between[0] != between[1] and self._before(edge, best.get(between)):
                    best[between] = edge
        vetoed = {
            _edge(groups.of(a), groups.of(b))
            for (a, b), f in self.found.items()
            if f.code == VETOED
        }
        answered = {_edge(groups.of(a), groups.of(b)) for a, b in settled}
        open_still = {
            between: self.found[edge].score
            for between, edge in best.items()
            if between not in answered and (between not in vetoed or edge in self.split)
        }
        asked = {best[between] for between in spanning(open_still, _CROWDED)}
        return [
            self.pair(edge)
            for edge, found in sorted(self.found.items(), key=lambda item: item[0])
            if found.code in (SAME, VETOED)
            or (found.code == DIFFERENT and found.relation)
            or edge in asked
        ]

    def _before(self, edge: Edge, other: Edge | None) -> bool:
        if other is None:
            return True
        one, two = self.found[edge], self.found[other]
        return (edge not in self.split, -one.score, edge) < (
            other not in self.split,
            -two.score,
            other,
        )


def _edge(one: str, two: str) -> Edge:
    return (one, two) if one <= two else (two, one)


__all__ = ["PairOutcome", "find_duplicates", "judge_pair"]
