"""Lists above the cap: slices that tile exactly, counts that move, days that are too full."""

import datetime
import itertools
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewkit.model.errors import NotARealAnswer, RemoteError
from reviewkit.sources.slices import CountsMoved, Slice, tile
from tests.helpers.effort import examples
from tests.helpers.searching import search
from tests.servers.eutils_corpus import Corpus, made_entry
from tests.servers.eutils_server import Change, EutilsServer


def days(count: int, seed: int) -> list[datetime.date | None]:
    chance = random.Random(seed)
    start = datetime.date(1990, 1, 1)
    return [
        start + datetime.timedelta(chance.randrange(12_000)) if chance.random() > 0.05 else None
        for _ in range(count)
    ]


@pytest.mark.slow
def test_more_than_the_cap_is_listed_in_slices(tmp_path: Path) -> None:
    corpus = Corpus(made_entry(1000 + i, created=day) for i, day in enumerate(days(700, seed=7)))
    with EutilsServer(corpus, cap=100) as server:
        done = search(server, tmp_path, "invented[ti]", cap=100, batch=200)
        asked = [seen.parameters for seen in server.asked("esearch")]
    assert done.run.identifiers == tuple(sorted(corpus.pmids, key=int))
    assert (done.run.count, done.run.received, len(done.records)) == (700, 700, 700)
    assert asked[0]["term"] == "invented[ti]", "the query itself goes as it is"
    assert sum(" NOT 1800/01/01:" in document["term"] for document in asked) == 1, (
        "records without a create date"
    )
    assert all(
        document["retmax"] in {"0", "100"} and document["retstart"] == "0" and document["sort"]
        for document in asked
    )
    assert search(None, tmp_path, "invented[ti]", cap=100, batch=200) == done


@given(
    created=st.lists(
        st.dates(datetime.date(1960, 1, 1), datetime.date(2026, 12, 31)), max_size=120
    ),
    cap=st.integers(1, 40),
)
def test_slices_tile_exactly(created: list[datetime.date], cap: int) -> None:
    first, last = datetime.date(1950, 1, 1), datetime.date(2027, 12, 31)

    def between(a: datetime.date, b: datetime.date) -> int:
        return sum(a <= day <= b for day in created)

    slices: list[Slice] = list(tile(first, last, len(created), cap=cap, count_between=between))
    assert sum(part.count for part in slices) == len(created)
    assert all(
        0 < part.count == between(part.first, part.last)
        and (part.count <= cap or part.first == part.last)
        for part in slices
    )
    assert all(one.last < other.first for one, other in itertools.pairwise(slices))


@pytest.mark.slow
@given(seed=st.integers(0, 10**6), count=st.integers(0, 60), cap=st.integers(5, 20))
@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_random_create_dates_are_listed_whole(
    tmp_path_factory: pytest.TempPathFactory, seed: int, count: int, cap: int
) -> None:
    created = days(count, seed)
    corpus = Corpus(made_entry(1000 + i, created=day) for i, day in enumerate(created))
    # The word is known to the index even where no record is left.
    corpus.add(made_entry(1, created=None))
    undated = created.count(None) + 1
    with EutilsServer(corpus, cap=cap) as server:
        if undated > cap and count + 1 > cap:
            with pytest.raises(RemoteError, match=f"{undated} records share"):
                search(server, tmp_path_factory.mktemp("run"), "invented[ti]", cap=cap, fetch=False)
            return
        done = search(server, tmp_path_factory.mktemp("run"), "invented[ti]", cap=cap, fetch=False)
    assert set(done.run.identifiers) == corpus.pmids
    assert done.run.count == count + 1


def terms(server: EutilsServer) -> list[str]:
    """The queries that were asked, in order."""
    return [seen.parameters["term"] for seen in server.asked("esearch")]


def test_a_list_of_just_as_many_as_the_cap_is_made_at_once(tmp_path: Path) -> None:
    corpus = Corpus(made_entry(1000 + i, created=datetime.date(2020, 2, 29)) for i in range(4))
    with EutilsServer(corpus, cap=4) as server:
        done = search(server, tmp_path, "invented[ti]", cap=4)
    assert (done.run.count, len(done.records)) == (4, 4)
    assert set(terms(server)) == {"invented[ti]"}


def test_a_day_of_just_as_many_as_the_cap_is_not_split(tmp_path: Path) -> None:
    first = datetime.date(2020, 2, 29)
    created = [first, first, first + datetime.timedelta(1), first + datetime.timedelta(1)]
    corpus = Corpus(made_entry(1000 + i, created=day) for i, day in enumerate(created))
    with EutilsServer(corpus, cap=2) as server:
        done = search(server, tmp_path, "invented[ti]", cap=2)
    assert set(done.run.identifiers) == corpus.pmids
    assert not [term for term in terms(server) if "[edat]" in term]


def test_a_full_day_is_split_by_entry_date_then_by_language(tmp_path: Path) -> None:
    corpus = Corpus(made_entry(1000 + i, created=datetime.date(2020, 2, 29)) for i in range(5))
    for pmid in ("1000", "1001"):
        corpus.revise(pmid, "LA  - eng", "LA  - por")
    with EutilsServer(corpus, cap=3) as server:
        done = search(server, tmp_path, "invented[ti]", cap=3)
    assert set(done.run.identifiers) == corpus.pmids
    asked = terms(server)
    # Create dates are looked for up to the end of the year after the run's own.
    assert asked[1] == "(invented[ti]) AND 1800/01/01:2027/12/31[crdt]"
    day = "(invented[ti]) AND 2020/02/29:2020/02/29[crdt]"
    assert any(term.startswith(f"({day}) AND") and "[edat]" in term for term in asked)
    assert any(term.endswith(" NOT english[la]") for term in asked)


def test_a_single_day_above_the_cap_is_a_clear_error(tmp_path: Path) -> None:
    day = datetime.date(2020, 2, 29)
    corpus = Corpus(made_entry(1000 + i, created=day) for i in range(12))
    with (
        EutilsServer(corpus, cap=10) as server,
        pytest.raises(RemoteError, match=r"12 records share .* 2020/02/29") as raised,
    ):
        search(server, tmp_path, "invented[ti]", cap=10)
    assert "narrow" in raised.value.hint
    assert "humans[mh]" in raised.value.hint


@pytest.mark.slow
def test_a_crowded_day_is_split_by_entry_date_language_and_type(tmp_path: Path) -> None:
    day = datetime.date(2020, 2, 29)
    corpus = Corpus(made_entry(1000 + i, created=day) for i in range(40))
    for number in range(12):  # entered later than they were created
        corpus.revise(
            str(1000 + number),
            "CRDT- 2020/02/29 06:00",
            f"CRDT- 2020/02/29 06:00\nEDAT- 2021/03/{1 + number:02d} 06:00",
        )
    for number in range(12, 20):
        corpus.revise(str(1000 + number), "LA  - eng", "LA  - por")
    for number in range(20, 30):
        corpus.revise(str(1000 + number), "PT  - Journal Article", "PT  - Letter")
    with EutilsServer(corpus, cap=10) as server:
        done = search(server, tmp_path, "invented[ti]", cap=10, batch=200)
    assert set(done.run.identifiers) == corpus.pmids
    assert (done.run.count, done.run.received) == (40, 40)
    assert search(None, tmp_path, "invented[ti]", cap=10, batch=200) == done


def test_counts_that_move_under_the_list_make_it_anew(tmp_path: Path) -> None:
    corpus = Corpus(made_entry(1000 + i, created=day) for i, day in enumerate(days(120, seed=3)))
    late = made_entry(5000, created=datetime.date(2001, 1, 1))
    with EutilsServer(corpus, cap=50) as server:
        server.on("esearch", 4, lambda corpus: corpus.add(late))
        done = search(server, tmp_path, "invented[ti]", cap=50, batch=100)
    assert set(done.run.identifiers) == corpus.pmids
    assert (done.run.count, done.run.received) == (121, 121)
    assert any("made anew" in warning for warning in done.run.warnings)
    assert search(None, tmp_path, "invented[ti]", cap=50, batch=100) == done


def test_counts_that_never_hold_still_are_a_failure(tmp_path: Path) -> None:
    corpus = Corpus(made_entry(1000 + i, created=day) for i, day in enumerate(days(120, seed=3)))

    def grow(corpus: Corpus) -> None:
        corpus.add(made_entry(6000 + len(corpus), created=datetime.date(2001, 1, 1)))

    with (
        EutilsServer(corpus, cap=50) as server,
        pytest.raises(NotARealAnswer, match="counts moved"),
    ):
        search(changing(server, grow), tmp_path, "invented[ti]", cap=50)


def changing(server: EutilsServer, change: Change) -> EutilsServer:
    """The server, its corpus changed before every ESearch."""
    server.on("esearch", range(1, 60), change)
    return server


def test_counts_cannot_be_more_in_a_part_than_in_the_whole() -> None:
    first = datetime.date(2000, 1, 1)
    with pytest.raises(CountsMoved):
        list(tile(first, datetime.date(2001, 1, 1), 20, cap=10, count_between=lambda a, b: 21))


def test_a_span_is_cut_in_the_middle_and_a_full_slice_is_not() -> None:
    first, last = datetime.date(2000, 1, 1), datetime.date(2000, 1, 9)
    asked = []

    def between(a: datetime.date, b: datetime.date) -> int:
        asked.append((a.day, b.day))
        return 10

    (whole,) = tile(first, last, 10, cap=10, count_between=between)
    assert (whole, asked) == (Slice(first=first, last=last, count=10), [])
    halves = list(tile(first, last, 20, cap=10, count_between=between))
    assert asked == [(1, 5)]
    assert [(part.first.day, part.last.day, part.count) for part in halves] == [
        (1, 5, 10),
        (6, 9, 10),
    ]
