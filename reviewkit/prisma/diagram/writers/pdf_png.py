"""The diagram as PDF and PNG: Typst sets the same SVG with the fonts that reviewkit ships.

The bytes depend on the layout alone, unless the text has a script that only the system's fonts
have.
"""

import json
import struct
import zlib
from typing import Literal

from reviewkit.model.errors import UsageError
from reviewkit.prisma.diagram.credit import CREDIT
from reviewkit.prisma.diagram.metrics import missing_letters
from reviewkit.prisma.diagram.sentence import describe
from reviewkit.prisma.diagram.shapes import DiagramLayout
from reviewkit.prisma.diagram.writers.svg import by_script, write_svg
from reviewkit.prisma.diagram.writers.system_fonts import without_glyph
from reviewkit.prisma.diagram.writers.typesetting import compile_typst

LOWEST_DPI, HIGHEST_DPI = 36, 1200
# Beyond this a picture needs more memory than a small machine has.
MOST_PIXELS = 160_000_000
_MOST_SHOWN = 20

# Text reaches Typst as data (`sys.inputs`), never as markup.
_DOCUMENT = """
#let input = sys.inputs
#let px = 0.75pt
#set document(title: input.title, description: input.credit, date: none)
#set text(lang: input.lang, font: "Reviewkit Sans")
#set page(width: float(input.width) * px, height: float(input.height) * px, margin: 0pt)
#image(bytes(input.svg), format: "svg", width: 100%, alt: input.description)
#for item in json(bytes(input.links)) {
  place(top + left, dx: item.x * px, dy: item.y * px,
    link(item.href, box(width: item.width * px, height: item.height * px)))
}
"""


def _links(layout: DiagramLayout) -> str:
    """Return the web links as rectangles in px;
    a place within a page has no meaning in a picture.
    """
    links = [
        {"href": box.href, "x": box.x, "y": box.y, "width": box.width, "height": box.height}
        for box in layout.boxes
        if box.href.startswith(("http://", "https://"))
    ]
    return json.dumps(links)


def _missing_letters(layout: DiagramLayout) -> set[str]:
    """Return the letters of the picture that the shipped fonts lack."""
    texts = [box.text for box in (*layout.headers, *layout.boxes)]
    for bar in layout.bars:
        texts += bar.lines
    texts += layout.note_texts
    return missing_letters("".join(texts))


def _refuse_without_glyph(missing: set[str]) -> None:
    """Raise UsageError for letters that no font here has: they would be drawn as empty boxes."""
    nowhere = sorted(without_glyph(missing))
    if nowhere:
        shown = " ".join(nowhere[:_MOST_SHOWN])
        raise UsageError(
            f"no font on this machine has a glyph for {shown}",
            hint="install a font with these letters (fonts-noto-cjk or fonts-wqy-microhei "
            "has Chinese), or choose svg or html",
        )


def _compile(
    layout: DiagramLayout, output: Literal["pdf", "png"], *, dpi: float, timestamp: int
) -> bytes:
    inputs = {
        "title": layout.title,
        "lang": layout.words.language,
        "width": str(layout.width),
        "height": str(layout.height),
        "svg": write_svg(by_script(layout)),
        "description": describe(layout),
        "credit": CREDIT,
        "links": _links(layout),
    }
    missing = _missing_letters(layout)
    _refuse_without_glyph(missing)
    return compile_typst(
        _DOCUMENT, inputs, output, covered=not missing, dpi=dpi, timestamp=timestamp
    )


def write_pdf(layout: DiagramLayout, *, timestamp: int = 0) -> bytes:
    """Return a tagged one-page PDF at the layout's size, PDF/UA-1 where the fonts allow.

    Its text can be selected, its links work.

    `timestamp`, in Unix seconds, is the file's creation date; equal layouts and timestamps give
    equal bytes.
    """
    return _compile(layout, "pdf", dpi=144, timestamp=timestamp)


def _with_resolution(png: bytes, dpi: int) -> bytes:
    """Return the PNG with its resolution (chunk pHYs) and its source (chunk tEXt).

    They stand right after the 33 bytes of signature and header.
    """
    per_metre = round(dpi / 0.0254)
    resolution = _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1))
    source = _chunk(b"tEXt", b"Copyright\0" + CREDIT.encode("latin-1"))
    return png[:33] + resolution + source + png[33:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def write_png(layout: DiagramLayout, *, dpi: int = 300) -> bytes:
    """Return a PNG at `dpi` pixels per inch; 96 px of the layout are an inch.

    Raise UsageError for a bad `dpi`.
    """
    if not LOWEST_DPI <= dpi <= HIGHEST_DPI:
        raise UsageError(f"{dpi} dpi", hint=f"choose from {LOWEST_DPI} to {HIGHEST_DPI}")
    if layout.width * layout.height * (dpi / 96) ** 2 > MOST_PIXELS:
        raise UsageError(
            f"at {dpi} dpi the picture is too large", hint="choose a lower dpi, or SVG or PDF"
        )
    return _with_resolution(_compile(layout, "png", dpi=dpi, timestamp=0), dpi)
