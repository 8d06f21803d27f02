"""PDF and PNG: tagged and linked, of the size asked for, the same every time."""

import re
import struct
import zlib
from dataclasses import replace

import pytest

from reviewkit.model.errors import UsageError
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.metrics import missing_letters
from reviewkit.prisma.diagram.options import DiagramOptions
from reviewkit.prisma.diagram.wrap import clean
from reviewkit.prisma.diagram.writers.pdf_png import write_pdf, write_png
from reviewkit.prisma.diagram.writers.system_fonts import without_glyph
from tests.helpers.flows import NASTY, NEW, UPDATED_OTHER, tally


def test_the_pdf_is_tagged_linked_and_always_the_same() -> None:
    picture = lay_out(
        UPDATED_OTHER,
        DiagramOptions(links={"box4": "https://example.org/screened", "box5": "#list-box5"}),
    )
    pdf = write_pdf(picture, timestamp=1_700_000_000)
    assert pdf.startswith(b"%PDF-")
    assert pdf == write_pdf(picture, timestamp=1_700_000_000)
    assert pdf.count(b"/Subtype/Link") + pdf.count(b"/Subtype /Link") == 1
    assert b"https://example.org/screened" in pdf
    assert re.search(rb"/Marked\s+true", pdf)
    assert b"ReviewkitSans-Regular" in pdf
    assert b"/ToUnicode" in pdf


@pytest.mark.slow
def test_the_png_has_the_size_and_resolution_asked_for() -> None:
    picture = lay_out(NEW)
    png = write_png(picture, dpi=300)
    assert png == write_png(picture, dpi=300)
    width, height = struct.unpack(">II", png[16:24])
    assert width == pytest.approx(picture.width * 300 / 96, abs=1)
    assert height == pytest.approx(picture.height * 300 / 96, abs=1)
    assert png[37:41] == b"pHYs"
    assert struct.unpack(">IIB", png[41:50]) == (11811, 11811, 1)
    assert struct.unpack(">I", png[50:54])[0] == zlib.crc32(png[37:50])


@pytest.mark.parametrize("dpi", [0, 35, 1201])
def test_an_impossible_resolution_is_one_clear_error(dpi: int) -> None:
    with pytest.raises(UsageError, match="dpi"):
        write_png(lay_out(NEW), dpi=dpi)


def test_a_picture_too_large_for_memory_is_refused() -> None:
    reasons = tuple(tally(f"{number} {'long reason ' * 50}", 1) for number in range(40))
    with pytest.raises(UsageError, match="too large"):
        write_png(lay_out(replace(NEW, dbr_excluded=reasons)), dpi=1200)


def test_hostile_labels_reach_typst_as_text() -> None:
    # What no font of this machine has is refused by name (see test_formats).
    drawn = tuple(text for text in NASTY if not without_glyph(missing_letters(clean(text))))
    assert len(drawn) > 6
    hostile = replace(NEW, dbr_excluded=tuple(tally(text, 1) for text in drawn), footnotes=drawn)
    assert write_pdf(lay_out(hostile, DiagramOptions(labels={"title": '#panic("no")'}))).startswith(
        b"%PDF-"
    )
