"""Three-valued evaluation: a table of cases with sources, and the local server's own evaluator."""

import random
from typing import Any

import pytest

from reviewkit.importers.medline import parse_medline
from reviewkit.model.records import Answer, Record
from reviewkit.query.dialects.languages import DEFAULT
from reviewkit.query.evaluator import Evaluator
from reviewkit.query.lines import read_strategy
from reviewkit.query.match_values import Known
from reviewkit.query.read_record import ReadRecord
from tests.helpers.effort import examples
from tests.helpers.evaluator_cases import CASES
from tests.servers.eutils_corpus import Corpus, read_entry
from tests.servers.eutils_query import find

ANSWERS = {"Y": Answer.YES, "N": Answer.NO, "?": Answer.UNKNOWN}


def read(fields: dict[str, Any]) -> tuple[ReadRecord, Known]:
    values = {"source": "pubmed", "source_id": "1", **fields}
    known = Known(**values.pop("known", {}))
    record = Record(**values)
    return ReadRecord(record=record, is_complete=record.source == "pubmed"), known


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "fields", "answer", "source"), CASES, ids=[f"{n}" for n in range(1, len(CASES) + 1)]
)
def test_what_a_query_returns(query: str, fields: dict[str, Any], answer: str, source: str) -> None:
    record, known = read(fields)
    strategy = read_strategy(query, DEFAULT)
    assert strategy.tree is not None
    assert not strategy.broken
    found = Evaluator([record], known).returned(strategy.tree, strategy.doubtful)
    assert found.answer() is ANSWERS[answer], source


def test_the_table_has_at_least_120_cases_each_with_its_source() -> None:
    assert len(CASES) >= 120
    assert all(source for _, _, _, source in CASES)


@pytest.mark.parametrize("query", ["x[ti] AND ", "(x[ti]", "#1 AND #2", ""])
def test_a_query_with_something_missing_is_not_evaluated(query: str) -> None:
    assert read_strategy(query, DEFAULT).broken


WORDS = ["gut", "brain", "flora", "mice", "trial"]
HEADINGS = ["Dysbiosis", "Asthma", "Humans"]
FLAT = Known(narrower={heading.lower(): frozenset() for heading in HEADINGS})


def made_entry(chance: random.Random, pmid: int) -> str:
    """An invented record, with what the server's evaluator looks at."""
    lines = [f"PMID- {pmid}", f"TI  - {' '.join(chance.choices(WORDS, k=3))}."]
    if chance.random() < 0.7:
        lines.append(f"AB  - {' '.join(chance.choices(WORDS, k=6))}.")
    lines += [f"OT  - {word}" for word in chance.sample(WORDS, chance.randrange(3))]
    pool = [*HEADINGS, "*Dysbiosis", "Asthma/*therapy"]
    lines += [f"MH  - {heading}" for heading in chance.sample(pool, chance.randrange(3))]
    return "\n".join(
        [
            *lines,
            f"LA  - {chance.choice(['eng', 'fre'])}",
            "PT  - Journal Article",
            "FAU - Smith, John A",
            "AU  - Smith JA",
            f"DP  - {chance.randrange(2017, 2023)} {chance.choice(['Jan', 'Jul'])} 3",
            f"CRDT- {chance.randrange(2018, 2022)}/03/05 06:00",
            "SO  - J.",
        ]
    )


def made_term(chance: random.Random) -> str:
    word, other = chance.choice(WORDS), chance.choice(WORDS)
    heading, year = chance.choice(HEADINGS), chance.randrange(2017, 2022)
    return chance.choice(
        [
            f"{word}[{chance.choice(['ti', 'tiab', 'ab', 'all'])}]",
            f'"{word} {other}"[tiab]',
            f"{word[:4]}*[tiab]",
            f'"{heading}"[{chance.choice(["mh", "mh:noexp", "majr"])}]',
            chance.choice(["eng[la]", "french[la]", "Review[pt]", "Smith JA[au]", word]),
            f"{year}:{year + 1}/06[dp]",
            f"{year}/01/01:{year}/12/31[crdt]",
            f"{chance.randrange(100)}[uid]",
        ]
    )


def made_query(chance: random.Random, depth: int = 2) -> str:
    if depth == 0 or chance.random() < 0.2:
        return made_term(chance)
    left, right = made_query(chance, depth - 1), made_query(chance, depth - 1)
    return f"({left} {chance.choice(['AND', 'OR', 'NOT'])} {right})"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(examples(1, factor=10)))
def test_it_never_contradicts_the_servers_own_evaluator(seed: int) -> None:
    """10,000 pairs: "yes" and "no" agree, and "unknown" is neither; it decides most of them."""
    chance = random.Random(seed)
    texts = [made_entry(chance, pmid) for pmid in range(1, 101)]
    corpus = Corpus(read_entry(text) for text in texts)
    records = [parse_medline(text).records[0] for text in texts]
    evaluator = Evaluator([ReadRecord(record=one, is_complete=True) for one in records], FLAT)

    decided = 0
    for _ in range(100):
        query = made_query(chance)
        tree = read_strategy(query, DEFAULT).tree
        assert tree is not None
        theirs, ours = find(query, corpus).pmids, evaluator.returned(tree)
        for place, record in enumerate(records):
            answer = ours.answer(place)
            decided += answer is not Answer.UNKNOWN
            is_found = record.pmid in theirs
            assert answer in {Answer.UNKNOWN, Answer.YES if is_found else Answer.NO}, query
    assert decided > 8_000


def test_many_records_are_one_evaluation() -> None:
    records = [read({"title": title})[0] for title in ("gut", "brain", "gut brain")]
    tree = read_strategy("gut[ti] NOT brain[ti] OR free full text[sb]", DEFAULT).tree
    assert tree is not None
    found = Evaluator(records).returned(tree)
    assert found.interval == (1, 3)
    assert [found.answer(place) for place in range(3)] == [
        Answer.YES,
        Answer.UNKNOWN,
        Answer.UNKNOWN,
    ]
