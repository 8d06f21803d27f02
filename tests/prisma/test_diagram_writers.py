"""The writers over the layout: SVG, terminal, Mermaid, JSON, HTML. Nothing is lost, nothing is injected."""

import json
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.model.errors import UsageError
from reviewkit.model.flow import Flow
from reviewkit.prisma.diagram.canvas import cell_width
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.listing import RecordList
from reviewkit.prisma.diagram.options import DiagramOptions
from reviewkit.prisma.diagram.sentence import describe
from reviewkit.prisma.diagram.template import Template
from reviewkit.prisma.diagram.wrap import NBSP, clean
from reviewkit.prisma.diagram.writers.html import write_html
from reviewkit.prisma.diagram.writers.json_text import write_json
from reviewkit.prisma.diagram.writers.mermaid import write_mermaid
from reviewkit.prisma.diagram.writers.svg import write_svg
from reviewkit.prisma.diagram.writers.text import write_text
from tests.helpers.effort import examples
from tests.helpers.flows import FLOWS, NASTY, NEW, UPDATED_OTHER, any_flows, tally

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = replace(NEW, dbr_excluded=tuple(tally(text, 3) for text in NASTY), footnotes=NASTY)


def texts(element: ET.Element) -> list[str]:
    return ["".join(span.itertext()) for span in element.iter(f"{SVG}tspan")]


@settings(deadline=None, max_examples=examples(60))
@given(any_flows(), st.sampled_from(["auto", *Template]))
def test_the_svg_is_xml_and_says_what_the_boxes_say(flow: Flow, template: str) -> None:
    picture = lay_out(
        flow, DiagramOptions(template=template, links={"box4": "https://example.org/?a=1&b=2"})
    )
    root = ET.fromstring(write_svg(picture))
    groups = {group.get("id"): group for group in root.iter(f"{SVG}g")}
    for box in (*picture.headers, *picture.boxes):
        assert texts(groups[box.key]) == [line.text for line in box.lines]
    assert root.findtext(f"{SVG}desc") == describe(picture)
    assert root.findtext(f"{SVG}title") == picture.title
    assert root.get("role") == "group"


def test_the_svg_is_the_same_every_time_and_runs_nothing() -> None:
    svg = write_svg(lay_out(HOSTILE))
    assert svg == write_svg(lay_out(HOSTILE))
    root = ET.fromstring(svg)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "rect", "g", "text", "tspan", "path", "a"}
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e]", svg)
    assert root.get("role") == "img"


def test_ids_stay_apart_on_one_page() -> None:
    one, other = (write_svg(lay_out(NEW), prefix=prefix) for prefix in ("a-", "b-"))
    assert not set(re.findall(r' id="([^"]+)"', one)) & set(re.findall(r' id="([^"]+)"', other))


@pytest.mark.slow
@settings(deadline=None, max_examples=examples(60))
@given(any_flows(), st.integers(30, 170), st.booleans())
def test_no_line_of_the_terminal_drawing_is_wider_than_asked(
    flow: Flow, width: int, ascii_only: bool
) -> None:
    drawing = write_text(lay_out(flow), width=width, ascii_only=ascii_only)
    assert max(map(cell_width, drawing.splitlines())) <= width
    assert drawing.isascii() or not ascii_only


@pytest.mark.parametrize("name", FLOWS)
def test_one_box_under_the_other_says_every_line(name: str) -> None:
    picture = lay_out(FLOWS[name])
    shown = re.sub(r"[^\w=(),*]+", "", write_text(picture, width=40))
    said = Counter(
        re.sub(r"[^\w=(),*]+", "", entry.text)
        for box in picture.boxes
        for entry in box.content.entries
    )
    for text, times in said.items():
        assert shown.count(text) >= times, text


@pytest.mark.parametrize("width", [60, 80, 120, 160])
@pytest.mark.parametrize("name", FLOWS)
def test_side_by_side_every_count_stands_on_one_line(name: str, width: int) -> None:
    picture = lay_out(FLOWS[name])
    shown = write_text(picture, width=width)
    for box in picture.boxes:
        for entry in box.content.entries:
            _, mark, count = entry.text.rpartition(f"{NBSP}(")
            if mark:
                assert f"({count}".replace(NBSP, " ") in shown


def test_a_narrow_terminal_is_one_clear_error() -> None:
    with pytest.raises(UsageError, match="at least 30"):
        write_text(lay_out(NEW), width=20)


def test_the_drawing_joins_its_lines() -> None:
    drawing = write_text(lay_out(NEW), width=80)
    assert "├────▶│" in drawing
    assert "┬" in drawing
    assert "╶" in drawing
    assert drawing.count("▼") == 4
    plain = write_text(lay_out(NEW), width=80, ascii_only=True)
    assert "+---->|" in plain


def test_mermaid_labels_cannot_break_out() -> None:
    text = write_mermaid(lay_out(HOSTILE))
    for line in text.splitlines():
        if "[" in line:
            label = line.partition('["')[2].removesuffix('"]')
            assert not set(label.replace("<br/>", "")) & set('"<>`{}%\\')
    assert "box8 --> box9" in text
    updated = write_mermaid(lay_out(UPDATED_OTHER))
    assert "class box1,box11,box12,box13,box14,box15,box16 optional" in updated
    assert 'notes["' in updated


def test_json_keeps_silence_and_tells_what_is_broken() -> None:
    flow = replace(NEW, records_screened=15, excluded_other=None)
    document = json.loads(write_json(flow, lay_out(flow)))
    assert document["counts"]["excluded_other"] is None
    assert document["counts"]["records_screened"] == 15
    broken = json.loads(write_json(replace(NEW, records_screened=15), lay_out(NEW)))["broken"]
    assert [item["identity"] for item in broken] == ["I2", "I3"]


class Page(HTMLParser):
    """What the tests ask of a page: its ids, links, tags and what it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.tags.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if tag == "a" else []
        self.loads += [given[key] for key in ("src", "srcset", "data", "action") if key in given]


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
