"""Input that nobody hopes for: nothing fails, and only what is the same is merged."""

import pytest

from reviewkit.dedupe import (
    find_duplicates,
)
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


@pytest.mark.slow
@pytest.mark.parametrize(
    "filling",
    [
        "(" * 20_000,
        "(2009)" * 4_000,
        "[" * 20_000,
        "word " * 4_000,
        "a" * 20_000,
        "<a" * 10_000,
        "(vol 3, pg " * 2_000,
        "reply to " * 2_500,
        "[Erratum appears in " * 1_000,
        " = abcdefghijklmn" * 1_200,
        "…" * 20_000,
        "\x00\ud7ff" * 5_000,
    ],
)
def test_overlong_fields_take_no_time(filling: str) -> None:
    records = [
        Record(
            source="t",
            source_id=name,
            title=filling,
            abstract=filling,
            journal=filling,
            pages=filling,
            volume=filling,
            issue=filling,
            doi=filling,
            pmid=filling,
            authors=(filling,) * 3,
            issns=(filling,),
        )
        for name in "ab"
    ]
    # A pattern that backtracks would not end in the time of this test.
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
