"""Input that is not what anybody hoped for: nothing blows up, and nothing is merged that is not the same."""

import pytest

from reviewkit.dedupe import find_duplicates
from reviewkit.dedupe.block import candidate_pairs
from reviewkit.dedupe.prepare import prepare
from reviewkit.importers.dedupe_csv import records_from_rows, split_authors
from reviewkit.model.records import Record


def test_records_that_know_nothing_stay_apart() -> None:
    found = find_duplicates(Record(source="t", source_id=str(place)) for place in range(2000))
    assert (found.clusters, found.pairs) == ((), ())
    assert find_duplicates([]).clusters == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    "title", ["Editorial", "Sepsis", "Early treatment of sepsis in children with severe burns"]
)
def test_five_thousand_with_one_title(title: str) -> None:
    records = [
        Record(
            source="t",
            source_id=str(place),
            title=title,
            authors=(f"Author{place} A", f"Writer{place} B"),
            year=1990 + place % 30,
            volume=str(place % 97),
            pages=f"{place}-{place + 4}",
        )
        for place in range(5000)
    ]
    assert find_duplicates(records).clusters == ()


def test_candidates_grow_with_the_records_not_their_square() -> None:
    def count(size: int) -> int:
        same = [
            Record(source="t", source_id=str(p), title="Early treatment of sepsis in children")
            for p in range(size)
        ]
        return len(candidate_pairs(prepare(same))[0])

    assert count(4000) < 4.4 * count(1000)


def test_nothing_but_one_title_is_asked_at_most_once_for_each() -> None:
    same = [
        Record(
            source="t",
            source_id=str(place),
            title="Early treatment of sepsis in children with severe burns",
            year=2020,
        )
        for place in range(300)
    ]
    found = find_duplicates(same)
    assert found.clusters == ()
    assert len(found.questions) < len(same)


@pytest.mark.parametrize(
    "filling",
    ["(" * 20_000, "(2009)" * 4_000, "[" * 20_000, "word " * 4_000, "a" * 20_000, "<a" * 10_000, "(vol 3, pg " * 2_000,
     "reply to " * 2_500, "[Erratum appears in " * 1_000, " = abcdefghijklmn" * 1_200, "…" * 20_000,
     "\x00\ud7ff" * 5_000],
)  # fmt: skip
def test_overlong_fields_take_no_time(filling: str) -> None:
    records = [
        Record(source="t", source_id=name, title=filling, abstract=filling, journal=filling, pages=filling,
               volume=filling, issue=filling, doi=filling, pmid=filling, authors=(filling,) * 3, issns=(filling,))
        for name in "ab"
    ]  # fmt: skip
    # What backtracks would not come back within this test's patience.
    assert len(find_duplicates(records).clusters) <= 1


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("糖尿病患者的临床研究与治疗进展", "高血压患者的临床研究与治疗进展"),
        ("دراسة سريرية لمرضى السكري في مصر", "دراسة سريرية لمرضى الربو في المغرب"),
        ("Клиническое исследование больных диабетом", "Клиническое исследование больных астмой"),
    ],
)
def test_scripts_of_the_world(one: str, two: str) -> None:
    def made(name: str, title: str) -> Record:
        return Record(
            source="t",
            source_id=name,
            title=title,
            authors=("王伟", "Иванов И"),
            year=2020,
            volume="3",
            pages="5",
        )

    found = find_duplicates([made("a", one), made("b", one), made("c", two)])
    assert [cluster.members for cluster in found.clusters] == [("t:a", "t:b")]


def test_rows_of_the_data_sets_layout() -> None:
    rows = [
        {
            "record_id": "1",
            "title": "A",
            "author": "Mozes S.Sefcikov Z.O'Neil J. K.",
            "year": "2004",
            "issn": "1-2 3-4",
        },
        {
            "record_id": "2",
            "author": "Li, Wei and Smith, J",
            "source": "embase",
            "type": "article",
            "year": "n.d.",
        },
    ]
    first, second = records_from_rows(rows, source="set")
    assert first.authors == ("Mozes S.", "Sefcikov Z.", "O'Neil J. K.")
    assert (first.key, first.year, first.title, first.volume) == ("set:1", 2004, "A", None)
    assert second.authors == ("Li, Wei", "Smith, J")
    assert (second.types, second.other["source"], second.year) == (("article",), ("embase",), None)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("", ()),
        ("Shin", ("Shin",)),
        ("B. Abrahao; P. Parigi", ("B. Abrahao", "P. Parigi")),
        ("de Jong J.M.van der Berg P.", ("de Jong J.M.", "van der Berg P.")),
        ("Satoh-Asahara N.Shimatsu A.", ("Satoh-Asahara N.", "Shimatsu A.")),
        ("Smith, J", ("Smith, J",)),
    ],
)
def test_split_authors(cell: str, names: tuple[str, ...]) -> None:
    assert split_authors(cell) == names
