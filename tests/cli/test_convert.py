"""`reviewkit convert`: any format into any other, without a review, with the losses named."""

import json
from pathlib import Path

import pytest

from reviewkit.exports.write import write_records
from reviewkit.importers import read_file
from reviewkit.model.records import Record
from reviewkit.workflow.reporting.convert import losses_of
from tests.helpers.command import reviewkit

RIS = (
    "TY  - JOUR\nTI  - One\nAU  - Silva, Ana\nPY  - 2020\nPB  - Springer\nC4  - odd\n"
    "DO  - 10.1000/a\nER  - \n\nTY  - JOUR\nTI  - Two\nAU  - Souza, Rui\nPY  - 2021\nER  - \n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.ris").write_text(RIS, encoding="utf-8")
    (tmp_path / "b.enw").write_text("%0 Book\n%T Three\n%A Lima, Eva\n%D 2022\n", encoding="utf-8")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["ris", "bib", "nbib", "xml", "csv", "xlsx", "json", "jsonl"])
def test_several_files_become_one_of_any_format(folder: Path, ending: str) -> None:
    done = reviewkit("convert", "a.ris", "b.enw", f"all.{ending}", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")
    records = list(read_file(folder / f"all.{ending}", source="x").records)
    assert [record.title for record in records] == ["One", "Two", "Three"]
    assert [record.authors for record in records] == [
        ("Silva, Ana",),
        ("Souza, Rui",),
        ("Lima, Eva",),
    ]
    assert "3 records as" in done.stderr


def test_losses_are_named(folder: Path) -> None:
    done = reviewkit("convert", "a.ris", "a.bib", cwd=folder)
    assert "the source's C4 (1 record)" in done.stderr
    assert "PB" not in done.stderr
    whole = reviewkit("convert", "a.ris", "a.jsonl", cwd=folder)
    assert "Nothing is lost." in whole.stderr


def test_what_could_not_be_read_is_not_said_to_be_kept(folder: Path) -> None:
    text = (folder / "a.ris").read_text(encoding="utf-8")
    (folder / "hurt.ris").write_text(text + "TY  - JOUR\nER  - \n", encoding="utf-8")
    done = reviewkit("convert", "hurt.ris", "a.jsonl", cwd=folder)
    assert "brings no record" in done.stderr
    assert "Of what could be read, nothing is lost." in done.stderr


def test_a_report_for_programs(folder: Path) -> None:
    done = reviewkit("convert", "a.ris", "a.bib", "--json", cwd=folder)
    report = json.loads(done.stdout)
    assert (report["records"], report["format"], report["losses"]["the source's C4"]) == (
        2,
        "bibtex",
        1,
    )
    assert report["files"][0]["format"] == "ris"


def test_standard_input_and_output(folder: Path) -> None:
    done = reviewkit("convert", "a.ris", "-", "--to", "csl-json", cwd=folder)
    assert [item["title"] for item in json.loads(done.stdout)] == ["One", "Two"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.ris"], "there is nothing to convert"),
        (["a.ris", "a.ris"], "cannot be written too"),
        (["a.ris", "a.foo"], "does not say which format"),
        (["a.ris", "-"], "does not say which format"),
        (["a.ris", "x", "--to", "word"], "no such format: word"),
        (["no.ris", "a.bib"], "no such file"),
        (["a.ris", "-", "--to", "ris", "--json"], "the records go to standard output"),
    ],
)
def test_wrong_arguments_are_told(folder: Path, arguments: list[str], says: str) -> None:
    done = reviewkit("convert", *arguments, cwd=folder)
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stdout == ""


def test_a_file_without_authors_is_refused_unless_forced(folder: Path) -> None:
    text = "".join(f"TY  - JOUR\nTI  - T{n}\nPY  - 2020\nER  - \n" for n in range(9))
    (folder / "c.ris").write_text(text, encoding="utf-8")
    refused = reviewkit("convert", "c.ris", "c.bib", cwd=folder)
    assert (refused.returncode, "have no author" in refused.stderr) == (1, True)
    assert not (folder / "c.bib").exists()
    assert reviewkit("convert", "c.ris", "c.bib", "--force", cwd=folder).returncode == 0


def test_strict_writes_nothing_where_a_part_is_lost(folder: Path) -> None:
    (folder / "d.ris").write_text("Dear reader,\n" + RIS, encoding="utf-8")
    done = reviewkit("convert", "d.ris", "d.bib", "--strict", cwd=folder)
    assert done.returncode != 0
    assert "text outside any record: 'Dear reader,'" in done.stderr
    assert not (folder / "d.bib").exists()


def test_a_field_that_there_is_not_is_named_whatever_the_file_is(tmp_path: Path) -> None:
    works = tmp_path / "works.ris"
    works.write_text(
        "TY  - JOUR\nTI  - One\nAU  - Silva, A\nPY  - 2020\nER  - \n", encoding="utf-8"
    )
    done = reviewkit("convert", works, tmp_path / "out.csv", "--map", "titel=Title")
    assert done.returncode == 2
    assert "no such field: titel" in done.stderr


def test_a_record_that_does_not_come_back_is_a_loss() -> None:
    held = [Record(source="x", source_id=str(number), title="One") for number in (1, 2)]
    content = b"".join(write_records("ris", held[:1]))
    assert losses_of(held, content) == {"the record itself": 1}
