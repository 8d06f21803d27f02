"""The layout as Mermaid text, for documents that draw it themselves. Pure."""

from reviewkit.diagram.shapes import Layout
from reviewkit.diagram.theme import Fill
from reviewkit.diagram.wrap import NBSP

# Mermaid writes entities as #name; so that no label can end its quotes, open a tag or start a directive.
_ENTITIES = {
    "#": "#35;",
    '"': "#quot;",
    "<": "#lt;",
    ">": "#gt;",
    "&": "#amp;",
    "`": "#96;",
    "%": "#37;",
    "{": "#123;",
    "}": "#125;",
    "\\": "#92;",
}


def escape_label(text: str) -> str:
    """The text as it may stand between a Mermaid label's double quotes."""
    return "".join(_ENTITIES.get(character, character) for character in text.replace(NBSP, " "))


def write_mermaid(layout: Layout) -> str:
    """A Mermaid flowchart: the boxes with their lines, the template's arrows, grey boxes as class `optional`."""
    lines = ["---", "config:", "  flowchart:", "    wrappingWidth: 340", "---", "flowchart TD"]
    lines.append(f"  accTitle: {escape_label(layout.title)}")
    for box in layout.boxes:
        label = "<br/>".join("#nbsp;" * 3 * entry.level + escape_label(entry.text) for entry in box.content.entries)
        lines.append(f'  {box.key}["{label}"]')
    lines.extend(f"  {arrow.source} --> {arrow.target}" for arrow in layout.arrows)
    theme = layout.theme
    style = f"fill:{{}},stroke:{theme.stroke},color:{theme.ink},text-align:left"
    lines.append(f"  classDef default {style.format(theme.fills[Fill.MAIN])}")
    optional = [box.key for box in layout.boxes if box.fill is Fill.OPTIONAL]
    if optional:
        lines.append(f"  classDef optional {style.format(theme.fills[Fill.OPTIONAL])}")
        lines.append(f"  class {','.join(optional)} optional")
    return "\n".join(lines) + "\n"
