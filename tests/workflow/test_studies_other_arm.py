"""Studies and reports that citation searching found: counted right in every template."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from reviewkit.model.flow import Flow
from reviewkit.model.records import Role, Stage
from reviewkit.prisma.check import check
from reviewkit.store import Store
from reviewkit.store.runs import add_run
from reviewkit.workflow.project import ReviewProject, open_project
from reviewkit.workflow.reporting.release import release, updated_or_refuse
from reviewkit.workflow.reporting.review_flow import DrawingChoice, draw_flow, review_flow
from reviewkit.workflow.screening.studies import link_reports, list_studies, unlink_reports
from tests.helpers.effort import examples
from tests.helpers.screening_review import NOW, make_records, make_review, run_of, session_of

CITED = '[[sources]]\nid = "cited"\nname = "Citation searching"\nrole = "citations"\n'
KEYS = [f"pubmed:{n:05}" for n in range(4)] + [f"cited:{n:05}" for n in range(4, 7)]


def make_both_arms(folder: Path) -> ReviewProject:
    """A review of four records of PubMed and three that citation searching found."""
    project = make_review(folder, count=4, screening=CITED)
    found = [replace(record, source="cited") for record in make_records(3, first=4)]
    run = replace(run_of(found, role=Role.CITATIONS), source="cited")
    with Store(project.database, now=NOW) as store, store.transaction():
        add_run(store, run, found, protocol=project.protocol_sha256, counts_in_flow=True)
    return open_project(project.protocol_path)


def screen(project: ReviewProject, included: set[int]) -> None:
    wanted = {KEYS[number] for number in included}
    for stage in (Stage.TITLE_ABSTRACT, Stage.FULL_TEXT):
        with session_of(project, stage=stage) as session:
            while session.view is not None:
                if session.view.record.key in wanted:
                    session.include()
                else:
                    session.exclude(1)


def drawn(project: ReviewProject, flow: Flow, template: str) -> str:
    layout = draw_flow(flow, project.protocol.diagram, DrawingChoice(template=template))
    lines = [entry.text for box in layout.boxes for entry in box.content.entries]
    return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.slow
@settings(max_examples=examples(15), phases=(Phase.generate,), deadline=None)
@given(
    included=st.sets(st.integers(0, 6), min_size=1),
    groups=st.dictionaries(
        st.sampled_from("ABC"), st.sets(st.integers(0, 6), min_size=1, max_size=4), max_size=3
    ),
)
def test_links_across_both_arms_count_right_in_every_template(
    included: set[int], groups: dict[str, set[int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = make_both_arms(Path(folder))
        screen(project, included)
        with Store(project.database, now=NOW) as store:
            before = review_flow(store, project.protocol)
        release(project, "v1", now=NOW)
        for name, numbers in groups.items():
            keys = [KEYS[number] for number in sorted(numbers)]
            link_reports(project, keys, name=name, reviewer="ana", why=None, now=NOW)

        linked = set().union(*groups.values()) if groups else set()
        studies = sum(bool(numbers & included) for numbers in groups.values())
        studies += len(included - linked)
        with Store(project.database, now=NOW) as store:
            flow = review_flow(store, project.protocol)
            updated = updated_or_refuse(store, project.protocol)
        for counted in (flow, updated):
            assert [b for b in check(counted, own=True) if b.severity == "error"] == []
        for template in ("new", "new-other"):
            text = drawn(project, flow, template)
            assert f"Studies included in review (n = {studies})" in text
            assert f"Reports of included studies (n = {len(included)})" in text
        for template in ("updated", "updated-other"):
            text = drawn(project, updated, template)
            assert f"Total studies included in review (n = {studies})" in text
            assert f"Reports of total included studies (n = {len(included)})" in text

        for study in list_studies(project, now=NOW):
            unlink_reports(project, [], name=study.name, reviewer="ana", why=None, now=NOW)
        with Store(project.database, now=NOW) as store:
            assert review_flow(store, project.protocol) == before


def test_the_other_arm_is_there(tmp_path: Path) -> None:
    project = make_both_arms(tmp_path)
    screen(project, {0, 4, 5})
    with Store(project.database, now=NOW) as store:
        flow = review_flow(store, project.protocol)
    assert (flow.dbr_assessed, flow.other_assessed, flow.new_reports) == (1, 2, 3)


def test_what_is_screened_out_before_retrieval_has_a_line_of_its_own(tmp_path: Path) -> None:
    project = make_both_arms(tmp_path)
    with session_of(project, stage=Stage.TITLE_ABSTRACT) as session:
        while session.view is not None and session.view.record.key != "cited:00005":
            if session.view.record.key == "cited:00004":
                session.exclude(1)
            else:
                session.include()
    with Store(project.database, now=NOW) as store:
        flow = review_flow(store, project.protocol)
    assert (flow.other_screened_out, flow.other_awaiting_screening) == (1, 2)
    assert flow.other_sought_reports == 0
    assert [b for b in check(flow, own=True) if b.severity == "error"] == []
    text = drawn(project, flow, "new-other")
    assert "Screened out before retrieval (n = 1)" in text
    assert "Awaiting screening (n = 2)" in text
    assert "were not sought" not in text
