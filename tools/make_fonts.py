"""Make the diagram's widths table and two subset fonts from Liberation Sans 2 (SIL OFL 1.1).

Run by hand when the fonts change: `python tools/make_fonts.py FOLDER`. FOLDER has
LiberationSans-Regular.ttf and LiberationSans-Bold.ttf (Debian: fonts-liberation2). Needs fontTools
and brotli; reviewkit itself does not. `python tools/make_fonts.py --pages` makes only the smaller
fonts that a page carries, from the shipped ones.
"""

import json
import sys
from itertools import groupby
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[1]
WIDTHS = ROOT / "reviewkit" / "prisma" / "diagram" / "widths.json"
FONTS = ROOT / "reviewkit" / "prisma" / "diagram" / "fonts"

# OFL, condition 3: a modified version may not carry the reserved names "Liberation" and "Arimo".
FAMILY = "Reviewkit Sans"

# The measured characters are the shipped ones: the widths table also says what the fonts can draw.
SHIPPED = (
    (0x20, 0x7E),  # Basic Latin
    (0xA0, 0x24F),  # Latin-1, Latin Extended A and B
    (0x250, 0x36F),  # phonetic letters, modifiers, combining marks
    (0x370, 0x3FF),  # Greek
    (0x400, 0x52F),  # Cyrillic
    (0x590, 0x5FF),  # Hebrew
    (0x1E00, 0x1FFF),  # Latin and Greek Extended
    (0x2000, 0x20BF),  # punctuation, superscripts, currency
    (0x2100, 0x22FF),  # letter-like signs, arrows, mathematics
)
# A page carries fewer: what flows are written in. Other letters come from the reader's fonts.
ON_PAGES = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x370, 0x3FF),
    (0x2010, 0x2026),
    (0x20AC, 0x20AC),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x2260, 0x2265),
)


def within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


def measured_widths(font: TTFont) -> list[list[int | list[int]]]:
    """Return runs of characters: [first code point, [advance, advance, ...]], in font units."""
    characters = {
        code: font["hmtx"][name][0]
        for code, name in font.getBestCmap().items()
        if within(code, SHIPPED)
    }
    runs = []
    for _, group in groupby(enumerate(sorted(characters)), key=lambda pair: pair[1] - pair[0]):
        codes = [code for _, code in group]
        runs.append([codes[0], [characters[code] for code in codes]])
    return runs


def subset(font: TTFont, style: str, target: Path) -> None:
    options = Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.hinting = False
    options.notdef_outline = True
    cutter = Subsetter(options)
    cutter.populate(unicodes=[code for code in font.getBestCmap() if within(code, SHIPPED)])
    cutter.subset(font)
    names = {
        1: FAMILY,
        2: style,
        3: f"{FAMILY} {style}",
        4: f"{FAMILY} {style}",
        6: f"ReviewkitSans-{style}",
    }
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(target)


def subset_for_pages(style: str) -> None:
    """Write the WOFF2 that a page with a diagram carries."""
    font = TTFont(FONTS / f"ReviewkitSans-{style}.ttf", recalcTimestamp=False)
    options = Options()
    options.layout_features = ["kern"]
    options.name_IDs = [0, 1, 2, 3, 4, 6, 13, 14]
    options.flavor = "woff2"
    cutter = Subsetter(options)
    cutter.populate(unicodes=[code for code in font.getBestCmap() if within(code, ON_PAGES)])
    cutter.subset(font)
    font.flavor = "woff2"
    font.save(FONTS / f"ReviewkitSans-{style}.woff2")


def main(folder: Path) -> None:
    table: dict[str, object] = {}
    for style in ("Regular", "Bold"):
        font = TTFont(folder / f"LiberationSans-{style}.ttf", recalcTimestamp=False)
        table["units_per_em"] = font["head"].unitsPerEm
        table[style.lower()] = measured_widths(font)
        subset(font, style, FONTS / f"ReviewkitSans-{style}.ttf")
        subset_for_pages(style)
    WIDTHS.write_text(json.dumps(table, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1] == "--pages":
        for each in ("Regular", "Bold"):
            subset_for_pages(each)
    else:
        main(Path(sys.argv[1]))
