"""The five text panes of a full screen, and what is painted on each."""

from collections.abc import Iterator

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal

from reviewkit.tui.line_editor import LineEditor
from reviewkit.tui.modes import Choice, Listing, Mode, TextView
from reviewkit.tui.readable import readable
from reviewkit.tui.screen_content import ScreenContent, Space
from reviewkit.tui.text_pane import TextPane, clip, press
from reviewkit.tui.theme import Theme


class Panes:
    """Top line, body, panel beside it or strip below it, and foot."""

    def __init__(self, content: ScreenContent) -> None:
        self._content = content
        self.body = TextPane(name="body", margin=2)
        self.panel = TextPane(name="panel", margin=2)
        self.strip = TextPane(name="strip", margin=2)
        self.top = TextPane(name="top")
        self.foot = TextPane(name="foot")

    def __iter__(self) -> Iterator[TextPane]:
        return iter((self.top, self.body, self.panel, self.strip, self.foot))

    def compose(self) -> ComposeResult:
        yield self.top
        yield Horizontal(self.body, self.panel, id="middle")
        yield self.strip
        yield self.foot

    def refresh(self) -> None:
        """Paint every line again."""
        for pane in self:
            pane.refresh()

    def draw_top(self, space: Space) -> None:
        """Draw the top line, and below it a bar of what is done, behind the filter in force."""
        room, theme = self.top.room, space.theme
        line = self._content.top_line(space.narrowed(room))
        words = clip(Text(readable(self._content.filter_words()), style=theme.doubt), room)
        if words.plain:
            words.stylize(press("filter"))
            words.append(" ")

        bar = self._bar(max(room - words.cell_len, 0), theme)
        self.top.put([line, Text.assemble(words, bar)], ground=theme.page)

    def _bar(self, width: int, theme: Theme) -> Text:
        """Return a bar of what is done."""
        progress = self._content.progress
        full = width
        if progress.total:
            full = round(width * progress.done / progress.total)
        return Text.assemble(("━" * full, theme.accent), ("─" * (width - full), theme.rule))

    def draw_body(self, mode: Mode | None, space: Space, *, top: int = 0) -> None:
        """Draw the item in view, or the text or list that is open in its place."""
        if isinstance(mode, Listing):
            self.draw_listing(mode, space.theme)
            return

        lines = self._body_lines(mode, space.narrowed(self.body.room))
        self.body.put([Text(""), *lines], ground=space.theme.page, thumb=space.theme.rule, top=top)

    def _body_lines(self, mode: Mode | None, space: Space) -> list[Text]:
        if isinstance(mode, TextView):
            return mode.lines(space.width)
        return self._content.body_lines(space)

    def draw_listing(self, listing: Listing, theme: Theme) -> None:
        """Draw the rows around the cursor."""
        height, room = max(self.body.size.height - 2, 1), self.body.room
        first = max(0, min(listing.cursor - height // 2, listing.count - height))
        lines = [Text(readable(listing.title), style=theme.label), Text("")]

        for place in range(first, min(first + height, listing.count)):
            row = clip(listing.row(place, room), room)
            if place == listing.cursor:
                padding = " " * (room - row.cell_len)
                row = Text(row.plain + padding, style=theme.chosen)
            row.stylize(press(f"pick:{place}"))
            lines.append(row)
        self.body.put(lines, ground=theme.page)

    def draw_side(self, mode: Mode | None, space: Space) -> None:
        """Draw the panel on wide screens, else the strip; an open choice in their place."""
        if space.wide:
            lines = self._side_lines(mode, space.narrowed(self.panel.room))
            theme = space.theme
            self.panel.put([Text(""), *lines], ground=theme.panel, thumb=theme.rule)
        else:
            lines = self._side_lines(mode, space.narrowed(self.strip.room))
            self._draw_strip(lines, mode, space)

    def _side_lines(self, mode: Mode | None, space: Space) -> list[Text]:
        if isinstance(mode, Choice):
            return mode.lines(space.width)
        if space.wide:
            return self._content.panel_lines(space)
        return self._content.strip_lines(space)

    def _draw_strip(self, lines: list[Text], mode: Mode | None, space: Space) -> None:
        most = self._content.strip_height(space.height)
        if isinstance(mode, Choice):
            most = space.height // 2

        height = max(min(len(lines), most), 0) + 1
        if self.strip.styles.height is None or self.strip.styles.height.value != height:
            self.strip.styles.height = height
        rule = Text("─" * self.strip.room, style=space.theme.rule)
        self.strip.put([rule, *lines], ground=space.theme.page, thumb=space.theme.rule)

    def draw_foot(self, message: Text, keys: Text, theme: Theme) -> None:
        """Draw the message, and the line of keys or of what is being typed."""
        self.foot.put([clip(message, self.foot.room), keys], ground=theme.page)

    def editor_line(self, editor: LineEditor, theme: Theme) -> tuple[Text, int]:
        """The line that is being typed, and the column of its cursor."""
        return editor.line(theme, self.foot.room)
