"""No text file that reviewkit writes can steer a terminal, whatever is in records and protocol."""

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reviewkit.exports.write import ExportFormat
from reviewkit.model.text import in_file, in_json, to_json
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.prisma import WRITERS
from tests.helpers.command import reviewkit
from tests.helpers.screening_review import make_records, make_review, session_of

# Clears the screen; renames the window; rings; C1's own escape; moves back; deletes.
HOSTILE = "\x1b[2J\x1b]0;x\x07\x9b31m\x08\x7f"
# But for the five that text has which was encoded twice by way of Windows-1252.
RAW = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80\x82-\x8c\x8e\x91-\x9c\x9e\x9f]")
TEXT = {".xml", ".json", ".jsonl", ".csv", ".md", ".txt", ".toml", ".svg", ".html", ".js", ".ris"}
TEXT |= {".bibtex", ".nbib", ".endnote-xml", ".csl-json", ".asreview", ".covidence", ".rayyan"}
TEXT |= {".text", ".eps", ".drawio", ".tikz", ".mermaid"}
PACKED = {".xlsx", ".docx", ".pptx", ".zip"}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> ReviewProject:
    records = [
        replace(
            record,
            title=f"{record.title}{HOSTILE}",
            abstract=f"An abstract.{HOSTILE}",
            journal=f"J{HOSTILE}",
            authors=(f"Silva{HOSTILE}, A",),
            collective_authors=(f"C{HOSTILE}",),
            keywords=(f"k{HOSTILE}",),
            headings=(f"H{HOSTILE}",),
            volume=f"1{HOSTILE}",
            pages=f"1{HOSTILE}-2",
        )
        for record in make_records(6)
    ]
    project = make_review(tmp_path_factory.mktemp("hostile"), records=records)
    text = project.protocol_text.replace("Guts and", "Guts\\u001b[2J\\u009b and")
    text = text.replace('"not on guts"', '"not on\\u001b[2J\\u0007 guts"')
    project.protocol_path.write_text(text, encoding="utf-8")
    for who in ("ana", "rui"):
        with session_of(project, who) as session:
            session.include(f"a note{HOSTILE}")
            session.exclude("in animals only")
    return project


def written() -> Iterator[tuple[str, ...]]:
    """Every verb that writes a file, in every format."""
    for format_name in ExportFormat:
        yield ("export", "--format", format_name, "--out", f"export.{format_name}")
    for ending in ("html", "md", "json", "pdf"):
        yield ("report", "--format", ending, "--out", f"report.{ending}")
    for name in WRITERS:
        yield ("prisma", "--format", name, "--out", f"flow.{name}")
    yield ("checklist", "--out", "checklist.json")
    for ending in ("md", "html", "docx"):
        yield ("checklist", "--out", f"checklist.{ending}")
        yield ("appendix", "--out", f"appendix.{ending}")
    yield ("package", "package.zip", "--licence", "CC BY 4.0")


SHOWN = (
    ("status", "--json"),
    ("log", "--json"),
    ("decisions", "export"),
    ("dedupe", "list", "--format", "csv"),
    ("record", "show", "pubmed:00000"),
    ("record", "show", "pubmed:00000", "--json"),
    ("doctor", "--json"),
)


def contents(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.suffix in PACKED or path.name.endswith("xlsx"):
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if Path(name).suffix in TEXT]
            yield from ((name, archive.read(name)) for name in names)
    elif path.suffix in TEXT:
        yield path.name, path.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("words", [*written(), *SHOWN], ids=" ".join)
def test_no_file_and_no_output_has_a_raw_control_character(
    hostile: ReviewProject, tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = reviewkit(*words, "-p", hostile.protocol_path, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert RAW.search(done.stdout.encode() + done.stderr.encode()) is None
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files or words in SHOWN
    known = TEXT | PACKED | {".pdf", ".png", ".tiff", ".emf"}
    assert {path.suffix for path in files} <= known
    for path in files:
        for name, content in contents(path):
            found = RAW.search(content)
            assert found is None, (name, content[max(found.start() - 40, 0) : found.end()])


def test_letters_and_lines_stay_and_json_means_the_same() -> None:
    text = "".join(map(chr, range(0x180))) + "\u202e\U0001f9ea"
    kept = in_file(text)
    assert RAW.search(kept.encode()) is None
    assert [letter for letter in text if letter in "\t\n\rä€"] == [
        letter for letter in kept if letter in "\t\n\rä€"
    ]
    assert in_file("Ärzte\t\r\n漢字") == "Ärzte\t\r\n漢字"
    for made in (to_json({"a": text}), in_json(json.dumps({"a": text}, ensure_ascii=False))):
        assert all(code >= 0xA0 or 0x20 <= code < 0x7F for code in map(ord, made))
        assert json.loads(made) == {"a": text}
