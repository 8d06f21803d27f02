"""Studies and their reports: linked, taken back, listed, suggested; counted in every template."""

import csv
import io
import json
import random
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewkit.importers import read_file
from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record, Stage
from reviewkit.prisma.check import check
from reviewkit.prisma.partition import State
from reviewkit.screening.studies import registration_numbers
from reviewkit.store import Store
from reviewkit.store.decisions import states
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.release import release, updated_or_refuse
from reviewkit.workflow.reporting.review_flow import review_flow
from reviewkit.workflow.screening.studies import (
    link_reports,
    list_studies,
    suggested_studies,
    unlink_reports,
)
from tests.helpers.command import reviewkit
from tests.helpers.effort import examples
from tests.helpers.screening_review import (
    NOW,
    make_records,
    make_review,
    session_of,
)


def keys(*numbers: int) -> list[str]:
    return [f"pubmed:{number:05}" for number in numbers]


def link(project: ReviewProject, name: str, *numbers: int) -> None:
    link_reports(project, keys(*numbers), name=name, reviewer="ana", why=None, now=NOW)


def unlink_all(project: ReviewProject) -> None:
    for study in list_studies(project, now=NOW):
        unlink_reports(project, [], name=study.name, reviewer="ana", why=None, now=NOW)


def screen(project: ReviewProject, included: set[int], *, full_text: bool = True) -> None:
    """Include these records at both stages, and exclude the others."""
    wanted = set(keys(*included))
    stages = [Stage.TITLE_ABSTRACT, Stage.FULL_TEXT] if full_text else [Stage.TITLE_ABSTRACT]
    for stage in stages:
        with session_of(project, stage=stage) as session:
            while session.view is not None:
                if session.view.record.key in wanted:
                    session.include()
                else:
                    session.exclude(1)


@pytest.fixture
def project(tmp_path: Path) -> ReviewProject:
    return make_review(tmp_path, count=8)


def test_a_study_with_two_included_reports_counts_once(project: ReviewProject) -> None:
    screen(project, {0, 1, 2})
    with Store(project.database, now=NOW) as store:
        before = review_flow(store, project.protocol)
    assert (before.new_studies, before.new_reports) == (3, 3)

    link(project, "ALS-FMT trial", 0, 1)
    with Store(project.database, now=NOW) as store:
        flow = review_flow(store, project.protocol)
        assert (flow.new_studies, flow.new_reports) == (2, 3)
        assert check(flow, own=True) == ()

    unlink_all(project)
    with Store(project.database, now=NOW) as store:
        assert review_flow(store, project.protocol) == before


def test_a_report_may_belong_to_two_studies_and_an_excluded_report_keeps_its_box(
    project: ReviewProject,
) -> None:
    screen(project, {0})
    link(project, "First", 0, 5)
    link(project, "Second", 0)
    with Store(project.database, now=NOW) as store:
        flow = review_flow(store, project.protocol)
    assert (flow.new_studies, flow.new_reports) == (2, 1)
    first = list_studies(project, now=NOW)[0]
    assert first.included
    assert {report.state for report in first.reports} == {"included", "record excluded"}


def test_the_updated_template_counts_a_new_report_of_an_old_study(
    project: ReviewProject,
) -> None:
    screen(project, {0, 1})
    link(project, "Trial", 0)
    release(project, "v1", now=NOW)
    with session_of(project) as session:
        session.navigation.jump(keys(2)[0])
        session.include()
    with session_of(project, stage=Stage.FULL_TEXT) as session:
        session.include()
    link(project, "Trial", 2)
    with Store(project.database, now=NOW) as store:
        flow = updated_or_refuse(store, project.protocol)
    assert (flow.previous_studies, flow.new_studies, flow.total_studies) == (2, 0, 2)
    assert (flow.previous_reports, flow.new_reports, flow.total_reports) == (2, 1, 3)


@pytest.mark.slow
@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    included=st.sets(st.integers(0, 7), min_size=1),
    groups=st.lists(
        st.tuples(st.sampled_from("ABC"), st.lists(st.integers(0, 7), min_size=1, max_size=4)),
        max_size=6,
    ),
    seed=st.integers(0, 99),
)
def test_any_history_of_links_counts_both_right(
    included: set[int], groups: list[tuple[str, list[int]]], seed: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = make_review(Path(folder), count=8)
        screen(project, included)
        with Store(project.database, now=NOW) as store:
            before = review_flow(store, project.protocol)
        release(project, "v1", now=NOW)

        chance = random.Random(seed)
        members: dict[str, set[int]] = {}
        for name, numbers in groups:
            if chance.random() < 0.7 or name not in members:
                link(project, name, *numbers)
                members.setdefault(name, set()).update(numbers)
            else:
                unlink_reports(
                    project, keys(*numbers), name=name, reviewer="ana", why=None, now=NOW
                )
                members[name] -= set(numbers)
            members = {name: kept for name, kept in members.items() if kept}

        linked = set().union(*members.values()) if members else set()
        studies = sum(bool(kept & included) for kept in members.values())
        with Store(project.database, now=NOW) as store:
            flow = review_flow(store, project.protocol)
            updated = updated_or_refuse(store, project.protocol)
            shown = {row.record for row in states(store) if row.state is State.INCLUDED}
        assert flow.new_studies == studies + len(included - linked)
        assert flow.new_reports == len(included)
        assert (updated.total_studies, updated.total_reports) == (flow.new_studies, len(included))
        assert [
            b for b in (*check(flow, own=True), *check(updated, own=True)) if b.severity == "error"
        ] == []
        for study in list_studies(project, now=NOW):
            assert study.included == any(report.record in shown for report in study.reports)

        unlink_all(project)
        with Store(project.database, now=NOW) as store:
            assert review_flow(store, project.protocol) == before


def test_the_session_links_and_undoes(project: ReviewProject) -> None:
    screen(project, {0, 1}, full_text=False)
    with session_of(project, stage=Stage.FULL_TEXT) as session:
        session.studies.toggle("Trial")
        seen = [session.require_view().studies]
        session.undo()
        seen.append(session.require_view().studies)
        assert seen == [("Trial",), ()]
        with pytest.raises(UsageError):
            session.studies.toggle("  ")


@pytest.mark.slow
def test_the_key_and_the_step_are_of_full_text(project: ReviewProject, tmp_path: Path) -> None:
    with session_of(project) as session, pytest.raises(UsageError, match="full text"):
        session.studies.toggle("Trial")

    screen(project, {0, 1}, full_text=False)
    script = tmp_path / "studies.csv"
    script.write_text("record,verdict,text\npubmed:00000,study,Trial\n", encoding="utf-8")
    take = ("screen", "-p", project.protocol_path, "-r", "ana", "--decisions", script)
    refused = reviewkit(*take)
    assert (refused.returncode, "full text" in refused.stderr) == (2, True)
    assert reviewkit(*take, "--stage", "full_text").returncode == 0
    assert [study.name for study in list_studies(project, now=NOW)] == ["Trial"]
    # What stands already is not said again, and never taken back by the same file.
    assert reviewkit(*take, "--stage", "full_text").returncode == 0
    assert [study.name for study in list_studies(project, now=NOW)] == ["Trial"]
    script.write_text("record,verdict,text\npubmed:00000,unlink,Trial\n", encoding="utf-8")
    assert reviewkit(*take, "--stage", "full_text").returncode == 0
    assert list_studies(project, now=NOW) == ()


@pytest.mark.slow
@pytest.mark.parametrize("form", ["ris", "bibtex", "nbib", "endnote-xml"])
def test_an_export_names_the_study_and_an_import_keeps_it(
    project: ReviewProject, tmp_path: Path, form: str
) -> None:
    screen(project, {0})
    link(project, "Trial of guts", 0)
    done = reviewkit("export", "-p", project.protocol_path, "--format", form)
    assert done.returncode == 0, done.stderr
    printed = read_file(io.BytesIO(done.stdout.encode()), source="again").records
    of_study = [record for record in printed if "Trial of guts" in str(record.other)]
    assert [record.title for record in of_study] == ["Title 0 on mice"]


def report(number: int, **values: Any) -> Record:
    return replace(make_records(1, first=number)[0], **values)


def test_suggestions_name_their_evidence_and_link_nothing(tmp_path: Path) -> None:
    title = "Faecal transplants in amyotrophic lateral sclerosis"
    records = [
        report(0, abstract="Registered as NCT04567890.", title="Guts one"),
        report(1, accession="nct04567890", title="Guts two"),
        report(2, title=f"{title}: study protocol", authors=("Lopez, M", "Silva, A")),
        report(3, title=title, authors=("Lopez M", "Silva A")),
        report(4, title="Other guts", abstract="NCT00000001 NCT00000002 NCT00000003 NCT04567890"),
    ]
    project = make_review(tmp_path, records=records)
    found = {each.records: each.evidence for each in suggested_studies(project, now=NOW)}
    assert found[tuple(keys(0, 1))] == "each names NCT04567890"
    assert found[tuple(keys(2, 3))] == "the same authors and the same title stem"
    assert len(found) == 2  # a review that names many trials is of none
    assert list_studies(project, now=NOW) == ()

    link(project, "FMT", 0, 1)
    assert tuple(keys(0, 1)) not in {s.records for s in suggested_studies(project, now=NOW)}


@pytest.mark.parametrize(
    "number",
    [
        "NCT01234567", "ISRCTN12345678", "ACTRN12612000123456", "DRKS00012345", "UMIN000012345",
        "jRCTs031180001", "ChiCTR2000029308", "CTRI/2020/05/025209", "IRCT20200128046294N2",
        "KCT0001234", "PACTR202001681895696", "RBR-7tqkzd", "RPCEC00000301", "2012-000615-84",
        "U1111-1234-5678",
    ],
)  # fmt: skip
def test_numbers_of_many_registers_are_seen_in_any_field(number: str) -> None:
    for record in (report(0, abstract=f"({number}),"), report(0, other={"SI": (number,)})):
        assert registration_numbers(record) == (number.upper(),)
    assert registration_numbers(report(0, abstract="about 2012-2015, n = 12345678")) == ()


@pytest.mark.slow
def test_the_command_links_lists_exports_and_names_every_mistake(project: ReviewProject) -> None:
    where = ("-p", project.protocol_path, "--db", project.database)
    one, two = keys(0, 1)
    done = reviewkit("study", "link", one, two, "--name", "ALS trial", *where, "-r", "ana")
    assert done.stdout == f"Linked to “ALS trial”: {one}, {two}.\n"
    again = reviewkit("study", "link", one, "--name", "ALS trial", *where, "-r", "ana")
    assert "Nothing to change" in again.stdout

    listed = json.loads(reviewkit("study", "list", "--json", *where).stdout)
    assert [report["record"] for report in listed["studies"][0]["reports"]] == [one, two]
    exported = reviewkit("export", "--format", "csv", *where).stdout
    rows = {
        row["reviewkit_key"]: row for row in csv.DictReader(io.StringIO(exported.lstrip("\ufeff")))
    }
    assert (rows[one]["study"], rows[keys(5)[0]]["study"]) == ("ALS trial", "")

    for arguments, wanted in (
        (("link", one), "one report alone makes no study"),
        (("link", "pubmed:9", "pubmed:8"), "no record has the key pubmed:9, pubmed:8"),
        (("link", one, "--name", " "), "a study's name must not be empty"),
        (("unlink", "--name", "Other"), "no study is called 'Other'"),
        (("unlink",), "what is to be unlinked?"),
    ):
        failed = reviewkit("study", *arguments, *where, "-r", "ana")
        assert failed.returncode == 2
        assert wanted in failed.stderr
    assert "No longer" in reviewkit("study", "unlink", one, *where, "-r", "ana").stdout
