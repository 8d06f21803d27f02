"""What all full screens share: sheets and a prompt, keys that are looked up and never guessed, reasons when one does
nothing. What is shown and what a key does is the subclass's; what comes of it is the session's.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Click, Key, Paste
from textual.geometry import Offset
from textual.screen import Screen

from reviewkit.model.errors import ReviewkitError
from reviewkit.tui.actions import Action, ScreenKind
from reviewkit.tui.desktop import open_outside
from reviewkit.tui.keys import Keys
from reviewkit.tui.line_editor import LineEditor
from reviewkit.tui.modes import Choice, Listing, Mode, Question, TextView
from reviewkit.tui.readable import readable
from reviewkit.tui.text_pane import TextPane, clip, press
from reviewkit.tui.text_parts import key_line, key_page, mode_line, shown_key
from reviewkit.tui.theme import Theme, next_theme

_WIDE = 100
_WAYS = {Choice: "the key beside it chooses", Listing: "Enter shows it"}


class ReviewScreen(Screen[None], inherit_bindings=False):
    """One full screen. Subclasses say what `body`, `panel`, `strip` and `top` hold, and have `act_NAME` per action."""

    KIND: ClassVar[ScreenKind]
    AUTO_FOCUS = ""

    def __init__(self, keys: Keys, theme: Theme) -> None:
        super().__init__()
        self.keys = keys
        self.theme = theme
        self._actions = keys.by_key(self.KIND)
        self._mode: Mode | None = None
        self._message = Text("")
        self.body = TextPane(name="body", margin=2)
        self.panel = TextPane(name="panel", margin=2)
        self.strip = TextPane(name="strip", margin=2)
        self.top = TextPane(name="top")
        self.foot = TextPane(name="foot")
        self._editor = LineEditor()

    def compose(self) -> ComposeResult:
        yield self.top
        yield Horizontal(self.body, self.panel, id="middle")
        yield self.strip
        yield self.foot

    def on_mount(self) -> None:
        # After Ctrl-Z and fg the terminal is empty: everything is painted, not only what changed.
        self.app.app_resume_signal.subscribe(self, lambda _app: self.repaint())

    def repaint(self) -> None:
        """Paint everything anew."""
        self.app.screen_lost()  # type: ignore[attr-defined]  # FaceApp, the only one that shows a face
        for pane in (self.top, self.body, self.panel, self.strip, self.foot):
            pane.refresh()

    # What a subclass gives.

    def body_lines(self, width: int) -> list[Text]:
        raise NotImplementedError

    def panel_lines(self, width: int) -> list[Text]:
        """The panel beside the body, on screens that are wide enough."""
        raise NotImplementedError

    def strip_lines(self, width: int) -> list[Text]:
        """The few lines below the body, on the others."""
        raise NotImplementedError

    def top_line(self, width: int) -> Text:
        raise NotImplementedError

    def done(self) -> float:
        """How much of the work is done, from 0 to 1."""
        raise NotImplementedError

    # Showing.

    @property
    def wide(self) -> bool:
        return self.size.width >= _WIDE

    @property
    def mode(self) -> Mode | None:
        return self._mode

    def say(self, words: str) -> None:
        self._message = Text(readable(words), style=self.theme.text)
        self._draw_foot()

    def complain(self, words: str, hint: str = "") -> None:
        """Why nothing happened."""
        parts = [
            (readable(words), self.theme.bad),
            (f"  {readable(hint)}" if hint else "", self.theme.quiet),
        ]
        self._message = Text.assemble(*parts)
        self._draw_foot()

    def draw(self, words: str | None = None, *, keep_place: bool = False) -> None:
        """Show everything as it now stands, and say `words`; only what changed is painted."""
        if words is not None:
            self._message = Text(readable(words), style=self.theme.text)
        self._draw_top()
        self._draw_body(keep_place=keep_place)
        self._draw_side()
        self._draw_foot()

    def _draw_top(self) -> None:
        room = self.top.room
        full = round(room * min(max(self.done(), 0.0), 1.0))
        bar = Text.assemble(("━" * full, self.theme.accent), ("─" * (room - full), self.theme.rule))
        self.top.put([self.top_line(room), bar], ground=self.theme.page)

    def _draw_body(self, *, keep_place: bool) -> None:
        mode, room, top = self._mode, self.body.room, self.body.top if keep_place else 0
        if isinstance(mode, Listing):
            self._draw_listing(mode)
            return
        lines = mode.lines(room) if isinstance(mode, TextView) else self.body_lines(room)
        self.body.put([Text(""), *lines], ground=self.theme.page, thumb=self.theme.rule, top=top)

    def _draw_listing(self, mode: Listing) -> None:
        height, room = max(self.body.size.height - 2, 1), self.body.room
        first = max(0, min(mode.cursor - height // 2, mode.count - height))
        lines = [Text(readable(mode.title), style=self.theme.label), Text("")]
        for place in range(first, min(first + height, mode.count)):
            row = clip(mode.row(place, room), room)
            if place == mode.cursor:
                row = Text(
                    f"{row.plain:<{room - row.cell_len + len(row.plain)}}", style=self.theme.chosen
                )
            row.stylize(press(f"pick:{place}"))
            lines.append(row)
        self.body.put(lines, ground=self.theme.page)

    def _draw_side(self) -> None:
        pane = self.panel if self.wide else self.strip
        if isinstance(self._mode, Choice):
            lines = self._mode.lines(pane.room)
        else:
            lines = self.panel_lines(pane.room) if self.wide else self.strip_lines(pane.room)
        if self.wide:
            self.panel.put([Text(""), *lines], ground=self.theme.panel, thumb=self.theme.rule)
            return
        self._fit_strip(len(lines))
        rule = Text("─" * pane.room, style=self.theme.rule)
        self.strip.put([rule, *lines], ground=self.theme.page, thumb=self.theme.rule)

    def _fit_strip(self, lines: int) -> None:
        most = self.size.height // 2 if isinstance(self._mode, Choice) else self.strip_height()
        wanted = max(min(lines, most), 0) + 1
        if self.strip.styles.height is None or self.strip.styles.height.value != wanted:
            self.strip.styles.height = wanted

    def strip_height(self) -> int:
        """How many lines of the strip are in view; half of the screen while a choice is open."""
        return max(5, self.size.height // 5)

    def _draw_foot(self) -> None:
        room = self.foot.room
        if isinstance(self._mode, Question):
            keys, column = self._editor.line(self.theme, room)
            # Where the terminal's own cursor is, input methods show what is being composed.
            self.app.cursor_position = Offset(column + 1, self.size.height - 1)
        else:
            mode, theme = self._mode, self.theme
            keys = (
                mode_line(_WAYS.get(type(mode), ""), theme)
                if mode
                else key_line(self.keys, self.KIND, theme, room)
            )
        self.foot.put([clip(self._message, room), keys], ground=self.theme.page)

    # Modes.

    def choose(self, choice: Choice) -> None:
        self._enter(choice, choice.question)

    def read(self, reading: TextView) -> None:
        self._enter(reading, "")

    def pick(self, listing: Listing) -> None:
        self._enter(listing, "")

    def ask(self, question: Question) -> None:
        self._editor = LineEditor(question.value, question.suggestions)
        self._enter(question, question.question)

    def _enter(self, mode: Mode, words: str) -> None:
        self._leave_mode()
        self._mode = mode
        self._message = Text(readable(words), style=self.theme.accent)
        self.draw(keep_place=not isinstance(mode, Listing | TextView))

    def _leave_mode(self) -> None:
        self._mode = None

    def close_mode(self) -> None:
        self._leave_mode()
        self._message = Text("")
        self.draw()

    # Keys and clicks.

    def on_key(self, event: Key) -> None:
        event.stop()
        event.prevent_default()
        character = event.character if event.is_printable else None
        if isinstance(self._mode, Question) and event.key != "escape":
            self._type(self._mode, event.key, character)
            return
        key = character if character and character != " " else event.key
        self._attempt(lambda: self.press_key(key))

    def on_paste(self, event: Paste) -> None:
        """What is pasted is text for a question; without one it must not be taken for keys."""
        event.stop()
        if isinstance(self._mode, Question):
            self._editor.insert(event.text)
            self._draw_foot()
        else:
            self.complain("pasted text has no meaning here")

    def _type(self, mode: Question, key: str, character: str | None) -> None:
        if key == "enter":
            text = self._editor.text
            self._leave_mode()
            try:
                mode.take(text)
            except ReviewkitError as error:
                # What was typed stays, to be corrected.
                self.ask(replace(mode, value=text))
                self.complain(str(error), error.hint)
            return
        if character:
            self._editor.insert(character)
        else:
            self._editor.press(key)
        self._draw_foot()

    def press_key(self, key: str) -> None:
        """What a key does now."""
        mode = self._mode
        if key == "escape":
            if mode is None:
                self.complain("nothing is open to close")
            else:
                self.close_mode()
        elif isinstance(mode, Choice):
            self._press_choice(mode, key)
        elif isinstance(mode, Listing):
            self._press_listing(mode, key)
        else:
            self._press_action(mode, key)

    def _press_choice(self, mode: Choice, key: str) -> None:
        if key not in mode.options:
            self.complain(
                f"{shown_key(key)} is not one of these",
                f"{mode.question} Esc closes, nothing is stored",
            )
            return
        self._leave_mode()
        mode.take(key)

    def _press_listing(self, mode: Listing, key: str) -> None:
        page = max(self.body.size.height - 3, 1)
        action = self._actions.get(key)
        moves = {
            "scroll_down": 1, "scroll_up": -1, "page_down": page, "page_up": -page, "to_top": -mode.count,
            "to_end": mode.count,
        }  # fmt: skip
        if key == "enter":
            self._leave_mode()
            mode.take(mode.cursor)
        elif action and action.name in moves:
            mode.move(moves[action.name])
            self._draw_listing(mode)
        else:
            self.complain(
                f"{shown_key(key)} does nothing in a list",
                "Enter shows the record, Esc closes the list",
            )

    def _press_action(self, mode: Mode | None, key: str) -> None:
        action = self._actions.get(key)
        if action is None:
            ways = next((k for k, a in self._actions.items() if a.name == "keys"), "")
            self.complain(
                f"{shown_key(key)} has no meaning here",
                f"{shown_key(ways)} shows all keys" if ways else "",
            )
            return
        self.do(action, mode)

    def do(self, action: Action, mode: Mode | None = None) -> None:
        """Do what an action says; anything but scrolling closes a text that is open."""
        if isinstance(mode, TextView) and action.group not in {"Read", "Else"}:
            self.close_mode()
        if action.name.startswith("reason_"):
            self.act_reason(int(action.name.removeprefix("reason_")))
            return
        method: Callable[[], None] = getattr(self, f"act_{action.name}")
        method()

    def _attempt(self, act: Callable[[], None]) -> None:
        """Do it, or say why it cannot be done: a session that refuses has changed nothing."""
        try:
            act()
        except ReviewkitError as error:
            if not isinstance(self._mode, Question):
                self._leave_mode()
            self.draw(keep_place=True)
            self.complain(str(error), error.hint)

    def on_text_pane_resized(self, event: TextPane.Resized) -> None:
        event.stop()
        self.call_later(self.draw, keep_place=True)

    def on_resize(self) -> None:
        self.set_class(self.wide, "wide")
        self.set_class(self.size.width >= 140, "broad")

    def on_click(self, event: Click) -> None:
        event.stop()

    def on_text_pane_pressed(self, event: TextPane.Pressed) -> None:
        event.stop()
        self._attempt(lambda: self.press_name(event.name))

    def press_name(self, name: str) -> None:
        """What a click on something that carries a name does."""
        kind, _, rest = name.partition(":")
        mode = self._mode
        if kind == "close":
            self.close_mode()
        elif kind == "choose" and isinstance(mode, Choice):
            self._press_choice(mode, rest)
        elif kind == "pick" and isinstance(mode, Listing):
            self._leave_mode()
            mode.take(int(rest))
        elif not isinstance(mode, Choice | Question | Listing):
            actions = {action.name: action for action in self._actions.values()}
            if kind in actions:
                self.do(actions[kind], mode)

    # Actions that every face has.

    def act_reason(self, number: int) -> None:
        raise NotImplementedError

    def act_scroll_down(self) -> None:
        self._scroll(1)

    def act_scroll_up(self) -> None:
        self._scroll(-1)

    def act_page_down(self) -> None:
        self._scroll(self.body.size.height - 2)

    def act_page_up(self) -> None:
        self._scroll(2 - self.body.size.height)

    def act_to_top(self) -> None:
        self._scroll(-1_000_000)

    def act_to_end(self) -> None:
        self._scroll(1_000_000)

    def _scroll(self, count: int) -> None:
        if not self.body.scroll_lines(count):
            self.complain("this is the end" if count > 0 else "this is the top")

    def act_keys(self) -> None:
        if isinstance(self._mode, TextView):
            self.close_mode()
        else:
            self.read(
                TextView(lines=lambda width: key_page(self.keys, self.KIND, self.theme, width))
            )

    def act_redraw(self) -> None:
        self.repaint()

    def act_look(self) -> None:
        self.theme = next_theme(self.theme)
        self.app.theme = f"reviewkit-{self.theme.name}"
        self.draw(keep_place=True)
        self.say(
            f"Look: {self.theme.name}. To keep it: look = {self.theme.name!r} under [screen] in {self.keys.where}"
        )

    def act_quit(self) -> None:
        self.app.exit()

    def open_address(self, address: str, label: str) -> None:
        """Open an address in the browser; where there is none, copy it and say so."""
        try:
            program = open_outside(address, os.environ)
        except ReviewkitError as error:
            self.app.copy_to_clipboard(address)
            self.complain(f"copied instead: {address}", f"{error}. {error.hint}")
        else:
            self.say(f"{label} opened with {program}.")

    def copy(self, text: str) -> None:
        self.app.copy_to_clipboard(readable(text))
        self.say(f"Copied: {text}")
