"""Every command that a page shows for a review of the reader's own, run on a prepared review.

The pages that a test runs from their own first line on are not here. Placeholders get a real file or
name. What needs a service meets one that refuses connections: the command must be right up to there.
"""

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.docs.test_docs import DOCUMENTS, commands
from tests.helpers.command import copy_project, reviewkit

_PROTOCOL = """
format = 1
kind = "own"
[review]
id = "shown"
title = "A review that shows every command"
[screening]
reviewers = { title_abstract = 2, full_text = 1 }
team = [{ id = "clinician" }, { id = "methodologist" }, { id = "librarian" }, { id = "physician" },
        { id = "clinician-2" }]
[living]
every = "month"
[[descriptors]]
id = "als"
term = "Amyotrophic Lateral Sclerosis"
[[strategies]]
id = "main"
label = "main"
primary = true
queries = { pubmed = "als[tiab]", lilacs = "als" }
[[criteria]]
id = "animals"
kind = "exclusion"
wording = "in animals only"
check = { by = "person" }
[[criteria]]
id = "age"
kind = "exclusion"
wording = "too old"
check = { by = "person" }
[[criteria]]
id = "language"
kind = "exclusion"
wording = "not in English"
check = { by = "person" }
[[criteria]]
id = "abstracts"
kind = "exclusion"
wording = "conference abstract"
check = { by = "person" }
"""
_SOURCES = ("pubmed", "lilacs", "embase", "scopus", "wos", "web_of_science", "cites")
_MEDLINE = """\
PMID- {pmid}
OWN - NLM
STAT- MEDLINE
DP  - {year}
TI  - {title}.
AB  - Of microbes, and of {title}.
FAU - Silva, Ana
AU  - Silva A
LA  - eng
PT  - Journal Article
JT  - A Journal
VI  - 1
PG  - {pmid}-9

"""
_RIS = """\
TY  - JOUR
ID  - {key}
TI  - {title}
AU  - Silva, Ana
PY  - {year}
JO  - A Journal
VL  - 1
SP  - {key}
AB  - Of microbes in other words, and of {title}.
DB  - {database}
ER  -

"""
_RECORDS = (
    ("36674517", 1998, "Gut microbiota in rats with amyotrophic lateral sclerosis"),
    ("1", 2020, "A trial of faecal transplantation in motor neuron disease"),
    ("2", 2022, "Two years of follow-up after transplantation of faeces"),
    ("4", 1997, "The colon of rats without any treatment"),
    ("6", 2021, "Ein Versuch mit Bakterien"),
    ("5", 2023, "What a meeting heard about the colon"),
    ("3", 2024, "Constipation and its treatment among people with neuropathy"),
)
_SETTINGS = {
    "SOURCE_DATE_EPOCH": "1775800000",
    "REVIEWKIT_PROTOCOL": "protocols/shown.toml",
    "REVIEWKIT_REVIEWER": "clinician",
    **{
        f"REVIEWKIT_{service}_URL": "http://127.0.0.1:9"
        for service in (
            *("EUTILS", "BVS", "BVS_PORTAL", "EUROPEPMC", "CLINICALTRIALS", "CROSSREF"),
            *("OPENALEX", "SCOPUS", "WOS", "IDCONV", "UNPAYWALL"),
        )
    },
}
# The pages whose commands other tests run; `make` is what the reader of these has at hand.
_NEEDS_SERVICE = re.compile(r"reviewkit (?:update|access)\b")
_ELSEWHERE = {"README.md", "docs/first-review.md", "docs/contributing.md", "docs/index.md"}
# What a reader has done before a line makes sense, by the beginning of the line.
_BEFORE = {
    "reviewkit dedupe choose lilacs:biblio-1375373 --field abstract": [
        "reviewkit dedupe link pubmed:36674517 lilacs:biblio-1375373 --reviewer clinician"
    ],
    "reviewkit diff last": [
        "reviewkit import pubmed.nbib part.nbib --source pubmed --date 2026-04-10"
    ],
    "reviewkit decisions import clinician.jsonl methodologist.jsonl": [
        "reviewkit decisions export --reviewer methodologist > methodologist.jsonl"
    ],
    "reviewkit prisma check flow.csv": ["reviewkit prisma --out flow.csv"],
    "reviewkit undo search": ["reviewkit undo back 3 --reviewer clinician"],
    "reviewkit reviewer rename": ["reviewkit reviewer rename clinician chemist --yes"],
    "reviewkit restore": ["reviewkit backup --to ."],
    "reviewkit reviewer merge": [
        "reviewkit screen --reviewer clinician-2 --decisions physician.csv"
    ],
}
# What a page names and this folder does not have; the empty one is the newest backup.
_REAL = {
    "/media/stick/review.db.20260412T132000Z.backup": "",
    "review.db.20260412T132000Z.backup": "",
    "/media/stick": "stick.backup",
    " FILE": "",
    " OLD": " shown",
    "gut-2025 -p protocols/gut.toml": "shown",
}
# What the page says to change in the protocol first.
_EDITS = {
    "reviewkit rename": ('id = "shown"', 'id = "renamed"'),
    "reviewkit source rename": ('id = "web_of_science"', 'id = "www"'),
}


def shown(page: str) -> Iterator[str]:
    """The commands of a page that no other test runs."""
    runnable = commands(page, runnable=True)
    lines = dict.fromkeys(commands(page, runnable=False))
    yield from (line for line in lines if line not in runnable)


_PAGES = [page for page in DOCUMENTS if page not in _ELSEWHERE and any(shown(page))]


def run(line: str, folder: Path) -> tuple[int, str]:
    """The exit code of a line, and what it says on stderr."""
    for name, real in _REAL.items():
        line = line.replace(name, real or f" {backup_in(folder)}")
    command, _, output = line.partition(" > ")
    ended = reviewkit(*shlex.split(command, comments=True)[1:], cwd=folder, settings=_SETTINGS)
    if "this needs a yes" in ended.stderr:  # a person answers at the terminal
        return run(f"{line} --yes", folder)
    if output:
        (folder / output).write_text(ended.stdout, encoding="utf-8")
    return ended.returncode, ended.stderr


def prepare(line: str, folder: Path) -> None:
    """Do what a reader has done before a line."""
    for beginning, earlier in _BEFORE.items():
        for command in earlier if line.startswith(beginning) else ():
            assert run(command, folder)[0] == 0, command
    for beginning, (old, new) in _EDITS.items():
        if line.startswith(beginning):
            path = folder / "protocols" / "shown.toml"
            text = path.read_text(encoding="utf-8")
            assert old in text
            path.write_text(text.replace(old, new), encoding="utf-8")


def backup_in(folder: Path) -> str:
    """The first backup of a folder, as a page's placeholder stands for it."""
    return next((path.name for path in sorted(folder.glob("review.db.*.backup"))), "no-backup")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a review of one's own, its files, and the shipped protocols."""
    folder = tmp_path_factory.mktemp("shown")
    copy_project(folder)
    for path in (PROJECT / "protocols").glob("*.toml"):
        shutil.copy(path, folder / "protocols")
    write_files(folder)
    done = ["import pubmed.nbib --source pubmed --date 2026-03-10"]
    done += [f"import {name}.ris --source {name} --date 2026-03-10" for name in _EXPORTS]
    done += ["dedupe"]
    done += [f"screen --reviewer {name} --decisions {name}.csv" for name in _DECISIONS]
    done += ["screen --reviewer clinician --stage full_text --decisions full_texts.csv"]
    for words in done:
        code, stderr = run(f"reviewkit {words}", folder)
        assert code == 0, f"{words}\n{stderr}"
    return folder


_EXPORTS = {"lilacs": "biblio-1375373", "embase": "E1", "web_of_science": "W1"}
_DECISIONS = {
    "clinician": (
        ("1", "include", ""),
        ("2", "include", ""),
        ("3", "maybe", ""),
        ("5", "exclude", "conference abstract"),
        ("6", "exclude", "not in English"),
    ),
    "methodologist": (
        ("1", "include", ""),
        ("2", "include", ""),
        ("5", "exclude", "conference abstract"),
        ("6", "exclude", "not in English"),
    ),
    "physician": (("36674517", "exclude", "in animals only"),),
}


def write_files(folder: Path) -> None:
    """The files that the pages name, as a reader has them."""
    tables = (
        f'[[sources]]\nid = "{name}"\nname = "{name}"\nrole = "database"\n' for name in _SOURCES
    )
    citations = '[[sources]]\nid = "citations"\nname = "Citation searching"\nrole = "citations"\n'
    protocol = f"{_PROTOCOL}{''.join(tables)}{citations}"
    (folder / "protocols" / "shown.toml").write_text(protocol, encoding="utf-8")
    medline = [_MEDLINE.format(pmid=pmid, year=year, title=title) for pmid, year, title in _RECORDS]
    (folder / "pubmed.nbib").write_text("".join(medline), encoding="utf-8")
    (folder / "part.nbib").write_text(
        _MEDLINE.format(pmid="9", year=2025, title="New"), encoding="utf-8"
    )
    exports = {**_EXPORTS, "part1": "S1", "part2": "S2", "embase": "E1"}
    for number, (name, key) in enumerate(exports.items()):
        title = _RECORDS[0][2] if name == "lilacs" else f"Work {number} that only {name} holds"
        text = _RIS.format(key=key, title=title, year=1998, database=name.upper())
        (folder / f"{name}.ris").write_text(text, encoding="utf-8")
    for name, decisions in _DECISIONS.items():
        rows = [f"pubmed:{pmid},{verdict},{reason}" for pmid, verdict, reason in decisions]
        (folder / f"{name}.csv").write_text(
            "\n".join(["record,verdict,reason", *rows]), encoding="utf-8"
        )
    (folder / "full_texts.csv").write_text("record,verdict\npubmed:1,include\n", encoding="utf-8")
    (folder / "decided.csv").write_text(
        "record,verdict\npubmed:36674517,include\n", encoding="utf-8"
    )
    (folder / "strategy.txt").write_text("als[tiab] AND gut[tiab]\n", encoding="utf-8")
    (folder / "scopus.csv").write_text(
        "Authors,Title,Year,Source title,EID\nA B,A work,2020,J,2-s2.0-1\n", encoding="utf-8"
    )
    finished = [f"{n},Title {n},Abstract {n},{int(n % 9 == 3)}" for n in range(60)]
    text = "\n".join(["record_id,title,abstract,included", *finished])
    (folder / "finished.csv").write_text(text, encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("page", _PAGES)
def test_every_command_of_a_page_does_what_it_is_shown_for(
    page: str, prepared: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "review"
    shutil.copytree(prepared, folder)
    for line in shown(page):
        prepare(line, folder)
        code, stderr = run(line, folder)
        allowed = {0}
        if "refuses connections" in stderr or _NEEDS_SERVICE.search(line):
            allowed = {0, 4}
        if "--check" in line:
            allowed = {0, 3}
        assert code in allowed, f"{line}\n{stderr}"
        assert "Traceback" not in stderr
