"""The published reviews that ship: valid, drawn, judged, their lines put together; no code knows them."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from reviewkit.query.dialects.languages import LANGUAGES
from reviewkit.query.lines import read_strategy
from tests.conftest import PROJECT
from tests.helpers.command import reviewkit

SHIPPED = sorted((PROJECT / "protocols").glob("*.toml"))
ADDED = [path for path in SHIPPED if path.stem != "als_dysbiosis"]


def printed(path: Path, source: str) -> str:
    strategy = tomllib.loads(path.read_text(encoding="utf-8"))["strategies"][0]
    return str(strategy["queries"][source])


def test_three_published_reviews_ship() -> None:
    assert [path.stem for path in SHIPPED] == [
        "als_dysbiosis",
        "geriatric_haematology",
        "patient_reported_outcomes",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("path", ADDED, ids=lambda path: path.stem)
def test_each_is_valid_and_its_reported_flow_adds_up(path: Path) -> None:
    assert reviewkit("check", path).returncode == 0
    done = reviewkit("prisma", "check", path, "--json")
    assert done.returncode == 0, done.stdout


def test_a_printed_number_that_is_wrong_is_found(tmp_path: Path) -> None:
    text = ADDED[0].read_text(encoding="utf-8")
    path = tmp_path / "protocols" / "wrong.toml"
    path.parent.mkdir()
    path.write_text(text.replace("pubmed = 832", "pubmed = 823"), encoding="utf-8")
    assert reviewkit("prisma", "check", path).returncode == 3


@pytest.mark.slow
@pytest.mark.parametrize("path", ADDED, ids=lambda path: path.stem)
def test_each_is_reproduced_offline_as_far_as_it_goes(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "protocols" / path.name
    copy.parent.mkdir()
    shutil.copy(path, copy)
    done = reviewkit("reproduce", copy, "--offline")
    assert done.returncode == 0, done.stderr
    out = tmp_path / "reviews" / path.stem
    reported = tomllib.loads(path.read_text(encoding="utf-8"))["reported"]["flow"]
    drawn = (out / "flow_reported.svg").read_text(encoding="utf-8")
    assert f"{reported['database_results']:,}" in drawn
    assert "A box without a number was not read" in drawn
    document = json.loads((out / "reproduction.json").read_text(encoding="utf-8"))
    assert {one["verdict"] for one in document["sources"]} == {"could not be run"}
    assert "The protocol lists none of the included works." in done.stdout


def test_the_lines_of_ovid_are_put_together_and_the_page_is_left_out() -> None:
    path = PROJECT / "protocols" / "patient_reported_outcomes.toml"
    text = printed(path, "medline")
    strategy = read_strategy(text, LANGUAGES["ovid"])
    assert strategy.printed == text
    assert [line.number for line in strategy.lines] == list(range(1, 39))
    codes = [one.code for one in strategy.problems]
    assert (codes.count("glued_text"), codes.count("page_text")) == (38, 1)
    assert not strategy.errors
    assert strategy.expansion is not None
    assert "Balitsky" not in strategy.expansion

    shown = reviewkit("check", path).stdout
    assert f"lines put in: {strategy.expansion}" in shown
    assert "'© 2024 Balitsky AK et al. JAMA Network Open.' is read as text of the page" in shown
    assert "(and 37 more places)" in shown


def test_the_printed_query_of_pubmed_is_read_with_its_order_of_operators() -> None:
    path = PROJECT / "protocols" / "geriatric_haematology.toml"
    shown = reviewkit("check", path).stdout
    assert printed(path, "pubmed") in shown
    assert "(myeloid[tiab] OR lymphoid[tiab]) AND" in shown


def test_no_code_knows_them() -> None:
    names = ("geriatric_haematology", "patient_reported_outcomes", "Scheepers", "Balitsky")
    for path in (PROJECT / "reviewkit").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not any(name in text for name in names), path
