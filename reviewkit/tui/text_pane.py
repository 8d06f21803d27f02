"""A sheet of lines on the screen that repaints only the cells that changed: few bytes per key on a slow link.

It knows nothing of records. Lines come already wrapped; a part of a line can carry the name of what a click does.
"""

from collections.abc import Sequence

from rich.cells import get_character_cell_size
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

_CONSOLE = Console(width=200, color_system=None, markup=False, highlight=False, emoji=False)
_WHEEL = 3


def press(name: str) -> Style:
    """A style that adds nothing to see: a click on it does what `name` says."""
    return Style(meta={"press": name})


def wrap(text: Text, width: int) -> list[Text]:
    """`text` in lines of at most `width` columns, without the blanks at their ends."""
    lines = text.wrap(_CONSOLE, max(width, 4), tab_size=1)
    for line in lines:
        line.rstrip()
    return list(lines)


def clip(text: Text, width: int) -> Text:
    """`text` on one line of at most `width` columns, with an ellipsis where it was cut."""
    short = text.copy()
    short.truncate(max(width, 1), overflow="ellipsis")
    return short


class TextPane(Widget, can_focus=False):
    """Lines on a ground. `put` shows others; where they do not fit, the wheel and `scroll_lines` move them."""

    DEFAULT_CSS = "TextPane { height: 1fr; width: 1fr; }"

    class Pressed(Message):
        """A click on a part of a line that carries a name."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class Resized(Message):
        """The sheet has another size: whoever owns it puts lines of that width."""

    def __init__(self, *, name: str, margin: int = 1) -> None:
        super().__init__(id=name)
        self._margin = margin
        self._ground = Style()
        self._thumb: Style | None = None
        self._lines: Sequence[Text] = ()
        self._strips: list[Strip] = []
        # The same, apart where a change begins and ends: Textual paints whole segments.
        self._apart: dict[int, Strip] = {}
        self.top = 0

    @property
    def room(self) -> int:
        """How many columns a line may have."""
        return max(self.size.width - 2 * self._margin, 8)

    def put(
        self, lines: Sequence[Text], *, ground: Style, thumb: Style | None = None, top: int = 0
    ) -> None:
        """Show these lines, the first in view being the one at `top`."""
        self._lines, self._ground, self._thumb, self.top = lines, ground, thumb, top
        self._paint()

    def scroll_lines(self, count: int) -> bool:
        """Move by so many lines, down where positive; whether anything moved."""
        before = self.top
        self.top += count
        self._paint()
        return self.top != before

    def reveal(self, line: int) -> None:
        """Move as little as brings a line into view."""
        self.top = max(min(self.top, line), line - self.size.height + 1)
        self._paint()

    def plain(self) -> str:
        """What is in view, without styles."""
        return "\n".join(strip.text.rstrip() for strip in self._strips)

    def render_line(self, y: int) -> Strip:
        if y < len(self._strips):
            return self._apart.get(y, self._strips[y])
        return Strip.blank(self.size.width, self._ground)

    def on_resize(self, _event: Resize) -> None:
        self._strips = []
        self.post_message(self.Resized())

    def on_click(self, event: Click) -> None:
        at = 0
        strip = self.render_line(event.y)
        for segment in strip:
            at += segment.cell_length
            if event.x < at:
                name = segment.style.meta.get("press") if segment.style else None
                if name:
                    event.stop()
                    self.post_message(self.Pressed(str(name)))
                return

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.scroll_lines(_WHEEL)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.scroll_lines(-_WHEEL)

    def _paint(self) -> None:
        height, width = self.size.height, self.size.width
        if not height or not width:
            return
        self.top = max(0, min(self.top, len(self._lines) - height))
        shown = self._lines[self.top : self.top + height]
        strips = [self._strip(shown[y] if y < len(shown) else None, y) for y in range(height)]
        before, self._strips, self._apart = self._strips, strips, {}
        if len(before) != height:
            self.refresh()
            return
        regions = [
            changed_region(old, new, y)
            for y, (old, new) in enumerate(zip(before, strips, strict=True))
        ]
        if found := [region for region in regions if region is not None]:
            for region in found:
                cuts = sorted({region.x, region.right, width} - {0})
                self._apart[region.y] = Strip.join(strips[region.y].divide(cuts))
            self.refresh(*found)

    def _strip(self, line: Text | None, y: int) -> Strip:
        width, edge = self.size.width, self._thumb_at(y)
        segments = [Segment(" " * self._margin, self._ground)]
        if line is not None:
            # A text's own style is not in its segments.
            base = self._ground + line.style if isinstance(line.style, Style) else self._ground
            if line.spans:
                segments += [
                    Segment(s.text, base + s.style if s.style else base)
                    for s in line.render(_CONSOLE)
                ]
            else:
                segments.append(Segment(line.plain, base))
        body = Strip(segments).adjust_cell_length(width - len(edge), self._ground)
        # Fewer segments are fewer bytes: each one tells the terminal its colours anew.
        whole = [*Segment.simplify(body)]
        if edge:
            whole.append(Segment(edge, self._ground + self._thumb if self._thumb else self._ground))
        return Strip(whole, width)

    def _thumb_at(self, y: int) -> str:
        """Where there is more than fits, a mark at the edge says which part is in view."""
        height, total = self.size.height, len(self._lines)
        if total <= height or self._thumb is None:
            return ""
        size = max(1, height * height // total)
        start = round(self.top * (height - size) / (total - height))
        return "▐" if start <= y < start + size else " "


def changed_region(old: Strip, new: Strip, y: int) -> Region | None:
    """The part of a line that must be painted anew; `None` where nothing changed."""
    if old == new:
        return None
    before, after = list(old), list(new)
    start = 0
    while before and after and before[0] == after[0]:
        start += before[0].cell_length
        before, after = before[1:], after[1:]
    end = new.cell_length
    while before and after and before[-1] == after[-1]:
        end -= before[-1].cell_length
        before, after = before[:-1], after[:-1]
    if before and after:
        if before[0].style == after[0].style:
            start += _alike(before[0].text, after[0].text)
        if before[-1].style == after[-1].style:
            end -= _alike(before[-1].text[::-1], after[-1].text[::-1])
    return Region(min(start, end - 1), y, max(end - start, 1), 1)


def _alike(one: str, two: str) -> int:
    """How many columns two texts begin alike, as far as each character is a column of its own."""
    same = 0
    for a, b in zip(one, two, strict=False):
        if a != b or get_character_cell_size(a) != 1:
            break
        same += 1
    # A mark that is put onto the character before it must not be parted from it.
    parted = any(
        text[same : same + 1] and not get_character_cell_size(text[same]) for text in (one, two)
    )
    return max(same - 1, 0) if parted else same
