"""`reviewkit init`: what it writes is a protocol that `reviewkit check` finds right, with a network
and without.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.protocol.parse import parse_protocol
from reviewkit.sources.headings import Heading
from reviewkit.workflow.setup.descriptors import descriptor_toml, short_name
from reviewkit.workflow.setup.init import Answers, blocks_of, exact_heading, write_protocol
from tests.cli.test_main import told_once
from tests.helpers.command import environment, reviewkit
from tests.servers.bvs_server import KEY
from tests.servers.eutils_corpus import Corpus
from tests.servers.eutils_server import EutilsServer
from tests.servers.mesh_answers import mesh_entry

FLAGS = (
    "--title", "Gut dysbiosis in ALS: a review", "--source", "pubmed", "--topic", "dysbiosis",
    "--topic", "amyotrophic lateral sclerosis|ELA",
    "--from", "2020", "--to", "2025", "--language", "English", "--language", "português",
    "--include", "in adults", "--exclude", "in animals",
)  # fmt: skip
NOBODY = {"REVIEWKIT_EUTILS_URL": "http://127.0.0.1:9/"}


def init(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return reviewkit("init", *arguments, cwd=folder, settings=settings)


def test_without_a_network_the_words_stand_and_the_protocol_is_right(tmp_path: Path) -> None:
    done = init(tmp_path, *FLAGS, **NOBODY)
    assert done.returncode == 0, done.stderr
    assert "not looked up" in done.stderr
    path = tmp_path / "protocols" / "gut_dysbiosis_in_als_a_review.toml"
    assert done.stdout == "protocols/gut_dysbiosis_in_als_a_review.toml\n"
    checked = reviewkit("check", path, "--json")
    assert checked.returncode == 0, checked.stderr
    queries = {query["source"]: query["text"] for query in json.loads(checked.stdout)["queries"]}
    assert queries["pubmed"] == (
        "(dysbiosis) AND ((amyotrophic lateral sclerosis) OR (ELA)) AND 2020/01/01:2025/12/31[dp]"
        " AND (eng[la] OR por[la])"
    )
    protocol = parse_protocol(path.read_text(encoding="utf-8"), where="")
    assert [(c.kind, c.wording) for c in protocol.criteria] == [
        ("inclusion", "in adults"),
        ("exclusion", "in animals"),
    ]


def test_with_a_network_topics_get_their_identifiers(tmp_path: Path) -> None:
    with EutilsServer(Corpus()) as server:
        server.mesh = [
            mesh_entry("68064806", "D064806", "Dysbiosis", trees=("C23.550.291.687.937",))
        ]
        done = init(
            tmp_path, *FLAGS, REVIEWKIT_EUTILS_URL=server.url, REVIEWKIT_EUTILS_RATE="unlimited"
        )
    assert done.returncode == 0, done.stderr
    (path,) = (tmp_path / "protocols").iterdir()
    protocol = parse_protocol(path.read_text(encoding="utf-8"), where="")
    assert [(d.id, d.mesh) for d in protocol.descriptors][:1] == [("dysbiosis", "D064806")]
    assert "ELA: no heading has this name" in done.stderr
    assert "DeCS was not asked: BVS_API_KEY is not set" in done.stderr
    assert KEY not in done.stderr


def test_it_asks_nobody_when_it_shall_not(tmp_path: Path) -> None:
    with EutilsServer(Corpus()) as server:
        done = init(tmp_path, *FLAGS, "--no-lookup", REVIEWKIT_EUTILS_URL=server.url)
        assert (done.returncode, server.requests) == (0, [])


def test_it_never_writes_over_a_protocol(tmp_path: Path) -> None:
    init(tmp_path, *FLAGS, "--no-lookup", "--id", "mine")
    before = (tmp_path / "protocols" / "mine.toml").read_bytes()
    told_once(
        init(tmp_path, *FLAGS, "--no-lookup", "--id", "mine", "--to", "2024"), 2, "is there already"
    )
    assert (tmp_path / "protocols" / "mine.toml").read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "a review needs a title"),
        (("--title", "X"), "a review needs a database"),
        (
            ("--title", "X", "--source", "pubmed", "--topic", "y", "--language", "Klingon"),
            "no language that reviewkit knows",
        ),
        (("--title", "X", "--source", "s", "--from", "2025", "--to", "2020"), "must not be after"),
        (("--title", "X", "--source", "s", "--id", "Not an id"), "must be a short name"),
        (
            ("--title", "X", "--topic", "y", "--source", "pubmed, lilacs"),
            "more than one database in one name: pubmed, lilacs",
        ),
    ],
)
def test_wrong_answers_are_one_clear_error_and_no_file(
    tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    told_once(init(tmp_path, *arguments, "--no-lookup"), 2, message)
    assert not (tmp_path / "protocols").exists()


def test_a_heading_is_taken_only_where_it_is_the_only_one_called_so() -> None:
    one = Heading(mesh="D1", terms={"en": "Gut"})
    two = Heading(mesh="D2", terms={"en": "Intestines"}, synonyms={"en": ("Gut", "Bowel")})
    three = Heading(mesh="D3", terms={"en": "Colon"}, synonyms={"en": ("Bowel",)})
    assert exact_heading("gut", [two, one]) is one
    assert exact_heading("Bowel", [two, three]) is None
    assert exact_heading("stomach", [one, two]) is None


words = st.text(min_size=1, max_size=40).filter(lambda text: text.strip() and "|" not in text)


@given(
    title=words, topics=st.lists(words, min_size=1, max_size=3, unique_by=short_name), wording=words
)
def test_any_answers_make_a_protocol_that_says_them(
    title: str, topics: list[str], wording: str
) -> None:
    answers = Answers(
        title=title.strip(), sources=("pubmed",), blocks=blocks_of(topics),
        include=(wording.strip(),),
    )  # fmt: skip
    protocol = parse_protocol(write_protocol(answers, where=""), where="")
    assert protocol.review.title == title.strip()
    assert [descriptor.term for descriptor in protocol.descriptors] == [
        topic.strip() for topic in topics
    ]
    assert protocol.criteria[0].wording == wording.strip()


def test_a_heading_as_an_entry_of_a_protocol() -> None:
    heading = Heading(
        mesh="D000690", decs="704", terms={"en": 'A "quoted" name', "pt": "Nome\tlongo"}
    )
    assert 'term = "A \\"quoted\\" name"' in descriptor_toml(heading)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of its own needs a Unix system")
def test_on_a_terminal_it_asks_what_no_option_says(tmp_path: Path) -> None:
    import os
    import pty

    keyboard, terminal = pty.openpty()
    asking = subprocess.Popen(
        [sys.executable, "-m", "reviewkit", "init", "--no-lookup"],
        stdin=terminal, stderr=terminal, stdout=subprocess.PIPE, cwd=tmp_path,
        env=environment({"TERM": "dumb"}),
    )  # fmt: skip
    os.close(terminal)
    typed = (
        "Gut and ALS", "", "pubmed, embase", "pubmed; embase", "dysbiosis; ALS|ELA", "2020", "2019", "²", "many", "2024",
        "por; Klingon", "por, English", "2", "in adults, at home", "in animals; no data", "what?", "y",
    )  # fmt: skip
    os.write(keyboard, "".join(f"{answer}\n" for answer in typed).encode())
    printed, _ = asking.communicate(timeout=60)
    shown = os.read(keyboard, 1 << 16)
    os.close(keyboard)
    assert printed.decode() == "protocols/gut_and_als.toml\n"
    assert b"Title of the review" in shown
    assert b"A review needs a database" in shown, "no answer is no database"
    assert b"more than one database in one name: pubmed, embase" in shown
    assert b"Please type y or n" in shown
    assert b"2019: a whole number from 2020 on is needed" in shown
    assert "²: a whole number from 2020 on is needed" in shown.decode()
    assert b"no language that reviewkit knows: Klingon" in shown
    assert b'wording = "in adults, at home"' in shown, "what will be written is shown"
    protocol = parse_protocol(
        (tmp_path / "protocols" / "gut_and_als.toml").read_text(encoding="utf-8"), where=""
    )
    assert [source.name for source in protocol.sources] == ["PubMed", "Embase"]
    assert protocol.strategies[0].blocks == (("dysbiosis",), ("als", "ela"))
    assert (protocol.limits.published_from, protocol.limits.published_to) == (2020, 2024)
    assert protocol.limits.languages == ("por", "eng")
    wordings = ["in adults, at home", "in animals", "no data"]
    assert [criterion.wording for criterion in protocol.criteria] == wordings
    assert set(protocol.screening.reviewers.model_dump().values()) == {2}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of its own needs a Unix system")
def test_no_question_is_asked_where_the_protocol_exists(tmp_path: Path) -> None:
    import pty

    assert init(tmp_path, *FLAGS, "--no-lookup", "--id", "mine").returncode == 0
    _, terminal = pty.openpty()
    asking = subprocess.run(
        [sys.executable, "-m", "reviewkit", "init", "--id", "mine"],
        stdin=terminal, capture_output=True, cwd=tmp_path, env=environment({}), check=False,
    )  # fmt: skip
    assert asking.returncode == 2
    assert b"is there already" in asking.stderr
    assert b"Title" not in asking.stderr


@pytest.mark.slow
def test_a_review_of_exports_needs_no_topic(tmp_path: Path) -> None:
    done = init(tmp_path, "--title", "Exports alone", "--source", "PubMed", "--reviewers", "2")
    assert done.returncode == 0, done.stderr
    (tmp_path / "one.ris").write_text("TY  - JOUR\nTI  - A title\nAU  - A B\nER  - \n")
    commands = (
        ("import", "one.ris", "--source", "pubmed"), ("status",), ("log",), ("dedupe",),
        ("prisma", "--out", "flow.svg"), ("report", "--out", "report.html"),
    )  # fmt: skip
    for command in commands:
        ran = reviewkit(*command, cwd=tmp_path)
        assert ran.returncode == 0, f"{command} {ran.stderr}"
    assert "states no query" in reviewkit("lint", cwd=tmp_path).stderr
    refused = reviewkit("search", cwd=tmp_path)
    assert refused.returncode == 1
    assert "the protocol states no query" in refused.stderr


def test_the_next_command_names_the_source_as_the_protocol_does(tmp_path: Path) -> None:
    done = init(tmp_path, "--title", "One", "--source", "Web of Science")
    assert "reviewkit import FILE --source wos" in done.stderr
    (tmp_path / "one.ris").write_text("TY  - JOUR\nTI  - A title\nER  - \n")
    ended = reviewkit("import", "one.ris", "--source", "Web Of Science", cwd=tmp_path)
    assert "1 record for wos: 1 new" in ended.stdout
    ended = reviewkit("import", "one.ris", "--source", "scopus", cwd=tmp_path)
    assert "name one of its sources (wos)" in ended.stderr


def test_two_protocols_are_named_where_one_is_to_be_chosen(tmp_path: Path) -> None:
    nexts = [
        init(tmp_path, "--title", title, "--source", "pubmed").stderr.strip()
        for title in ("One", "Two")
    ]
    imported = "Next: reviewkit import FILE --source pubmed"
    assert nexts == [imported, f"{imported} --protocol protocols/two.toml"]
    done = reviewkit("status", cwd=tmp_path)
    assert "one.toml, two.toml" in done.stderr
    assert "--protocol protocols/one.toml" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("reviewers", [1, 2])
def test_a_review_that_is_decided_is_led_to_its_diagram(tmp_path: Path, reviewers: int) -> None:
    init(tmp_path, "--title", "One", "--source", "pubmed", "--reviewers", str(reviewers))
    (tmp_path / "one.ris").write_text("TY  - JOUR\nTI  - A title\nER  - \n")
    reviewkit("import", "one.ris", "--source", "pubmed", cwd=tmp_path)
    reviewkit("dedupe", cwd=tmp_path)
    for stage in ("title_abstract", "full_text"):
        for person in ("ana", "ben")[:reviewers]:
            options = ("--reviewer", person, "--stage", stage, "--order", "id")
            command = ("screen", *options, "--plain", "--yes")
            assert reviewkit(*command, cwd=tmp_path, stdin="i\nq\n").returncode == 0

    printed = reviewkit("status", cwd=tmp_path).stdout
    assert "The diagram: reviewkit prisma --out flow.svg" in printed
    assert "The report: reviewkit report --out report.html" in printed
    assert ("reviewkit agreement" in printed) == (reviewers > 1), "one alone agrees with nobody"


def test_a_name_almost_of_a_known_database_is_asked_about(tmp_path: Path) -> None:
    done = init(tmp_path, "--title", "One", "--source", "Embse", "--source", "Ovid MEDLINE")
    assert done.returncode == 0
    printed = [line for line in done.stderr.splitlines() if "If you mean" in line]
    assert printed == ["Embse is taken as a name of your own. If you mean embase, correct it."]
    (tmp_path / "export.ris").write_text("TY  - JOUR\nTI  - A title\nER  - \n")
    missing = reviewkit("import", "Exports.ris", "--source", "embse", cwd=tmp_path)
    assert "did you mean export.ris?" in missing.stderr


@pytest.mark.parametrize("name", ["Cochrane Library, CENTRAL", "Ovid, PubMed"])
def test_a_comma_may_belong_to_the_name_of_a_database(tmp_path: Path, name: str) -> None:
    done = init(tmp_path, "--title", "One", "--source", name)
    assert done.returncode == 0, done.stderr


def test_a_database_keeps_the_name_that_was_typed(tmp_path: Path) -> None:
    done = init(tmp_path, "--title", "One", "--source", "EMBASE", "--source", "Google Scholar")
    assert done.returncode == 0, done.stderr
    protocol = parse_protocol((tmp_path / "protocols" / "one.toml").read_text(), where="")
    named = {source.id: source.name for source in protocol.sources}
    assert named == {"embase": "Embase", "google_scholar": "Google Scholar"}

    (tmp_path / "one.ris").write_text("TY  - JOUR\nTI  - A title\nER  - \n")
    ended = reviewkit("import", "one.ris", "--source", "google scholar", cwd=tmp_path)
    assert "for google_scholar" in ended.stdout
    ended = reviewkit("import", "one.ris", "--source", "Portal Capes", cwd=tmp_path)
    assert 'id = "portal_capes"\nname = "Portal Capes"' in ended.stderr


def test_a_database_of_which_nothing_was_imported_comes_next(tmp_path: Path) -> None:
    init(tmp_path, "--title", "One", "--source", "embase", "--source", "Google Scholar")
    (tmp_path / "one.ris").write_text("TY  - JOUR\nTI  - A title\nER  - \n")
    reviewkit("import", "one.ris", "--source", "embase", "--date", "2026-03-01", cwd=tmp_path)
    missing = (
        "No search of Google Scholar is in the review yet: "
        "reviewkit import FILE --source google_scholar --date DAY; "
        "if it found nothing, --none in place of FILE"
    )
    assert json.loads(reviewkit("status", "--json", cwd=tmp_path).stdout)["next"][0] == missing

    reviewkit("import", "one.ris", "--source", "google scholar", cwd=tmp_path)
    assert "No search of" not in reviewkit("status", cwd=tmp_path).stdout
