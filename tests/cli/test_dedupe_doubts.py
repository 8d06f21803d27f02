"""What `reviewkit dedupe` says at its end, and the doubts that are not asked."""

import csv
import json
from pathlib import Path

import pytest

from reviewkit.store import Store
from reviewkit.store.runs import add_run
from tests.helpers.command import reviewkit
from tests.helpers.duplicates import doubtful
from tests.helpers.screening_review import NOW, make_review, run_of


@pytest.fixture
def doubts(tmp_path: Path) -> Path:
    """A review with twelve pairs in doubt; the path of its protocol."""
    project = make_review(tmp_path, count=0)
    records = doubtful(12)
    with Store(project.database, now=NOW) as store, store.transaction():
        run = run_of(records)
        add_run(store, run, records, protocol=project.protocol_sha256, counts_in_flow=True)
    return project.protocol_path


def test_it_says_what_waits_what_is_not_asked_and_what_comes_next(doubts: Path) -> None:
    done = reviewkit("dedupe", "-p", doubts)
    assert "24 records: 0 certain duplicates of 0 works linked, 24 remain." in done.stdout
    assert "5 pairs wait for a person: reviewkit dedupe review" in done.stdout
    assert "7 pairs are less sure and kept apart, without a question" in done.stdout
    assert done.stderr.endswith("Next: reviewkit dedupe review settles what is uncertain.\n")
    document = json.loads(reviewkit("dedupe", "--json", "-p", doubts).stdout)
    assert (document["waiting_for_a_person"], document["doubts_not_asked"]) == (5, 7)


def test_an_empty_review_is_told_what_to_do(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=0)
    with Store(project.database, now=NOW):
        pass
    done = reviewkit("dedupe", "-p", project.protocol_path)
    assert done.stdout == "The review has no records yet, so there is nothing to link.\n"
    assert "Next: reviewkit search or reviewkit import FILE --source NAME" in done.stderr


def test_doubts_are_listed_with_an_estimate_and_can_be_answered(doubts: Path) -> None:
    assert "No pair is listed." in reviewkit("dedupe", "list", "--doubts", "-p", doubts).stderr
    reviewkit("dedupe", "-p", doubts)
    listed = reviewkit("dedupe", "list", "--doubts", "--format", "json", "-p", doubts)
    pairs = json.loads(listed.stdout)
    assert len(pairs) == 7
    assert {(pair["outcome"], pair["rule"]) for pair in pairs} == {("different", "less_sure")}
    assert "Of 7 open pairs, about 4 are one record" in listed.stderr

    one = ("dedupe", "review", "--plain", "--reviewer", "ana", "-p", doubts)
    done = reviewkit(*one, stdin="d\n" * 5)
    assert "5 answered and linked, 0 left." in done.stderr
    assert "Next: reviewkit screen shows what remains." in done.stderr
    done = reviewkit(*one, "--doubts", stdin="d\n" * 9)
    assert "7 answered and linked, 0 left." in done.stderr
    assert "No pair waits for a person." in reviewkit("dedupe", "-p", doubts).stdout


def test_files_have_a_place_for_the_less_sure_pairs(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    with rows.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        columns = ("title", "journal", "year", "volume", "issue", "pages")
        table.writerow(("record_id", "author", *columns))
        for record in doubtful(12):
            values = [getattr(record, name) for name in columns]
            table.writerow((record.source_id, " and ".join(record.authors), *values))

    places = {name: tmp_path / f"{name}.csv" for name in ("out", "pairs", "doubts")}
    done = reviewkit("dedupe", rows, "--out", places["out"])
    assert "7 less sure pairs not listed: --doubts FILE lists them." in done.stdout
    options = [part for name, path in places.items() for part in (f"--{name}", path)]
    assert reviewkit("dedupe", rows, *options).returncode == 0
    lengths = [len(places[name].read_text().splitlines()) - 1 for name in ("pairs", "doubts")]
    assert lengths == [5, 7]
