"""Template CSVs: a flow comes back as it went, and counts are read as people write them."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.model.diagram_keys import LANGUAGES
from reviewkit.model.errors import DamagedFile
from reviewkit.model.flow import Flow, Tally
from reviewkit.prisma.check import check
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.options import DiagramOptions
from reviewkit.prisma.diagram.read_csv import read_csv
from reviewkit.prisma.diagram.template_rows import (
    COLUMNS,
)
from reviewkit.prisma.diagram.wrap import clean
from reviewkit.prisma.diagram.writers.template_csv import write_csv
from tests.helpers.effort import examples
from tests.helpers.flows import FLOWS, NASTY, NEW, sound_flows, tally

HEAD = ",".join(COLUMNS)


def template(**counts: str) -> str:
    """A CSV as a user of the package fills it: only the rows given."""
    lines = [HEAD]
    for key, n in counts.items():
        cell = f'"{n}"' if "," in n else n
        lines.append(f"{key},NA,NA,,,,,{cell}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_comes_back_as_it_went(name: str, language: str) -> None:
    flow = FLOWS[name]
    found = read_csv(write_csv(flow, lay_out(flow, DiagramOptions(language=language))))
    assert found.flow == flow
    assert found.mistakes == ()
    assert found.labels == {}
    assert found.language == language


@pytest.mark.slow
@settings(deadline=None, max_examples=examples(60))
@given(sound_flows())
def test_a_sound_flow_is_still_sound_after_the_file(flow: Flow) -> None:
    found = read_csv(write_csv(flow, lay_out(flow)))
    assert found.mistakes == ()
    assert check(found.flow, own=True) == ()


@settings(deadline=None)
@given(st.lists(st.text(min_size=1, max_size=40) | st.sampled_from(NASTY), min_size=1, max_size=5))
def test_labels_with_commas_semicolons_and_formulas_come_back(labels: list[str]) -> None:
    reasons = tuple(
        Tally(label=clean(label), n=3) for label in labels if clean(label).strip(" ,;'=+-@")
    )
    flow = replace(NEW, dbr_excluded=(Tally(label="First", n=1), *reasons))
    text = write_csv(flow, lay_out(flow))
    assert read_csv(text).flow.dbr_excluded == flow.dbr_excluded


def test_the_packages_placeholders_are_silence() -> None:
    found = read_csv(
        template(
            database_results="10",
            database_specific_results="Database 1, xxx; Database 2, xxx",
            dbr_excluded="Reason1, xxx; Reason2, xxx",
            website_results="0",
            other_assessed="0",
            previous_studies="0",
            total_studies="0",
            total_studies_ma="0",
            new_studies="NA",
        )
    )
    assert found.mistakes == ()
    assert found.flow.databases == ()
    assert found.flow.dbr_excluded == (tally("Reason1", None), tally("Reason2", None))
    assert not found.flow.has_other_arm
    assert not found.flow.updated
    assert found.flow.new_studies is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1,234", 1234),
        ("1.234.567", 1_234_567),
        ("1.000", 1000),
        ("1234.000", 1234),
        ("12 345", 12345),
        ("7.0", 7),
        ("-3", -3),
        ("n = 12", 12),
        ("(n=1,234)", 1234),
        ("", None),
    ],
)
def test_counts_are_read_as_people_write_them(written: str, read: int | None) -> None:
    assert read_csv(template(records_screened=written)).flow.records_screened == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Wrong population, 12; Other, 3", (tally("Wrong population", 12), tally("Other", 3))),
        ("Adults, mixed, 1,234", (tally("Adults, mixed", 1234),)),
        ("12", (tally("", 12),)),
        ("0", ()),
        ("", None),
    ],
)
def test_reasons_are_read_as_people_write_them(
    written: str, read: tuple[Tally, ...] | None
) -> None:
    assert read_csv(template(dbr_excluded=written)).flow.dbr_excluded == read


def test_what_cannot_be_read_is_told_with_its_line() -> None:
    text = template(
        records_screened="about 12",
        dbr_excluded="Wrong, many",
        total_studies_ma="4",
        something="3",
        records_excluded="around 9",
    )
    found = read_csv(text)
    assert sorted(mistake.path for mistake in found.mistakes) == [
        "line 2, records_screened",
        "line 3, dbr_excluded",
        "line 5, something",
        "line 6, records_excluded",
    ]
    assert found.flow.records_screened is None
    assert found.flow.records_excluded is None
    assert found.flow.records_excluded_reasons == ()
    assert found.flow.total_studies_ma == 4
    assert found.flow.dbr_excluded == (tally("Wrong", None),)


def test_a_published_error_is_caught_from_its_csv() -> None:
    text = template(
        database_results="1,500",
        register_results="100",
        duplicates="400",
        excluded_automatic="0",
        excluded_other="0",
        records_screened="800",
        records_excluded="700",
        dbr_sought_reports="100",
        dbr_notretrieved_reports="5",
        dbr_assessed="95",
        dbr_excluded="Wrong population, 60; Wrong design, 20",
        new_studies="12",
        new_reports="15",
    )
    broken = check(read_csv(text).flow)
    assert [(item.identity, item.sentence) for item in broken] == [
        (
            "I2",
            "Records screened should be 1,200 (databases 1,500 + registers 100 - duplicates 400), but the flow says "
            "800, 400 too few; the duplicates seem to be subtracted twice. "
            "With databases 1,100 or duplicates 800 the whole flow holds.",
        )
    ]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_and_a_byte_order_mark_are_read(delimiter: str) -> None:
    rows = list(csv.reader(io.StringIO(write_csv(NEW, lay_out(NEW)))))
    sheet = io.StringIO()
    csv.writer(sheet, delimiter=delimiter).writerows(rows)
    assert read_csv("\ufeff" + sheet.getvalue()).flow == NEW


def test_the_files_own_words_and_links_are_kept() -> None:
    lines = [
        HEAD,
        "records_screened,node9,box4,,Titles read,,https://example.org/list,17",
        "records_excluded,node10,box5,,Records excluded,,records_excluded.html,8",
        "duplicates,node8,box3,,Duplicate records,,javascript:alert(1),2",
    ]
    found = read_csv("\n".join(lines))
    assert found.labels == {"records_screened": "Titles read"}
    assert found.links == dict.fromkeys(("box4", "records_screened"), "https://example.org/list")


@pytest.mark.parametrize(
    "text", ["", "a,b,c\n1,2,3\n", "data,n\nfoo,1\n", "\x00\x01", '{"data": "n"}']
)
def test_another_file_is_one_clear_error(text: str) -> None:
    with pytest.raises(DamagedFile) as error:
        read_csv(text)
    assert error.value.hint
