"""A pane of lines that repaints only the cells that changed: few bytes per key on a slow link.

Lines come already wrapped. A part of a line can carry the name of what a click on it does.
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
    """Return a style that shows nothing: a click on it does what `name` says."""
    return Style(meta={"press": name})


def wrap(text: Text, width: int) -> list[Text]:
    """Return a text in lines of at most `width` columns, without blanks at their ends."""
    lines = text.wrap(_CONSOLE, max(width, 4), tab_size=1)
    for line in lines:
        line.rstrip()
    return list(lines)


def clip(text: Text, width: int) -> Text:
    """Return a text on one line of at most `width` columns, with an ellipsis where it was cut."""
    short = text.copy()
    short.truncate(max(width, 1), overflow="ellipsis")
    return short


class TextPane(Widget, can_focus=False):
    """Lines on a ground. Where they do not fit, the wheel and `scroll_lines` move them."""

    DEFAULT_CSS = "TextPane { height: 1fr; width: 1fr; }"

    class Pressed(Message):
        """A click on a part of a line that carries a name."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class Resized(Message):
        """The pane has another size and needs lines of that width."""

    def __init__(self, *, name: str, margin: int = 1) -> None:
        super().__init__(id=name)
        self._margin = margin
        self._ground = Style()
        self._thumb: Style | None = None
        self._lines: Sequence[Text] = ()
        self._strips: list[Strip] = []
        # The same, cut where a change begins and ends: Textual paints whole segments.
        self._apart: dict[int, Strip] = {}
        self.top = 0

    @property
    def room(self) -> int:
        """How many columns a line may have."""
        return max(self.size.width - 2 * self._margin, 8)

    def put(
        self, lines: Sequence[Text], *, ground: Style, thumb: Style | None = None, top: int = 0
    ) -> None:
        """Show these lines, from the one at `top` on."""
        self._lines, self._ground, self._thumb, self.top = lines, ground, thumb, top
        self._paint()

    def scroll_lines(self, count: int) -> bool:
        """Move by so many lines, down where positive; return whether anything moved."""
        before = self.top
        self.top += count
        self._paint()
        return self.top != before

    def plain(self) -> str:
        """Return what is in view, without styles."""
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
        before = self._strips
        self._strips = [self._strip(line, y) for y, line in enumerate(shown)]
        self._strips += [self._strip(None, y) for y in range(len(shown), height)]
        self._apart = {}
        if len(before) == height:
            self._refresh_changes(before)
        else:
            self.refresh()

    def _refresh_changes(self, before: Sequence[Strip]) -> None:
        """Repaint the cells that changed."""
        regions = []
        for y, (old, new) in enumerate(zip(before, self._strips, strict=True)):
            region = changed_region(old, new, y)
            if region is None:
                continue
            cuts = sorted({region.x, region.right, self.size.width} - {0})
            self._apart[y] = Strip.join(new.divide(cuts))
            regions.append(region)

        if regions:
            self.refresh(*regions)

    def _strip(self, line: Text | None, y: int) -> Strip:
        width, edge = self.size.width, self._thumb_at(y)
        segments = [Segment(" " * self._margin, self._ground)]
        if line is not None:
            segments += self._segments(line)
        body = Strip(segments).adjust_cell_length(width - len(edge), self._ground)

        # Fewer segments are fewer bytes: each one sends its colours to the terminal again.
        whole = [*Segment.simplify(body)]
        if edge:
            whole.append(Segment(edge, self._ground + (self._thumb or Style())))
        return Strip(whole, width)

    def _segments(self, line: Text) -> list[Segment]:
        base = self._ground
        # A text's own style is not in its segments.
        if isinstance(line.style, Style):
            base = self._ground + line.style

        if not line.spans:
            return [Segment(line.plain, base)]
        return [
            Segment(segment.text, base + (segment.style or Style()))
            for segment in line.render(_CONSOLE)
        ]

    def _thumb_at(self, y: int) -> str:
        """Return the mark at the edge that shows which part is in view, where not all fits."""
        height, total = self.size.height, len(self._lines)
        if total <= height or self._thumb is None:
            return ""
        size = max(1, height * height // total)
        start = round(self.top * (height - size) / (total - height))
        if start <= y < start + size:
            return "▐"

        return " "


def changed_region(old: Strip, new: Strip, y: int) -> Region | None:
    """Return the part of a line that must be painted again; `None` where nothing changed."""
    if old == new:
        return None

    before, after = list(old), list(new)
    equal = _equal_segments(before, after)
    start = sum(segment.cell_length for segment in after[:equal])
    before, after = before[equal:], after[equal:]

    equal = _equal_segments(before[::-1], after[::-1])
    end = new.cell_length - sum(segment.cell_length for segment in after[len(after) - equal :])
    before, after = before[: len(before) - equal], after[: len(after) - equal]

    if before and after:
        if before[0].style == after[0].style:
            start += _equal_columns(before[0].text, after[0].text)
        if before[-1].style == after[-1].style:
            end -= _equal_columns(before[-1].text[::-1], after[-1].text[::-1])
    return Region(min(start, end - 1), y, max(end - start, 1), 1)


def _equal_segments(first: Sequence[Segment], second: Sequence[Segment]) -> int:
    """Return how many segments two lines begin with that are equal."""
    equal = 0
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        equal += 1
    return equal


def _equal_columns(first: str, second: str) -> int:
    """Return how many columns two texts begin with alike, while each character is one column."""
    equal = 0
    for a, b in zip(first, second, strict=False):
        if a != b or get_character_cell_size(a) != 1:
            break
        equal += 1

    # A mark that is put onto the character before it must not be parted from it.
    for text in (first, second):
        following = text[equal : equal + 1]
        if following and not get_character_cell_size(following):
            return max(equal - 1, 0)
    return equal
