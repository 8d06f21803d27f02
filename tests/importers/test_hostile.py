"""Files that are broken, foreign or made to do harm: one clear answer each, and no record lost that could be read."""

import gzip
import io
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewkit.importers import ParsedFile, ProblemKind, read_file
from reviewkit.model.errors import DamagedFile, ReviewkitError, UsageError

RIS = "TY  - JOUR\nTI  - {title}\nAU  - Silva, Ana\nPY  - 2024\nER  - \n\n"
TWO = RIS.format(title="One") + RIS.format(title="Two")
ARTICLE = (
    "<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article><Journal><JournalIssue><PubDate><Year>2024</Year>"
    "</PubDate></JournalIssue></Journal><ArticleTitle>{title}</ArticleTitle><Language>eng</Language></Article>"
    "</MedlineCitation></PubmedArticle>"
)
SET = '<?xml version="1.0"?>{prolog}<PubmedArticleSet>{body}</PubmedArticleSet>'


def read(data: bytes | str, **values: Any) -> ParsedFile:
    body = data.encode() if isinstance(data, str) else data
    return read_file(io.BytesIO(body), source="here", name="export.ris", **values)


def titles(parsed: ParsedFile) -> list[str | None]:
    return [record.title for record in parsed.records]


def refusal(data: bytes | str) -> ReviewkitError:
    """The one error that reading the data ends with."""
    with pytest.raises((DamagedFile, UsageError)) as caught:
        read(data).all()
    assert caught.value.where == "export.ris"
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \r\n\r\n ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "HTML"),
        (b"\xef\xbb\xbf\n<!-- a page -->\n<HTML lang='pt'><head><title>Erro 504</title>", "HTML"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Excel"),
        (b"SQLite format 3\0" + b"\0" * 600, "database"),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0", "NUL"),
        (TWO.replace("Two", "T\0o").encode(), "NUL byte on line 8"),
        (b"just a letter to the editor\nwithout any field", "no format"),
        (b"<?xml version='1.0'?><eSearchResult><Count>3</Count></eSearchResult>", "eSearchResult"),
    ],
)
def test_what_is_no_export_is_refused(data: bytes, says: str) -> None:
    assert says in str(refusal(data))


@pytest.mark.slow
def test_a_nul_far_into_the_file_is_found() -> None:
    late = (
        "".join(RIS.format(title=f"Number {number}") for number in range(8000))
        + "TY  - JOUR\nTI  - A\0B\nER  - \n"
    )
    assert "line 48002 holds a NUL byte" in str(refusal(late))


@pytest.mark.parametrize(
    "opening",
    ["TY  - JOUR\nAB  - ", "@article{key,\n title = {", "title,authors,doi\n", "PMID- 1\nAB  - "],
)
def test_a_line_of_fifty_megabytes_is_refused_without_being_held(opening: str) -> None:
    class Endless(io.RawIOBase):
        """Fifty million letters that are made as they are read."""

        def __init__(self) -> None:
            super().__init__()
            self.left = 50_000_000
            self.start = opening.encode()

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1, /) -> bytes:
            if self.start:
                start, self.start = self.start, b""
                return start
            given = min(size if size >= 0 else self.left, self.left)
            self.left -= given
            return b"a" * given

    stream = Endless()
    mapping = {"title": "title"} if opening.startswith("title") else None
    tracemalloc.start()
    with pytest.raises(DamagedFile, match="longer than"):
        read_file(stream, source="here", name="long", mapping=mapping).all()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert stream.left > 40_000_000
    assert peak < 60_000_000


@pytest.mark.slow
def test_a_gzip_bomb_is_refused_early() -> None:
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = engine.compress(b"TY  - JOUR\nTI  - A\nAB  - B\n")
    packed += b"".join(engine.compress(b" " * 999_999 + b"\n") for _ in range(100)) + engine.flush()
    assert "gzip bomb" in str(refusal(packed))


@pytest.mark.slow
@pytest.mark.parametrize("root", ["PubmedArticleSet", "xml"])
@pytest.mark.parametrize("start", ["<a b='", "<a>", "<!--", "<![CDATA["])
def test_one_endless_tag_or_text_in_xml_is_refused(root: str, start: str) -> None:
    assert "longer than 4 MB" in str(
        refusal(f"<?xml version='1.0'?><{root}>{start}{' ' * 9_000_000}")
    )


def test_a_cut_or_damaged_gzip_is_told() -> None:
    packed = gzip.compress(TWO.encode() * 500)
    assert "cut off" in str(refusal(packed[:-40]))
    assert "damaged" in str(refusal(packed[:20] + b"\xff\xff\xff" + packed[23:]))


def test_gzip_of_any_text_format_is_read() -> None:
    assert titles(read(gzip.compress(TWO.encode()))) == ["One", "Two"]
    assert titles(read(gzip.compress(TWO.encode()) + gzip.compress(RIS.format(title="Three").encode()))) == [
        "One", "Two", "Three",
    ]  # fmt: skip


def workbook(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.slow
def test_a_zip_bomb_is_refused_unread() -> None:
    bomb = workbook(
        {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"<c/>" * 10_000_000}
    )
    assert "zip bomb" in str(refusal(bomb))


def test_an_archive_of_exports_is_read_file_by_file() -> None:
    content = {"a.ris": TWO.encode(), "__MACOSX/a.ris": b"x", "b.txt": b"no export at all"}
    parsed = read_file(io.BytesIO(workbook(content)), source="here")
    assert titles(parsed) == ["One", "Two"]
    (problem,) = parsed.problems
    assert (problem.kind, "b.txt" in problem.what) == ("refused", True)


def test_a_workbook_with_entities_is_refused() -> None:
    evil = b'<!DOCTYPE x [<!ENTITY a "b">]><workbook/>'
    assert "entities" in str(refusal(workbook({"xl/workbook.xml": evil})))


LAUGHS = '<!DOCTYPE lolz [<!ENTITY lol "lol">' + "".join(
    f'<!ENTITY lol{number} "{f"&lol{number - 1 or str()};" * 10}">' for number in range(1, 10)
) + "]>"  # fmt: skip
EXTERNAL = '<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/hostname">]>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % all SYSTEM "http://127.0.0.1:9/evil.dtd">%all;]>'


@pytest.mark.parametrize("prolog", [LAUGHS, EXTERNAL, PARAMETER, f"<!--{'x' * 5000}-->{EXTERNAL}"])
@pytest.mark.parametrize("root", ["PubmedArticleSet", "xml"])
def test_entities_of_a_files_own_are_never_read(prolog: str, root: str) -> None:
    body = ARTICLE.format(pmid=1, title="&lol9;&file;")
    assert "entities" in str(refusal(f'<?xml version="1.0"?>{prolog}<{root}>{body}</{root}>'))


def test_entities_behind_a_very_long_comment_are_not_reached() -> None:
    long = f"<?xml version='1.0'?><!--{'x' * 300_000}-->{LAUGHS}<PubmedArticleSet/>"
    refusal(long)


def test_a_doctype_that_names_a_dtd_is_let_through_and_not_fetched() -> None:
    prolog = '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "http://127.0.0.1:9/never.dtd">'
    assert titles(
        read(SET.format(prolog=prolog, body=ARTICLE.format(pmid=1, title="A <i>b</i> C")))
    ) == ["A b C"]


def test_broken_xml_keeps_what_came_before_and_names_the_line() -> None:
    whole = SET.format(
        prolog="\n", body="\n".join(ARTICLE.format(pmid=pmid, title="T") for pmid in (1, 2, 3))
    )
    parsed = read(whole[: whole.index("<PMID>3")])
    assert [record.source_id for record in parsed.records] == ["1", "2"]
    assert [(problem.kind, problem.line) for problem in parsed.problems] == [
        (ProblemKind.DAMAGE, 4)
    ]


@pytest.mark.slow
def test_xml_nested_without_end_does_no_harm() -> None:
    parsed = read(SET.format(prolog="", body="<a>" * 50_000))
    assert parsed.all() == ()
    assert parsed.problems


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_unicode_in_every_dress(encoding: str) -> None:
    text = RIS.format(title="Disbiose e ELA: revisão – “β”")
    parsed = read(text.encode(encoding))
    assert titles(parsed) == ["Disbiose e ELA: revisão – “β”"]
    assert parsed.problems == []


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_western_bytes_are_read_and_named(encoding: str) -> None:
    parsed = read(RIS.format(title="Revisión del niño").encode(encoding))
    assert (titles(parsed), parsed.encoding) == (["Revisión del niño"], "cp1252")


def test_an_encoding_can_be_told() -> None:
    assert titles(read(RIS.format(title="Обзор").encode("cp1251"), encoding="cp1251")) == ["Обзор"]
    with pytest.raises(UsageError, match="no such encoding"):
        read(TWO, encoding="utf-9")


@pytest.mark.slow
def test_a_stray_byte_in_utf_8_costs_one_line_at_most() -> None:
    head = "".join(RIS.format(title=f"Número {number}") for number in range(6000)).encode()
    parsed = read(head + RIS.format(title="Niño").encode("cp1252"))
    assert titles(parsed)[-1] == "Niño"
    assert [problem.line for problem in parsed.problems] == [36002]


def test_line_ends_may_be_mixed() -> None:
    text = "TY  - JOUR\r\nTI  - One\rAU  - Silva, Ana\nPY  - 2024\r\nER  - \r\r\n\nTY  - JOUR\rTI  - Two\rER  -"
    assert titles(read(text)) == ["One", "Two"]


@pytest.mark.parametrize(
    ("text", "wanted", "lines"),
    [
        (TWO.replace("ER  - \n\nTY", "TY", 1), ["One", "Two"], [5]),
        (TWO.rstrip().removesuffix("ER  -"), ["One", "Two"], [10]),
        ("TI  - No type\nAU  - A, B\nER  - \n" + TWO, ["No type", "One", "Two"], [1]),
        ("TI  - No type, no end\nAU  - A, B\n\n" + TWO, ["No type, no end", "One", "Two"], [4]),
        ("ER  - \n" + TWO, ["One", "Two"], [1]),
        ("Dear reader,\n" + TWO, ["One", "Two"], [1]),
        (TWO.replace("ER  - \n", "ER\n", 1), ["One", "Two"], []),
        ("DB  - Embase\nID  - 1234567\n" + TWO, ["One", "Two"], []),
        ("1. \n" + TWO.replace("\n\nTY", "\n\n \n2. \nTY"), ["One", "Two"], []),
        (TWO.replace("TY  -", "TY -").replace("TI  -", "TI -").replace("AU  -", "AU -").replace("PY  -", "PY -"),
         ["One", "Two"], []),
    ],
)  # fmt: skip
def test_ris_that_keeps_no_rules_loses_no_record(
    text: str, wanted: list[str], lines: list[int]
) -> None:
    parsed = read(text)
    assert titles(parsed) == wanted
    assert [problem.line for problem in parsed.problems] == lines


def test_two_records_with_one_identifier_are_both_kept_and_told() -> None:
    one = "TY  - JOUR\nAN  - X1\nTI  - {}\nER  - \n"
    parsed = read(one.format("A") + one.format("B") + one.format("C"))
    assert [record.key for record in parsed.records] == ["here:X1", "here:X1#2", "here:X1#3"]
    assert [(problem.kind, problem.line) for problem in parsed.problems] == [
        (ProblemKind.REPEAT, 5), (ProblemKind.REPEAT, 9),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted", "lines"),
    [
        (
            "@article{a,\n title = {One},\n year = 2020\n}\n@article{b,\n title = {Two\n}\n",
            ["One", "Two"],
            [5],
        ),
        ("@article{a,\n title = {One}\n\n@article{b,\n title = {Two}\n}\n", ["One", "Two"], [1]),
        ("@article{a, title={One}}\n@article{a, title={Two}}\n", ["One", "Two"], []),
        ("@article{a, title={One}, title={Uno}}\n", ["One"], [1]),
        (
            "@string{j = {A Journal}}\n@article{a, title={One}, journal=j}\n@comment{x}\n",
            ["One"],
            [],
        ),
        ("@article{a, title={" + "{" * 3000 + "One" + "}" * 3000 + "}}\n", ["One"], []),
    ],
)
def test_bibtex_that_is_broken_loses_no_entry(
    text: str, wanted: list[str], lines: list[int]
) -> None:
    parsed = read(text)
    assert titles(parsed) == wanted
    assert [problem.line for problem in parsed.problems] == lines


HEADER = "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,NIHMS ID,DOI\n"


def test_rows_of_another_length_are_kept_and_told() -> None:
    parsed = read(HEADER + "1,One\n2,Two,Silva A.,,,J,2020,,,,10.1000/x,more,and more\n")
    records = parsed.all()
    assert [record.title for record in records] == ["One", "Two"]
    assert records[1].other["column 13"] == ("and more",)
    assert [problem.line for problem in parsed.problems] == [2, 3]


def test_a_quote_that_never_closes_is_told() -> None:
    parsed = read(HEADER + "1,One,,,,,,,,,\n" + '2,"Two,,,,,,,,,\n3,Three,,,,,,,,,\n')
    assert next(parsed.records).title == "One"
    assert parsed.all()
    assert parsed.problems[0].line == 3


def test_an_unknown_table_shows_a_guess_and_takes_a_mapping() -> None:
    table = "Ref;Título;Equipe;Ano;Resumo\n7;Disbiose;Souza, A;2020;Um resumo\n"
    error = refusal(table)
    assert isinstance(error, UsageError)
    assert "title=Título" in error.hint
    mapping = {
        "title": "Título",
        "authors": "Equipe",
        "year": "Ano",
        "abstract": "Resumo",
        "accession": "Ref",
    }
    parsed = read_file(io.BytesIO(table.encode()), source="here", mapping=mapping)
    record = next(parsed.records)
    assert (record.title, record.authors, record.year, record.source_id) == (
        "Disbiose",
        ("Souza, A",),
        2020,
        "7",
    )
    assert parsed.mapping == mapping
    with pytest.raises(UsageError, match="no column named Nome"):
        read_file(io.BytesIO(table.encode()), source="here", mapping={"title": "Nome"})
    with pytest.raises(UsageError, match="no such field: titel"):
        read_file(io.BytesIO(table.encode()), source="here", mapping={"titel": "Título"})


@pytest.mark.parametrize(
    "text",
    [
        '[{"title": "One"}, {"title": "Two"',
        '[{"title": "One"}, oops]',
        "[" * 100_000,
        '[{"a":' * 50_000,
        "{oops",
        "[1, 2]",
    ],
)
def test_broken_json_is_told_and_does_no_harm(text: str) -> None:
    parsed = read(text)
    assert [record.title for record in parsed.records] in (["One"], [])
    assert parsed.problems


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.ris", tmp_path):
        with pytest.raises(UsageError) as caught:
            read_file(path, source="here")
        assert caught.value.where == str(path)


def test_wrong_words_are_told() -> None:
    with pytest.raises(UsageError, match="no such format: word"):
        read(TWO, format="word")


def test_a_pipe_is_read_as_it_comes() -> None:
    class Pipe(io.RawIOBase):
        """Gives a few bytes at a time and cannot seek."""

        def __init__(self) -> None:
            super().__init__()
            self.pieces: Iterator[bytes] = (
                TWO.encode()[at : at + 7] for at in range(0, len(TWO), 7)
            )

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1, /) -> bytes:
            return next(self.pieces, b"")

    assert [record.title for record in read_file(Pipe(), source="here").records] == ["One", "Two"]
