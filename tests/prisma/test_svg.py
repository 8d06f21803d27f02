"""The SVG: sound XML that says what the boxes say, the same every time."""

import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.model.flow import Flow
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.options import DiagramOptions
from reviewkit.prisma.diagram.sentence import describe
from reviewkit.prisma.diagram.template import Template
from reviewkit.prisma.diagram.writers.svg import FONTS, write_svg
from reviewkit.reproduction.flows import reported_flow
from reviewkit.workflow.project import open_project
from tests.conftest import PROJECT
from tests.helpers.browser import browsing
from tests.helpers.effort import examples
from tests.helpers.flows import HOSTILE, NEW, any_flows

SVG = "{http://www.w3.org/2000/svg}"


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
    assert tags <= {"svg", "title", "desc", "rect", "g", "text", "tspan", "path", "a", "metadata"}
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e]", svg)
    assert root.get("role") == "img"


def test_ids_stay_apart_on_one_page() -> None:
    one, other = (write_svg(lay_out(NEW), prefix=prefix) for prefix in ("a-", "b-"))
    assert not set(re.findall(r' id="([^"]+)"', one)) & set(re.findall(r' id="([^"]+)"', other))


RIGHT_ENDS = """[...document.querySelectorAll('tspan')].map(line => {
  const box = line.closest('g') ? line.closest('g').querySelector('rect') : null;
  const edge = (box || document.querySelector('rect.paper')).getBoundingClientRect().right;
  return [line.textContent, line.getExtentOfChar(0).x + line.getComputedTextLength() - edge];
})"""


def has_a_font_as_wide() -> bool:
    if shutil.which("fc-list") is None:
        return False
    done = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=True)
    as_wide = FONTS.partition("'Reviewkit Sans'")[0].replace("'", "").split(", ")
    return any(name in done.stdout for name in as_wide if name)


@pytest.mark.slow
def test_no_line_runs_out_of_its_box_in_a_browser_without_arial(tmp_path: Path) -> None:
    if not has_a_font_as_wide():
        pytest.skip("needs a font as wide as Arial, as fonts-liberation has")
    flow = reported_flow(open_project(PROJECT / "protocols" / "als_dysbiosis.toml").protocol)
    picture = tmp_path / "flow.svg"
    picture.write_text(write_svg(lay_out(flow)), encoding="utf-8")
    with browsing(tmp_path / "profile") as page:
        page.open(picture.as_uri())
        ends = page.run(RIGHT_ENDS)
    assert len(ends) > 15
    assert [(words, over) for words, over in ends if over > 0] == []
