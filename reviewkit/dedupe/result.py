"""Put the judged pairs and people's answers together: clusters, open questions and relations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from reviewkit.dedupe.cluster import Edge, Groups, join_pairs, spanning, tied_pairs
from reviewkit.dedupe.decide import ASK, DIFFERENT, OUTCOMES, RULES, SAME, VETOED, WORDS
from reviewkit.dedupe.judging import PairJudge
from reviewkit.dedupe.merge import lead_of
from reviewkit.dedupe.pair_cache import JudgedPair
from reviewkit.dedupe.pairs import (
    LESS_SURE,
    SIMILARITIES,
    Cluster,
    Duplicates,
    Pair,
    RecordRelation,
    Settled,
    SettledPair,
)

# A person is asked about one pair per hundred records, and about a few of the fewest records.
# Answered pairs are included: who has answered is done.
_RECORDS_A_QUESTION = 100
_ALWAYS_ASKED = 5

_SAME_REFERENCE = RULES.index("same_reference")
_BY_WORDS = frozenset({"same_reference", "same_bare"})
_WHERE_AND_WHEN = tuple(SIMILARITIES.index(name) for name in ("journal", "year_gap"))
_Answers = dict[Edge, SettledPair]


def result_of(
    judge: PairJudge, known: Sequence[SettledPair], arrival: Mapping[str, int] | None
) -> Duplicates:
    """Return what a run found, when people's answers `known` are respected.

    `arrival` says which copy came first (lower is earlier).
    """
    answers = _answers_to(known, set(judge.prepared.keys))
    groups, contradicted = _people_s_groups(judge, answers)
    split = _join_sure_pairs(judge, groups, answers)
    questions = _questions(judge, groups, answers, split)
    clusters = _clusters(groups, judge.settings.prefer, arrival)

    leads: dict[str, str] = {}
    for cluster in clusters:
        leads |= dict.fromkeys(cluster.members, cluster.lead)
    return Duplicates(
        pairs=tuple(_reported_pairs(judge.judged, questions)),
        clusters=clusters,
        relations=_relations_between(judge.judged, leads),
        against=tuple(contradicted),
        overruled=tuple(_overruled(judge.judged, answers)),
        compared=judge.compared,
        newly_compared=judge.newly_compared,
    )


def pair_of(edge: Edge, judged: JudgedPair) -> Pair:
    """Return a judged pair with its outcome and rule in words."""
    rule = RULES[judged.rule]
    return Pair(
        record_a=edge[0],
        record_b=edge[1],
        outcome=OUTCOMES[judged.code],
        score=judged.score,
        rule=rule,
        words=WORDS[rule],
        likeness=judged.likeness,
        relation=judged.relation,
    )


def _answers_to(known: Sequence[SettledPair], present: set[str]) -> _Answers:
    """Return people's answers about the records that are present."""
    return {
        _edge(answer.record_a, answer.record_b): answer
        for answer in known
        if answer.record_a in present and answer.record_b in present
    }


def _people_s_groups(judge: PairJudge, answers: _Answers) -> tuple[Groups, list[SettledPair]]:
    """Return the groups that people joined, and the answers that other answers contradict.

    The groups also know which pairs may never be joined: by people, by a veto, or barred.
    """
    joined = {edge for edge, answer in answers.items() if answer.answer is Settled.SAME}
    kept_apart = answers.keys() - joined
    ordered = sorted(joined)
    refused = join_pairs(Groups(kept_apart), dict.fromkeys(ordered, 1.0))

    vetoed = {edge for edge, pair in judge.judged.items() if pair.code == VETOED}
    groups = Groups(kept_apart | ((vetoed | judge.barred) - joined))
    for one, two in sorted(joined.difference(refused)):
        groups.join(one, two)
    return groups, [answers[edge] for edge in refused]


def _join_sure_pairs(judge: PairJudge, groups: Groups, answers: _Answers) -> set[Edge]:
    """Join the sure pairs that nothing forbids; return those that became questions instead."""
    sure = {
        edge: _certainty(pair)
        for edge, pair in judge.judged.items()
        if pair.code == SAME and edge not in answers
    }
    by_words = [edge for edge in sure if judge.judged[edge].rule == _SAME_REFERENCE]
    tied = tied_pairs(groups, sure, by_words)
    untied = {edge: score for edge, score in sure.items() if edge not in tied}
    refused = tied.union(join_pairs(groups, untied))
    for edge in refused:
        judge.judged[edge] = replace(judge.judged[edge], code=ASK)
    return refused


def _certainty(pair: JudgedPair) -> float:
    """Return the pair's score; of two references, 1 less for a year and for a venue not known.

    What is known best is joined first: a reference without a year may fit two works.
    """
    if RULES[pair.rule] not in _BY_WORDS:
        return pair.score
    return pair.score - sum(pair.likeness[place] is None for place in _WHERE_AND_WHEN)


def _clusters(
    groups: Groups, prefer: tuple[str, ...], arrival: Mapping[str, int] | None
) -> tuple[Cluster, ...]:
    clusters = []
    for members in groups.all():
        lead = lead_of(members, prefer=prefer, arrival=arrival)
        others = (key for key in members if key != lead)
        clusters.append(Cluster(lead=lead, members=(lead, *others)))
    return tuple(clusters)


def _overruled(judged: Mapping[Edge, JudgedPair], answers: _Answers) -> Iterator[SettledPair]:
    """Yield the answers that contradict what the rules alone would do."""
    opposite = {Settled.SAME: VETOED, Settled.DIFFERENT: SAME, Settled.RELATED: SAME}
    for edge, answer in sorted(answers.items()):
        if edge in judged and judged[edge].code == opposite[answer.answer]:
            yield answer


def _relations_between(
    judged: Mapping[Edge, JudgedPair], leads: Mapping[str, str]
) -> tuple[RecordRelation, ...]:
    """Return the relations between works, each once, by their lead records."""
    relations = set()
    for edge, pair in judged.items():
        if not pair.relation:
            continue
        record, target = (leads.get(key, key) for key in edge)
        if pair.turned:
            record, target = target, record
        if record != target:
            relations.add(RecordRelation(record=record, kind=pair.relation, target=target))
    return tuple(sorted(relations, key=lambda each: (each.record, each.target, each.kind)))


def _reported_pairs(judged: Mapping[Edge, JudgedPair], questions: set[Edge]) -> list[Pair]:
    """Return the pairs to report: the same, the vetoed, the related, the questions and doubts."""
    reported = []
    for edge, pair in sorted(judged.items(), key=lambda item: item[0]):
        certain = pair.code in (SAME, VETOED)
        related = pair.code == DIFFERENT and pair.relation
        if certain or related or edge in questions:
            reported.append(pair_of(edge, pair))
    return reported


def _questions(judge: PairJudge, groups: Groups, answers: _Answers, split: set[Edge]) -> set[Edge]:
    """Return one question for each two groups, none where people or the clusters have answered.

    Of more than are worth a person's time, the less sure become doubts that stay apart.
    """
    judged = judge.judged
    best = _best_questions(judged, groups, answers, split)
    vetoed = {_between(groups, edge) for edge, pair in judged.items() if pair.code == VETOED}
    answered = {_between(groups, edge) for edge in answers}

    scores = {}
    for between, edge in best.items():
        may_be_joined = between not in vetoed or edge in split
        if between not in answered and may_be_joined:
            scores[between] = judged[edge].score
    ordered = [best[between] for between in spanning(scores)]
    for edge in ordered[_worth_asking(judge, answers) :]:
        judged[edge] = replace(judged[edge], code=DIFFERENT, rule=RULES.index(LESS_SURE))
    return set(ordered)


def _worth_asking(judge: PairJudge, answers: _Answers) -> int:
    """Return how many more pairs to ask, by the number of records and of answered questions."""
    asked = sum(edge in judge.judged and judge.judged[edge].code == ASK for edge in answers)
    worth = max(_ALWAYS_ASKED, len(judge.prepared) // _RECORDS_A_QUESTION)
    return max(worth - asked, 0)


def _best_questions(
    judged: Mapping[Edge, JudgedPair], groups: Groups, answers: _Answers, split: set[Edge]
) -> dict[Edge, Edge]:
    """Return the best unanswered question between each two groups.

    Best is a sure pair that was refused; then the highest score; then the first key.
    """

    def rank(edge: Edge) -> tuple[bool, float, Edge]:
        return edge not in split, -judged[edge].score, edge

    best: dict[Edge, Edge] = {}
    for edge, pair in judged.items():
        if pair.code != ASK or edge in answers:
            continue
        between = _between(groups, edge)
        if between[0] == between[1]:
            continue

        current = best.get(between)
        if current is None or rank(edge) < rank(current):
            best[between] = edge
    return best


def _between(groups: Groups, edge: Edge) -> Edge:
    """Return the names of the two groups that the pair would connect."""
    return _edge(groups.of(edge[0]), groups.of(edge[1]))


def _edge(one: str, two: str) -> Edge:
    if one <= two:
        return one, two
    return two, one
