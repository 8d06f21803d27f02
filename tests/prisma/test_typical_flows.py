"""Thirty flows shaped as articles print them: sound ones pass, each single slip is named and mended.

The counts are made up. Each flow changes a few rows of a common one; a slip changes one more.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from reviewkit.model.flow import Broken, Severity
from reviewkit.prisma.check import check
from reviewkit.prisma.diagram.read_csv import read_csv

Rows = Mapping[str, str]

COMMON: Rows = {
    "database_results": "1840",
    "duplicates": "510",
    "records_screened": "1330",
    "records_excluded": "1222",
    "dbr_sought_reports": "108",
    "dbr_notretrieved_reports": "6",
    "dbr_assessed": "102",
    "dbr_excluded": "Wrong population, 40; Wrong design, 31; No outcome, 10",
    "new_studies": "19",
    "new_reports": "21",
}
OTHER_ARM: Rows = {
    "website_results": "4",
    "citations_results": "11",
    "other_sought_reports": "15",
    "other_notretrieved_reports": "2",
    "other_assessed": "13",
    "other_excluded": "Wrong design, 9",
    "new_studies": "22",
    "new_reports": "25",
}
PREVIOUS: Rows = {
    "previous_studies": "30",
    "previous_reports": "34",
    "total_studies": "49",
    "total_reports": "55",
}


@dataclass(frozen=True)
class Shape:
    """A flow by the rows that differ from the common one, and one slip in it.

    `mend` is the count that the error's sentence must give: where two counts may be the wrong one,
    that of the identity's own. `identities` are those that it may name.
    """

    name: str
    rows: Rows
    slip: tuple[str, str]
    mend: str
    identities: tuple[str, ...]


SHAPES = [
    Shape("plain", {}, ("records_screened", "1320"), "1,330", ("I2",)),
    Shape("registers left blank", {"register_results": ""}, ("duplicates", "520"), "510", ("I2",)),
    Shape("registers 0", {"register_results": "0"}, ("records_excluded", "1232"), "1,222", ("I3",)),
    Shape(
        "registers used",
        {"register_results": "60", "duplicates": "570"},
        ("register_results", "66"),
        "60",
        ("I1", "I2"),
    ),
    Shape(
        "each database, the sum wrong by one",
        {"database_specific_results": "PubMed, 800; Embase, 640; Scopus, 400"},
        ("database_specific_results", "PubMed, 800; Embase, 641; Scopus, 400"),
        "1,841",
        ("I1",),
    ),
    Shape(
        "each database and its total typed anew",
        {"database_specific_results": "MEDLINE, 1000; CENTRAL, 840"},
        ("database_results", "1480"),
        "1,840",
        ("I1", "I2", "I1+I2"),
    ),
    Shape("reasons by one", {}, ("dbr_excluded", "A, 40; B, 31; C, 11"), "20", ("I5",)),
    Shape(
        "one reason, in words",
        {"dbr_excluded": "Not randomised, 81"},
        ("dbr_excluded", "Not randomised, 80"),
        "22",
        ("I5",),
    ),
    Shape("n = 12", {"dbr_notretrieved_reports": "n = 6"}, ("dbr_assessed", "101"), "102", ("I4",)),
    Shape(
        "thousands with a comma",
        {"database_results": "1,840", "records_screened": "1,330", "records_excluded": "1,222"},
        ("records_excluded", "1,212"),
        "1,222",
        ("I3",),
    ),
    Shape(
        "thousands with a space",
        {"database_results": "1 840", "records_screened": "1 330"},
        ("records_screened", "1 303"),
        "1,330",
        ("I2",),
    ),
    Shape(
        "automation tools",
        {"excluded_automatic": "30", "records_screened": "1300", "records_excluded": "1192"},
        ("excluded_automatic", "300"),
        "30",
        ("I2",),
    ),
    Shape(
        "other reasons before screening",
        {"excluded_other": "12", "records_screened": "1318", "records_excluded": "1210"},
        ("records_screened", "1330"),
        "1,318",
        ("I2",),
    ),
    Shape(
        "all reports were there",
        {"dbr_notretrieved_reports": "0", "dbr_assessed": "108", "dbr_excluded": "A, 87"},
        ("dbr_assessed", "107"),
        "108",
        ("I4",),
    ),
    Shape(
        "reports not retrieved left out",
        {"dbr_notretrieved_reports": ""},
        ("dbr_assessed", "112"),
        "108",
        ("I3+I4", "I4"),
    ),
    Shape(
        "studies only",
        {"new_reports": ""},
        ("records_excluded", "1122"),
        "1,222",
        ("I3",),
    ),
    Shape("studies as reports", {"new_studies": "21"}, ("new_reports", "19"), "21", ("I5",)),
    Shape("the other arm", OTHER_ARM, ("other_assessed", "12"), "13", ("O2",)),
    Shape(
        "the other arm, its inclusions forgotten", OTHER_ARM, ("new_reports", "21"), "25", ("O3",)
    ),
    Shape(
        "the other arm, reasons by one",
        OTHER_ARM,
        ("other_excluded", "Wrong design, 10"),
        "24",
        ("O3",),
    ),
    Shape(
        "the other arm, citations alone",
        {**OTHER_ARM, "website_results": "", "citations_results": "15"},
        ("other_notretrieved_reports", "3"),
        "2",
        ("O2",),
    ),
    Shape("an update", PREVIOUS, ("total_studies", "59"), "49", ("U1",)),
    Shape("an update, reports", PREVIOUS, ("total_reports", "65"), "55", ("U2",)),
    Shape("an update, the previous", PREVIOUS, ("previous_studies", "20"), "39", ("U1",)),
    Shape(
        "an update with other methods",
        {**PREVIOUS, **OTHER_ARM, "total_studies": "52", "total_reports": "59"},
        ("total_reports", "69"),
        "59",
        ("U2",),
    ),
    Shape(
        "a meta-analysis",
        {"total_studies_ma": "12", "total_reports_ma": "13"},
        ("total_studies_ma", "22"),
        "19",
        ("M1",),
    ),
    Shape(
        "nothing included",
        {"dbr_excluded": "A, 60; B, 42", "new_studies": "0", "new_reports": "0"},
        ("new_reports", "2"),
        "0",
        ("I5",),
    ),
    Shape(
        "screening alone",
        {
            "dbr_sought_reports": "",
            "dbr_notretrieved_reports": "",
            "dbr_assessed": "",
            "dbr_excluded": "",
            "new_studies": "",
            "new_reports": "",
        },
        ("records_excluded", "1400"),
        "1,330",
        ("I3",),
    ),
    Shape(
        "duplicates unknown",
        {"duplicates": "NA"},
        ("records_screened", "1940"),
        "1,840",
        ("I2",),
    ),
    Shape(
        "digits turned round",
        {},
        ("dbr_sought_reports", "180"),
        "108",
        ("I3", "I4", "I3+I4"),
    ),
]


def csv_of(rows: Rows) -> str:
    lines = ["data,n", *(f'{key},"{n}"' for key, n in rows.items())]
    return "\n".join(lines) + "\n"


def errors_of(rows: Rows) -> list[Broken]:
    read = read_csv(csv_of(rows))
    assert not read.mistakes
    return [each for each in check(read.flow) if each.severity is Severity.ERROR]


def test_there_are_thirty_shapes() -> None:
    assert len({shape.name for shape in SHAPES}) == 30


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_a_sound_flow_raises_no_alarm(shape: Shape) -> None:
    read = read_csv(csv_of({**COMMON, **shape.rows}))
    assert not read.mistakes
    assert check(read.flow) == ()


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_a_slip_is_named_with_the_number_that_mends_it(shape: Shape) -> None:
    key, wrong = shape.slip
    errors = errors_of({**COMMON, **shape.rows, key: wrong})
    assert len(errors) == 1, [error.sentence for error in errors]
    assert errors[0].identity in shape.identities
    assert shape.mend in errors[0].sentence
