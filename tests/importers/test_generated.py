"""Formats that are only read: every record of a made file is read, and damage stays where it is."""

import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewkit.exports.write import write_records
from reviewkit.importers import read_file
from reviewkit.importers.names import is_group
from reviewkit.importers.parsed_file import ProblemKind
from reviewkit.model.records import Record
from tests.helpers.effort import examples
from tests.helpers.made_exports import FORMATS, MadeFormat, Work

WORD = st.text("abcdefghijklmnopqrstuvwxyzáéçñößдж", min_size=3, max_size=9).filter(
    lambda word: (
        not (word in {"and", "und", "von", "van", "dos", "das", "del"} or is_group(f"the {word}"))
    )
)
TITLE = st.lists(WORD, min_size=2, max_size=7).map(" ".join).map(str.capitalize)
NAME = WORD.map(str.capitalize)
WORK = st.builds(Work, title=TITLE, family=NAME, given=NAME, year=st.integers(1950, 2029))
WORKS = st.lists(WORK, min_size=2, max_size=6, unique_by=lambda work: work.title)


def read(made: MadeFormat, texts: list[str]) -> tuple[list[Record], list[str], int]:
    """The records, what was wrong, and how many entries were refused."""
    parsed = read_file(io.BytesIO(made.file(texts)), source="x")
    records = list(parsed.records)
    refused = sum(problem.kind is ProblemKind.REFUSED for problem in parsed.problems)
    return records, [str(problem) for problem in parsed.problems], refused


def seen_in(record: Record) -> tuple[str, str, int | None]:
    title = (record.title or "").removesuffix(".")
    first = [*record.authors, *record.collective_authors][0]  # a register names a trial's sponsor
    return title, first.replace(",", "").split()[0], record.year


def has_people(record: Record) -> bool:
    return bool(record.authors or record.collective_authors)


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(works=WORKS)
def test_every_record_of_a_made_file_is_read(name: str, works: list[Work]) -> None:
    made = FORMATS[name]
    texts = [made.record(work, number) for number, work in enumerate(works, 1)]
    records, said, _ = read(made, texts)
    assert [seen_in(record) for record in records] == [
        (work.title, work.family, work.year) for work in works
    ]
    assert said == []


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """A record's text with a line left out, doubled, cut or added, but for its first and last."""
    lines = text.split("\n")
    if len(lines) < 4:
        return text.replace("a", draw(WORD))

    at = draw(st.integers(1, len(lines) - 2))
    line = lines[at]
    kind = draw(st.sampled_from(["left out", "doubled", "cut", "added"]))
    other = {
        "left out": [],
        "doubled": [line, line],
        "cut": [line[: draw(st.integers(0, len(line)))]],
        "added": [line, draw(WORD)],
    }
    return "\n".join([*lines[:at], *other[kind], *lines[at + 1 :]])


# JSON and XML that are broken in one place are broken as a whole: cut lines tell nothing of them.
OF_LINES = [
    name
    for name, made in FORMATS.items()
    if made.before[:1] not in {"<", "[", "{"} and name != "zip"
]


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_LINES)
@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), works=WORKS)
def test_damage_to_one_record_is_its_own(name: str, data: st.DataObject, works: list[Work]) -> None:
    made = FORMATS[name]
    texts = [made.record(work, number) for number, work in enumerate(works, 1)]
    hurt = data.draw(st.integers(0, len(works) - 1))
    texts[hurt] = data.draw(damaged(texts[hurt]))
    records, _, refused = read(made, texts)

    assert len(records) + refused == len(works)
    others = [(work.title, work.family, work.year) for work in works if work is not works[hurt]]
    read_ones = [seen_in(record) for record in records if has_people(record)]
    assert [one for one in read_ones if one in others] == others


@pytest.mark.slow
@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), works=WORKS, wrong=st.binary(max_size=60))
def test_damage_to_one_file_of_an_archive_is_its_own(
    data: st.DataObject, works: list[Work], wrong: bytes
) -> None:
    """Whatever stands in one file: the others are read, and it gives records or says why not."""
    made = FORMATS["zip"]
    texts = [made.record(work, number) for number, work in enumerate(works, 1)]
    hurt = data.draw(st.integers(0, len(works) - 1))
    whole = wrong.decode("utf-8", "replace").replace(made.between, "")
    texts[hurt] = data.draw(st.just(whole) | damaged(texts[hurt]))
    records, said, _ = read(made, texts)

    others = [(work.title, work.family, work.year) for work in works if work is not works[hurt]]
    read_ones = [seen_in(record) for record in records if has_people(record)]
    assert [one for one in read_ones if one in others] == others
    assert len(records) >= len(works) or any(f"{hurt + 1}.txt" in problem for problem in said)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_workbooks_in_an_archive_are_its_files(compression: int) -> None:
    """A workbook is an archive, too: stored as it is, the names inside it stand in the outer one."""
    held = [Record(source="x", source_id=str(at), title=f"Work {at}", year=2020) for at in (1, 2)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for record in held:
            content = b"".join(write_records("xlsx", [record]))
            archive.writestr(f"{record.source_id}.xlsx", content)

    parsed = read_file(io.BytesIO(packed.getvalue()), source="x")
    assert ([record.title for record in parsed.records], parsed.problems) == (
        ["Work 1", "Work 2"],
        [],
    )


VALUES: list[Any] = [None, 7, True, "", [], {}, [None], [[]], {"a": [1]}, "x" * 50]
WRONG = st.sampled_from(VALUES)
OF_JSON = [name for name, made in FORMATS.items() if made.before[:1] in {"[", "{"}]


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_JSON)
@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), works=WORKS)
def test_a_wrong_value_in_one_object_is_its_own(
    name: str, data: st.DataObject, works: list[Work]
) -> None:
    made = FORMATS[name]
    texts = [made.record(work, number) for number, work in enumerate(works, 1)]
    hurt = data.draw(st.integers(1, len(works) - 1))
    item = json.loads(texts[hurt])
    item[data.draw(st.sampled_from(sorted(item)))] = data.draw(WRONG)
    texts[hurt] = json.dumps(item)
    records, _, refused = read(made, texts)

    assert len(records) + refused == len(works)
    others = [(work.title, work.family, work.year) for work in works if work is not works[hurt]]
    read_ones = [seen_in(record) for record in records if has_people(record)]
    assert [one for one in read_ones if one in others] == others
