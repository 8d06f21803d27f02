"""The verbs of screening as users run them: plain sessions, conflicts, agreement, assignment,
stopping, simulation.
"""

import csv
import gzip
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Role, Stage
from reviewkit.prisma.check import check
from reviewkit.prisma.partition import Selection, SourceName, State, count_flow
from reviewkit.screening.curve import draw_svg, draw_text
from reviewkit.screening.models import Order
from reviewkit.store import Store
from reviewkit.store.decisions import states
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.screening.assign import AssignOptions, assign
from reviewkit.workflow.session.conflicts import open_conflicts
from reviewkit.workflow.session.open_screening import SessionOptions, open_session
from tests.conftest import PROJECT
from tests.helpers.command import copy_project, environment, outputs, reviewkit, rows_of
from tests.helpers.screening_review import (
    NOW,
    TWO,
    make_review,
    session_of,
    ticking,
    wait_until_ranked,
)


def typed(project: ReviewProject, *arguments: str, keys: str) -> str:
    """A plain session with its keys typed; what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "reviewkit", *arguments, "-p", str(project.protocol_path)],
        input=keys,
        capture_output=True,
        text=True,
        env=environment({}),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_plain_lines_take_a_reason_in_its_own_words(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=2, screening=TWO)
    said = typed(
        project, "screen", "-r", "ana", "--plain", keys="n\ne In animals only\ne mice only\n"
    )
    assert "There is no note." in said
    assert "Excluded: in animals only." in said
    assert said.count("Excluded.") == 1  # other words are a note
    # With nothing left there is no time to tell.
    assert "2 of 2 done, 0 left; included 0, excluded 2, maybe 0.\n" in said


def document_of(project: ReviewProject, *arguments: str) -> Any:
    return json.loads(reviewkit(*arguments, "--json", "-p", project.protocol_path).stdout)


@pytest.mark.slow
def test_the_plain_lines_answer_every_key_and_says_no_control_character(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=5, screening=TWO)
    with Store(project.database, now=NOW) as store, store.transaction():
        store.write(
            "UPDATE records SET title = ? WHERE record = 'pubmed:00000'",
            [("\x1b[2Jhostile\x07 \u202etitle",)],
        )
    keys = (
        "?\nx\ni sure\ne 2 mice\nm\nu\nb\nf\ns\n/number 4\ng 1\nn a note\nt key\n"
        "h nerve\nh nerve\nhist\n"
    )
    keys += "a\nc\nonly decided\n"
    said = typed(
        project,
        "screen",
        "-r",
        "ana",
        "--plain",
        "--order",
        "id",
        keys=keys + "where gut\nwhere\nnonsense\n1\ne 9\nr x\nq\n",
    )
    assert "hostile" in said
    assert all(character == "\n" or character.isprintable() for character in said)
    for sentence in (
        "Included.",
        "Excluded: in animals only.",
        "Taken back: maybe.",
        "Back one record; nothing was changed.",
        "Skipped: it comes again when the others are done.",
        "1 found: type g and a number.",
        "Note kept.",
        "Tag 'key' on.",
        "Highlighting 'nerve'.",
        "No longer highlighting 'nerve'.",
        "No key is called nonsense. ? shows all keys.",
        "No key is called 1. To exclude for that reason: e 1",
        "Not done: there is no reason 9.",
        "Not done: 'x' is no outcome.",
        "2 of 5 done, 3 left; included 1, excluded 1, maybe 0.",
        "Five keys to begin with; Enter after each:",
        "pubmed:00001, Title 1 on the gut: exclude (in animals only)",
        "1. Title 4 on mice (2004; pubmed:00004)",
        "in this session",
    ):
        assert sentence in said, sentence
    assert "you screen blind" in said
    # Whoever has decided knows the keys.
    again = typed(project, "screen", "-r", "ana", "--plain", "--order", "id", keys="q\n")
    assert "Five keys" not in again
    assert "in this session" not in again


@pytest.mark.slow
def test_two_reviewers_a_conflict_a_settlement_and_their_agreement(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=6, screening=TWO)
    clock = ticking()
    for reviewer, verdicts in (("ana", "iieeem"), ("rui", "iieiee")):
        with session_of(project, reviewer, clock=clock) as session:
            for verdict in verdicts:
                {"i": session.include, "e": lambda s=session: s.exclude(1), "m": session.maybe}[
                    verdict
                ]()
    (pair,) = document_of(project, "agreement")["pairs"]
    assert (pair["first"], pair["second"], pair["maybes"]) == ("ana", "rui", 1)
    assert pair["figures"]["records"] == 5
    assert pair["figures"]["agreed"] == 4
    # By hand: observed 4/5, expected (2*3 + 3*2)/25.
    assert pair["figures"]["kappa"] == pytest.approx((0.8 - 0.48) / (1 - 0.48))
    assert pair["by_reason"] == {"not on guts": 1}
    shown = reviewkit("agreement", "-p", project.protocol_path).stdout
    assert "Cohen's kappa    0.62" in shown
    assert "pubmed:00003  Title 3 on the gut\n" in shown
    assert pair["disagreements"][0]["title"] == "Title 3 on the gut"
    conflicts = document_of(project, "resolve")["conflicts"]
    assert [c["record"] for c in conflicts] == ["pubmed:00003", "pubmed:00005"]
    assert reviewkit("resolve", "--check", "-p", project.protocol_path).returncode == 3
    said = typed(
        project,
        "resolve",
        "-r",
        "li",
        "--yes",
        keys="e\nu\ni it is on guts\nx\nwhat\ns\ne 2 mice\nq\n",
    )
    assert "ana: exclude (not on guts)" in said
    assert "2 of 2 done, 0 left." in said
    assert reviewkit("resolve", "--check", "-p", project.protocol_path).returncode == 0
    with Store(project.database, now=NOW) as store:
        settled = store.rows(
            "SELECT record, settled_by, verdict, reason, why FROM current_resolutions "
            "ORDER BY record"
        )
    assert settled == [
        ("pubmed:00003", "li", "include", None, "it is on guts"),
        ("pubmed:00005", "li", "exclude", "in animals only", "mice"),
    ]


@pytest.mark.slow
def test_status_hides_verdicts_while_somebody_screens_blind(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=4, screening=TWO)
    with session_of(project, "ana") as session:
        session.include()
    stage = document_of(project, "status")["stages"][0]
    assert (stage["reviewers"][0]["done"], stage["reviewers"][0]["include"]) == (1, None)
    assert document_of(project, "status", "--open")["stages"][0]["reviewers"][0]["include"] == 1
    assert any(
        "wait for a reviewer" in sentence for sentence in document_of(project, "status")["next"]
    )
    assert "ana: 1 done, 3 left" in reviewkit("status", "-p", project.protocol_path).stdout


@pytest.mark.slow
def test_assigned_records_go_to_their_reviewers_and_are_passed_on(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=20)
    made = document_of(project, "assign", "ana", "rui", "--overlap", "20%", "--by", "li")
    assert (made["records"], made["overlap"], made["per_reviewer"]) == (
        20,
        4,
        {"ana": 12, "rui": 12},
    )
    with session_of(project, "ana") as ana, session_of(project, "bea") as bea:
        assert (ana.progress.left, bea.progress.left) == (12, 0)
        for _ in range(5):
            ana.include()
    # ana leaves: what she has not decided goes on, what she has decided stays hers.
    assign(
        project,
        ["rui", "bea"],
        AssignOptions(by="li", stage=Stage.TITLE_ABSTRACT, overlap="0"),
        now=NOW,
    )
    with (
        session_of(project, "ana") as ana,
        session_of(project, "rui") as rui,
        session_of(project, "bea") as bea,
    ):
        assert ana.progress.left == 0
        with Store(project.database, now=NOW) as store:
            decided = store.value("SELECT count(*) FROM verdicts WHERE verdict = 'include'")
        assert rui.progress.left + bea.progress.left >= 20 - decided - 4
        for session in (rui, bea):
            while session.view:
                session.include()
    with Store(project.database, now=NOW) as store:
        assert {s.state for s in states(store)} == {State.AWAITING_ASSESSMENT}
    for overlap in ("many", "120%", "-1"):
        with pytest.raises(UsageError, match="no overlap"):
            assign(
                project,
                ["ana"],
                AssignOptions(by="li", stage=Stage.TITLE_ABSTRACT, overlap=overlap),
                now=NOW,
            )


@pytest.mark.slow
def test_stopping_tells_and_records_and_never_says_done(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=60)
    with session_of(project) as session:
        session.include()
        for _ in range(40):
            session.exclude(1)
    figures = document_of(project, "stopping")
    assert (figures["screened"], figures["total"], figures["found"]) == (41, 60, 1)
    assert figures["recall"][-1] == 1
    said = reviewkit(
        "stopping", "-p", project.protocol_path, "--svg", tmp_path / "curve.svg"
    ).stdout
    assert "done" not in said.lower()
    assert "Rules of thumb, which promise nothing" in said
    assert ET.parse(tmp_path / "curve.svg").getroot().tag.endswith("svg")
    sample = reviewkit("stopping", "-p", project.protocol_path, "--sample", "5").stdout.split()
    assert len(set(sample)) == 5
    with session_of(project) as session:
        for record in sample:
            session.navigation.jump(record)
            session.notes.toggle_tag("sample")
        assert document_of(project, "stopping")["sample"]["expected_unseen"] is None
        for record in sample:
            session.navigation.jump(record)
            session.exclude(1)
    assert document_of(project, "stopping")["sample"]["sampled"] == 5
    ours = ("-p", project.protocol_path, "-r", "ana", "--recall", "0.8")
    assert reviewkit("stopping", *ours, "--stop", " ").returncode == 2
    assert reviewkit("stopping", *ours, "--stop", "the team's rule", "--resume").returncode == 2
    assert reviewkit("stopping", *ours, "--stop", "the team's rule").returncode == 0
    with Store(project.database, now=NOW) as store:
        flow = count_flow(
            states(store),
            [SourceName(source="pubmed", label="P", role=Role.DATABASE, searched=True)],
        )
        ((evidence,),) = store.rows("SELECT evidence FROM stops")
    assert flow.unscreened_by_rule == 14
    assert json.loads(evidence)["hypergeometric"]["recall_target"] == 0.8
    assert check(flow, own=True) == ()
    with session_of(project, "rui") as session:
        assert session.view is None
    assert document_of(project, "status")["stop"]["rule"] == "the team's rule"
    assert (
        reviewkit("stopping", "-p", project.protocol_path, "-r", "ana", "--resume").returncode == 0
    )
    assert (
        reviewkit("stopping", "-p", project.protocol_path, "-r", "ana", "--resume").returncode == 2
    )
    with session_of(project, "rui") as session:
        assert session.progress.left == 14


@pytest.mark.slow
def test_simulate_writes_an_order_that_is_a_permutation_with_the_priors_first(
    tmp_path: Path,
) -> None:
    labelled = tmp_path / "finished.csv.gz"
    with gzip.open(labelled, "wt", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["record_id", "title", "abstract", "included"])
        for i in range(120):
            theme = (
                "gut dysbiosis in amyotrophic lateral sclerosis"
                if i % 10 == 0
                else f"wheat yield {i % 7} in dry soil"
            )
            writer.writerow([i, theme, "", int(i % 10 == 0)])
    out = tmp_path / "order.csv"
    made = reviewkit(
        "simulate", labelled, "--out", out, "--priors", "10,11", "--seed", "1", "--json"
    )
    figures = json.loads(made.stdout)["figures"]
    order = out.read_text().splitlines()[1:]
    assert order[:2] == ["10", "11"]
    assert sorted(order, key=int) == [str(i) for i in range(120)]
    assert figures["wss95"] > 0.7
    again = reviewkit(
        "simulate", labelled, "--out", tmp_path / "again.csv", "--priors", "10 11", "--seed", "1"
    )
    assert (tmp_path / "again.csv").read_bytes() == out.read_bytes()
    assert "WSS@95" in again.stdout
    drawn = json.loads(reviewkit("simulate", labelled, "--order", "random", "--json").stdout)[
        "figures"
    ]
    assert drawn["wss95"] < figures["wss95"]
    for arguments, what in (
        (("--priors", "999"), "the prior"),
        (("--order", "date"), "nothing to do with relevance"),
    ):
        done = reviewkit("simulate", labelled, *arguments)
        assert (done.returncode, what in done.stderr) == (2, True)
    (tmp_path / "wrong.csv").write_text("record_id,title,included\n1,A,perhaps\n")
    assert "found a label 'perhaps'" in reviewkit("simulate", tmp_path / "wrong.csv").stderr
    (tmp_path / "wrong.csv").write_text("id,title\n")
    assert (
        "has no column included, record_id" in reviewkit("simulate", tmp_path / "wrong.csv").stderr
    )


@pytest.mark.slow
def test_ranked_screening_learns_and_says_why(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=40)
    with open_session(
        project, reviewer="ana", options=SessionOptions(order=Order.RANKED), clock=ticking()
    ) as session:
        wait_until_ranked(session)
        titles = []
        for _ in range(12):
            assert session.view is not None
            title = session.view.record.title or ""
            titles.append(title)
            step = session.include() if "gut" in title else session.exclude(1)
        assert step.view is not None
        assert step.view.why
        assert all(weight > 0 for _, weight in step.view.why)
        assert sum("gut" in title for title in titles[4:]) >= 6
    with open_session(
        project,
        reviewer="rui",
        options=SessionOptions(order=Order.RANKED, blind=True),
        clock=ticking(),
    ) as session:
        assert session.view is not None
        assert session.view.why is None


@pytest.mark.slow
def test_the_flow_of_reproduce_is_not_disturbed_by_a_new_blind_reviewer(tmp_path: Path) -> None:
    path = copy_project(tmp_path)
    run = ("reproduce", path, "--offline", "--json")
    before = reviewkit(*run).stdout
    database = outputs(tmp_path) / "review.db"
    keys = "i\n" * 3 + "e 1\n" * 61
    command = ["screen", "-r", "ana", "--plain", "--blind", "--order", "random", "-p", str(path)]
    said = subprocess.run(
        [sys.executable, "-m", "reviewkit", *command],
        input=keys,
        capture_output=True,
        text=True,
        env=environment({}),
        check=True,
    ).stdout
    assert "published review" not in said
    assert "not among the works" not in said
    rows = rows_of(database)
    assert reviewkit(*run).stdout == before
    assert rows_of(database) == rows
    pairs = json.loads(reviewkit("agreement", "--json", "-p", path).stdout)["pairs"]
    assert [(pair["published"], pair["figures"]["records"]) for pair in pairs] == [(True, 64)]
    with Store(database, now=NOW) as store:
        published, team = states(store, Selection.PUBLISHED), states(store, Selection.TEAM)
        assert sum(s.state is State.INCLUDED for s in published) == 5
        assert sum(s.state is State.AWAITING_ASSESSMENT for s in team) == 3
        assert states(store) == published


@pytest.mark.parametrize("screening", ["", TWO])
def test_who_comes_where_one_decides_is_told_how_two_would(tmp_path: Path, screening: str) -> None:
    project = make_review(tmp_path, count=2, screening=screening)
    for reviewer in ("ana", "ben", "cleo"):
        with session_of(project, reviewer) as session:
            sentence = session.nothing_left
            while session.view:
                session.include()

    assert "2 more are assigned to others or closed" in sentence
    line = "write under [screening] in the protocol: reviewers = { title_abstract = 2"
    assert (line in sentence) == (not screening)


def test_conflicts_of_nobody_are_said(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with open_conflicts(project, "li", clock=ticking()) as session:
        assert session.view is None
        for act in (session.include, session.exclude, session.skip, session.undo):
            with pytest.raises(UsageError):
                act()


def test_the_curve_in_characters_and_as_a_picture() -> None:
    drawn = draw_text([0, 1, 1, 2], total=8, width=16, height=2)
    assert drawn.splitlines()[-1].split() == ["0", "8"]
    assert draw_text([], total=8) == ""
    assert "█" not in draw_text([1, 2], total=2, ascii_only=True)
    for found in ([], [1], [0, 0, 1, 1, 2]):
        root = ET.fromstring(draw_svg(found, total=5, title="a < b"))
        assert root[0].text == "a < b"


@pytest.mark.slow
def test_the_shipped_docs_commands_exist() -> None:
    text = (PROJECT / "docs" / "screening.md").read_text(encoding="utf-8")
    verbs = {line.split()[1] for line in text.splitlines() if line.startswith("reviewkit ")}
    assert verbs >= {
        "screen",
        "resolve",
        "agreement",
        "decisions",
        "assign",
        "status",
        "stopping",
        "simulate",
    }
    for verb in sorted(verbs):
        assert reviewkit(verb, "--help").returncode == 0


@pytest.mark.slow
def test_the_plain_session_says_in_which_order_records_come(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=3)
    command = ("screen", "-r", "ana", "--plain", "-p", project.protocol_path)
    dated = reviewkit(*command, "--order", "date", stdin="i\nq\n").stdout
    assert dated.count("Records come in date order.") == 1
    ranked = reviewkit(*command, "--order", "ranked", stdin="q\n").stdout
    assert (
        "come in ranked order." in ranked
        or "come in random order until the ranked order is ready." in ranked
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("--reviewer", ""), "a reviewer needs a name"),
        (("--keys", "emacs"), "--keys: no preset 'emacs'"),
        (("--seeds", "pubmed:1,pubmed:00001,x:2"), "no record called pubmed:1, x:2"),
        (("--seeds", "pubmed:00001", "--order", "date"), "date order learns from no seeds"),
        (("--decisions", "none.csv"), "none.csv: cannot be read"),
    ],
)
def test_a_mistake_in_any_argument_of_screen_is_told(
    tmp_path: Path, wrong: tuple[str, ...], message: str
) -> None:
    project = make_review(tmp_path, count=3)
    done = reviewkit(
        "screen", "-r", "ana", "--plain", "-p", project.protocol_path, *wrong, stdin="q\n"
    )
    assert done.returncode == 2
    assert message in done.stderr
    assert "next: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_seed_that_is_a_copy_stands_for_the_copy_that_leads(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=12)
    with Store(project.database, now=NOW) as store, store.transaction():
        store.write("INSERT INTO duplicates VALUES ('pubmed:00002', 'pubmed:00000')", [()])

    def ranked(seed: str) -> list[str]:
        with open_session(
            project,
            reviewer="ana",
            options=SessionOptions(order=Order.RANKED, seeds=[seed]),
            clock=ticking(),
        ) as session:
            wait_until_ranked(session)
            return [hit.record for hit in session.navigation.list_records()]

    assert ranked("pubmed:00002") == ranked("pubmed:00000")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--reviewer", "ben", "--order", "id"), "ben is new in this review. Known: ana"),
        # It starts the ranking's process.
        pytest.param(
            ("--reviewer", "ben", "--yes", "--seeds", "no:1"), "no:1", marks=pytest.mark.slow
        ),
        (
            ("--reviewer", "the published review", "--order", "id"),
            "is the published review's own name",
        ),
        (
            ("--reviewer", "ben", "--yes", "--decisions", "wrong.csv"),
            "line 2: must be one of include",
        ),
        (("--reviewer", "ben", "--yes", "--decisions", "none.csv"), "none.csv"),
    ],
    ids=["new name", "seed", "published name", "wrong file", "no file"],
)
def test_a_session_that_cannot_open_stores_nothing(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    project = make_review(tmp_path, count=3)
    with session_of(project, "ana") as session:
        session.include()
    protocol = project.protocol_path
    # A version of the protocol that no command has stored yet.
    protocol.write_text(protocol.read_text() + "\n# amended\n", encoding="utf-8")
    (tmp_path / "wrong.csv").write_text("record,verdict\npubmed:00000,perhaps\n", encoding="utf-8")

    before = project.database.read_bytes()
    done = reviewkit("screen", *arguments, "-p", protocol, cwd=tmp_path)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert project.database.read_bytes() == before
    assert not project.database.with_name("review.db-wal").exists()
