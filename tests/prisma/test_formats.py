"""The formats for journals and editors: what a program that opens them finds in them."""

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

from reviewkit.model.errors import UsageError
from reviewkit.model.flow import Flow
from reviewkit.prisma.diagram.credit import CREDIT
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.options import DiagramOptions
from reviewkit.prisma.diagram.sentence import describe
from reviewkit.prisma.diagram.writers.drawio import write_drawio
from reviewkit.prisma.diagram.writers.emf import write_emf
from reviewkit.prisma.diagram.writers.eps import write_eps
from reviewkit.prisma.diagram.writers.pdf_png import write_pdf, write_png
from reviewkit.prisma.diagram.writers.strokes import plain
from reviewkit.prisma.diagram.writers.svg import write_svg
from reviewkit.prisma.diagram.writers.system_fonts import without_glyph
from reviewkit.prisma.diagram.writers.tikz import write_tikz
from tests.helpers.effort import examples
from tests.helpers.flows import HOSTILE, NEW, UPDATED_OTHER, any_flows, tally

CHINESE = replace(NEW, dbr_excluded=(tally("不符合纳入标准", 3),))


def emf_records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a metafile, each as its kind and its bytes."""
    place = 0
    while place < len(content):
        kind, size = struct.unpack_from("<II", content, place)
        assert size % 4 == 0
        yield kind, content[place : place + size]
        place += size


def emf_texts(content: bytes) -> list[str]:
    texts = []
    for kind, record in emf_records(content):
        if kind == 84:
            count, offset = struct.unpack_from("<II", record, 44)
            texts.append(record[offset : offset + 2 * count].decode("utf-16-le"))
    return texts


@settings(deadline=None, max_examples=examples(30))
@given(any_flows())
def test_an_emf_holds_every_line_and_its_header_tells_its_size(flow: Flow) -> None:
    picture = lay_out(flow)
    content = write_emf(picture)
    records = list(emf_records(content))
    size, count = struct.unpack_from("<II", content, 48)
    assert (size, count) == (len(content), len(records))
    assert (records[0][0], records[-1][0]) == (1, 14)
    lines = [plain(line.text) for box in picture.boxes for line in box.lines]
    assert not set(lines) - set(emf_texts(content))


def test_an_emf_says_where_it_comes_from() -> None:
    assert CREDIT.encode("utf-16-le") in write_emf(lay_out(NEW))


def test_an_eps_has_the_text_of_latin_languages_and_refuses_other_letters() -> None:
    picture = lay_out(replace(NEW, dbr_excluded=(tally("População – (não)", 3),)))
    content = write_eps(picture)
    assert content.startswith(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 ")
    assert "População - \\(não\\)".encode("latin-1") in content
    assert CREDIT.encode() in content.replace(b"\xad", b"-")
    with pytest.raises(UsageError, match="EPS has no letter for 不") as error:
        write_eps(lay_out(CHINESE))
    assert "emf" in error.value.hint


@settings(deadline=None, max_examples=examples(30))
@given(any_flows())
def test_a_drawio_file_is_xml_whose_arrows_join_its_boxes(flow: Flow) -> None:
    picture = lay_out(flow)
    root = ET.fromstring(write_drawio(picture))
    labels = {item.get("id"): item.get("label") for item in root.iter("UserObject")}
    for box in picture.boxes:
        for entry in box.content.entries:
            assert plain(entry.text) in (labels[box.key] or "")
    edges = [cell for cell in root.iter("mxCell") if cell.get("edge")]
    assert len(edges) == len(picture.arrows)
    assert all(edge.get("source") in labels and edge.get("target") in labels for edge in edges)
    ids = [item.get("id") for item in root.iter() if item.get("id")]
    assert len(ids) == len(set(ids))


def test_tikz_text_runs_no_command() -> None:
    text = write_tikz(lay_out(HOSTILE))
    nodes = re.findall(r"\\node\[.*?\};", text, flags=re.DOTALL)
    assert len(nodes) > 10
    assert r"\textless{}script\textgreater{}" in text
    assert r"Wrong \textquotedbl{}population\textquotedbl{}" in text
    assert "XeLaTeX" in text
    assert "pdfLaTeX" in write_tikz(lay_out(NEW))
    assert text.count("{") == text.count("}")


@pytest.mark.slow
def test_a_tiff_is_as_publishers_want_it() -> None:
    image_module = pytest.importorskip("PIL.Image", reason="Pillow is an extra")
    from reviewkit.prisma.diagram.writers.tiff import write_tiff

    for theme, mode in (("official", "RGB"), ("mono", "L")):
        content = write_tiff(lay_out(NEW, DiagramOptions(theme=theme)), dpi=600)
        picture = image_module.open(io.BytesIO(content))
        assert (picture.mode, picture.info["dpi"]) == (mode, (600, 600))
        assert picture.info["compression"] == "tiff_lzw"
        assert 338 not in picture.tag_v2  # ExtraSamples: an alpha channel
        assert picture.tag_v2[33432] == CREDIT
    with pytest.raises(UsageError, match="a TIFF at 72 dpi"):
        write_tiff(lay_out(NEW), dpi=72)


@pytest.mark.slow
def test_a_word_document_has_the_picture_with_its_alternative_text() -> None:
    docx = pytest.importorskip("docx", reason="python-docx is an extra")
    from reviewkit.prisma.diagram.writers.docx import write_docx

    picture = lay_out(UPDATED_OTHER)
    made = datetime(2026, 1, 2, tzinfo=UTC)
    content = write_docx(picture, created=made)
    assert write_docx(picture, created=made) == content
    document = docx.Document(io.BytesIO(content))
    (shape,) = document.inline_shapes
    assert shape._inline.docPr.get("descr") == describe(picture)
    section = document.sections[0]
    assert shape.width <= section.page_width - section.left_margin - section.right_margin
    assert shape.height <= section.page_height - section.top_margin - section.bottom_margin
    assert document.core_properties.comments == CREDIT
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert b"svgBlip" in file.read("word/document.xml")
        assert file.read("word/media/flow.svg").startswith(b"<?xml")


def test_letters_that_no_font_has_are_named_and_never_drawn_as_boxes() -> None:
    rare = sorted(without_glyph({"\U00012000", "\U00013000", "\U00010000", "\ua000"}))
    if not rare:
        pytest.skip("this machine has a font for every script that is tried")
    flow = replace(NEW, dbr_excluded=(tally(f"{rare[0]} outcome", 3),))
    with pytest.raises(UsageError, match="no font on this machine has a glyph for") as error:
        write_png(lay_out(flow), dpi=72)
    assert "svg" in error.value.hint


def test_chinese_is_drawn_or_its_letters_are_named() -> None:
    picture = lay_out(CHINESE)
    assert "不符合纳入标准" in write_svg(picture)
    if without_glyph(set("不符合纳入标准")):
        with pytest.raises(UsageError, match="合"):
            write_pdf(picture)
    else:
        assert write_pdf(picture).startswith(b"%PDF-")


def test_every_picture_says_where_it_comes_from() -> None:
    picture = lay_out(NEW)
    assert f"<metadata>{CREDIT}" in write_svg(picture)
    assert b"tEXtCopyright\0" + CREDIT.encode() in write_png(picture, dpi=72)
    assert CREDIT in write_tikz(picture)
    assert CREDIT in write_drawio(picture)


def test_tikz_breaks_a_line_where_it_was_measured_and_nowhere_else() -> None:
    picture = lay_out(UPDATED_OTHER)
    lines = sum(len(box.lines) for box in (*picture.headers, *picture.boxes))
    assert write_tikz(picture).count("\\mbox{") == lines


def test_a_straight_arrow_stays_straight_in_drawio() -> None:
    """Its ends are shares of the boxes' sides: rounded, they would be at two heights."""
    reasons = tuple(tally(f"A reason of some length, number {n}", 1) for n in range(40))
    picture = lay_out(replace(NEW, dbr_excluded=reasons))
    boxes = {box.key: box for box in picture.boxes}
    root = ET.fromstring(write_drawio(picture))
    (arrow,) = [cell for cell in root.iter("mxCell") if cell.get("id") == "box8-box9"]
    style = dict(part.partition("=")[::2] for part in str(arrow.get("style")).split(";"))
    first, last = boxes["box8"], boxes["box9"]
    begins = first.y + float(style["exitY"]) * first.height
    ends = last.y + float(style["entryY"]) * last.height
    assert abs(begins - ends) < 0.05


def test_a_scoping_review_counts_sources_of_evidence_in_every_box() -> None:
    scoping = lay_out(UPDATED_OTHER, DiagramOptions(standard="prisma-scr"))
    assert "Reports" not in " ".join(box.text for box in scoping.boxes)
