"""The HTML page: boxes lead to their lists, nothing is loaded, titles stay text."""

import shutil
import subprocess
from pathlib import Path

import pytest

from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.listing import RecordList
from reviewkit.prisma.diagram.wrap import clean
from reviewkit.prisma.diagram.writers.html import write_html
from tests.helpers.flows import HOSTILE, NASTY, NEW
from tests.helpers.page import Page


def listing(box: str = "box4") -> RecordList:
    rows = tuple((text, "Silva, A", "2020", "10.1000/a(b)<c>", "30000001") for text in NASTY)
    return RecordList(box=box, columns=("Title", "Authors", "Year", "DOI", "PMID"), rows=rows)


def test_the_page_links_boxes_to_their_lists_and_loads_nothing() -> None:
    page = Page(
        write_html(
            lay_out(HOSTILE), [listing(), RecordList(box="box7", columns=("Title",), rows=())]
        )
    )
    assert len(page.ids) == len(set(page.ids))
    places = [link.removeprefix("#") for link in page.links if link.startswith("#")]
    assert set(places) <= set(page.ids)
    assert {"list-box4", "list-box7"} <= set(places)
    assert page.loads == []
    assert page.tags.count("script") == 1
    assert "https://pubmed.ncbi.nlm.nih.gov/30000001/" in page.links
    assert "https://doi.org/10.1000/a(b)%3Cc%3E" in page.links


def test_the_page_keeps_every_title_as_text() -> None:
    shown = write_html(lay_out(NEW), [listing()], title="<b>A & B</b>")
    assert "<title>&lt;b&gt;A &amp; B&lt;/b&gt;</title>" in shown
    assert "<script>alert" not in shown
    assert clean(NASTY[6]) in shown


def test_a_row_with_too_few_cells_is_refused() -> None:
    with pytest.raises(ValueError, match="argument"):
        write_html(
            lay_out(NEW), [RecordList(box="box4", columns=("Title", "Year"), rows=(("A",),))]
        )


@pytest.mark.slow
def test_the_page_runs_in_a_browser(tmp_path: Path) -> None:
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("needs Debian's chromium")
    file = tmp_path / "flow.html"
    file.write_text(write_html(lay_out(NEW), [listing()]), encoding="utf-8")
    options = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]
    made = subprocess.run(
        [browser, *options, "--enable-logging=stderr", "--dump-dom", file.as_uri()],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert f"{len(NASTY)} of {len(NASTY)} shown</output>" in made.stdout
    assert "CONSOLE" not in made.stderr
