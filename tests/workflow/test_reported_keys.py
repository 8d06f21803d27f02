"""Whatever a protocol says under [reported] stands in the report; each count in "box by box"."""

import itertools
import re
import tomllib
from pathlib import Path

import pytest

from reviewkit.protocol.reported import (
    ExcludedReport,
    Reported,
    ReportedFlow,
    ReportedMethods,
)
from tests.conftest import PROJECT
from tests.helpers.own_review import OwnReview

EXAMPLE = PROJECT / "docs" / "reference" / "protocol-example.toml"
COUNTED = ("sources", "exclusion_reasons", "other_exclusion_reasons", "study_kinds")
# Dates and texts that the example has under keys of [reported], or that the test gives it.
SAID = {
    "several_reports_per_record": "The review says that a record led to more than one report.",
    "search_date": "2025-01-20",
    "search_dates": "lilacs 2025-01-22",
    "studies": "study: Ota 2019",
    "notes": "- removed by hand",
    "where": "| Figure 1 |",
    "works": "Walking and sleep after sixty: two years later",
}


def protocol_text() -> tuple[str, dict[str, int]]:
    """The protocol that has every key, with a count of its own for each, and those counts."""
    text = re.sub(r"\[stand_in\].*?\n\n", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"(?m)^synonyms = .*\n", "", text).replace(
        "several_reports_per_record = false", "several_reports_per_record = true"
    )
    head, part, tail = text.partition("[reported]\n")
    flow, methods, rest = tail.partition("[reported.methods]")
    flow = flow.replace("lilacs = 15 }", "lilacs = 15, citations = 9 }")
    numbers = itertools.count(4001)
    # A count stands behind "key = " or in a table behind '"label" = '; years and days do not.
    flow = re.sub(
        r"(?<== )\d{1,4}(?=\s*(?:#|,|\}|$))", lambda _: str(next(numbers)), flow, flags=re.MULTILINE
    )
    whole = head + part + flow + methods + rest
    reported = tomllib.loads(whole)["reported"]
    counts = {f"flow.{key}": n for key, n in reported["flow"].items()}
    for key in COUNTED:
        counts |= {f"{key}.{label}": n for label, n in reported[key].items()}
    return whole, counts


@pytest.fixture
def report(tmp_path: Path) -> tuple[str, dict[str, int]]:
    review = OwnReview(folder=tmp_path, name="sleep_exercise")
    text, counts = protocol_text()
    review.write_protocol(text)
    file = review.file("a.ris", "TY  - JOUR\nTI  - Walking and sleep after sixty\nER  - \n")
    review.load(file, source="pubmed", more=("--date", "2025-01-20"))
    review.run("reproduce", "--offline")
    return review.done("report"), counts


@pytest.mark.slow
def test_each_key_of_reported_stands_in_the_report(report: tuple[str, dict[str, int]]) -> None:
    text, counts = report
    boxes = text.partition("## The flow, box by box")[2].partition("\n## ")[0]

    assert {key.removeprefix("flow.") for key in counts if key.startswith("flow.")} == set(
        ReportedFlow.model_fields
    )
    assert len(set(counts.values())) == len(counts)
    missing = [key for key, n in counts.items() if f"| {n:,} |" not in boxes]
    assert missing == []

    # A key that the schema gets later must be in one of these lists, and in the report.
    others = {"flow", "methods", "excluded_reports", *COUNTED}
    assert set(Reported.model_fields) == others | set(SAID)
    for words in SAID.values():
        assert words in text
    example = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))["reported"]
    assert set(example["methods"]) == set(ReportedMethods.model_fields)
    for words in example["methods"].values():
        assert f"| {words} |" in text
    (excluded,) = example["excluded_reports"]
    assert set(excluded) == set(ExcludedReport.model_fields)
    assert f"| {excluded['reference']} | {excluded['reason']} |" in text
    del excluded["reference"]
    cited = ExcludedReport.model_validate(excluded, strict=False).citation
    assert cited == "Costa P. Naps in shift workers. 2018. doi:10.1000/sleep.2018.3. PMID 29012345"
