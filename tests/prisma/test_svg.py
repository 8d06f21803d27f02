"""The SVG: sound XML that says what the boxes say, the same every time."""

import re
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.model.flow import Flow
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.options import DiagramOptions
from reviewkit.prisma.diagram.sentence import describe
from reviewkit.prisma.diagram.template import Template
from reviewkit.prisma.diagram.writers.svg import write_svg
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
