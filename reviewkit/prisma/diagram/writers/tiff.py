"""The diagram as TIFF for publishers: LZW, no alpha channel, with its resolution.

Needs Pillow, an extra: import this module only to write a TIFF.
"""

import io

from PIL import Image, TiffImagePlugin

from reviewkit.model.errors import UsageError
from reviewkit.prisma.diagram.credit import CREDIT
from reviewkit.prisma.diagram.shapes import DiagramLayout
from reviewkit.prisma.diagram.writers.pdf_png import HIGHEST_DPI, write_png

LOWEST_DPI = 300
_DESCRIPTION, _SOFTWARE, _COPYRIGHT = 270, 305, 33432


def write_tiff(layout: DiagramLayout, *, dpi: int = 300) -> bytes:
    """Return a TIFF at `dpi`, in grey where the theme has no colour.

    Raise UsageError for a resolution that publishers refuse.
    """
    if not LOWEST_DPI <= dpi <= HIGHEST_DPI:
        raise UsageError(
            f"a TIFF at {dpi} dpi", hint=f"choose --dpi from {LOWEST_DPI} to {HIGHEST_DPI}"
        )

    # Our own picture is large on purpose; Pillow's limit is for pictures of strangers.
    picture = Image.open(io.BytesIO(write_png(layout, dpi=dpi)))
    on_white = Image.new("RGB", picture.size, "white")
    layer = picture.convert("RGBA")
    on_white.paste(layer, mask=layer.getchannel("A"))
    if layout.theme.name == "mono":
        on_white = on_white.convert("L")

    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[_DESCRIPTION] = layout.title.encode("ascii", "replace").decode()
    tags[_SOFTWARE] = "reviewkit"
    tags[_COPYRIGHT] = CREDIT
    file = io.BytesIO()
    on_white.save(file, format="TIFF", compression="tiff_lzw", dpi=(dpi, dpi), tiffinfo=tags)

    return file.getvalue()
