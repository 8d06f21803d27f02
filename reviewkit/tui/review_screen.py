"""The full screen that screening, conflicts and pairs share: panes, keys, questions, and reasons
for a key that does nothing.

A subclass says what each action does; its content says what is shown; the session decides.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.events import Click, Key, Paste
from textual.geometry import Offset
from textual.screen import Screen

from reviewkit.model.errors import ReviewkitError
from reviewkit.model.messages import mark, tr
from reviewkit.tui.actions import Action, ScreenKind
from reviewkit.tui.keys import Keys
from reviewkit.tui.line_editor import LineEditor
from reviewkit.tui.modes import Choice, Listing, Mode, Question, TextView
from reviewkit.tui.panes import Panes
from reviewkit.tui.readable import readable
from reviewkit.tui.screen_content import ScreenContent, Space
from reviewkit.tui.text_pane import TextPane
from reviewkit.tui.text_parts import key_line, key_page, mode_line, shown_key
from reviewkit.tui.theme import Theme, next_theme

if TYPE_CHECKING:
    from reviewkit.tui.app import ReviewApp

Handler = Callable[[], None]
_WIDE, _BROAD = 100, 140
_MODE_HELP = {Choice: mark("the key beside it chooses"), Listing: mark("Enter shows it")}
# Actions that leave an open text where it is.
_KEEPS_TEXT_OPEN = frozenset({"Read", "Else"})


class ReviewScreen(Screen[None], inherit_bindings=False):
    """One full screen. `handlers` has a function for each action of its kind."""

    KIND: ClassVar[ScreenKind]
    AUTO_FOCUS = ""

    def __init__(self, content: ScreenContent, keys: Keys, theme: Theme) -> None:
        super().__init__()
        self.keys = keys
        self.theme = theme
        self.panes = Panes(content)
        self._actions_by_key = keys.by_key(self.KIND)
        self._mode: Mode | None = None
        self._message = Text("")
        self._editor = LineEditor()

    @cached_property
    def _handlers(self) -> dict[str, Handler]:
        reasons = {
            f"reason_{number}": partial(self.choose_reason, number) for number in range(1, 10)
        }
        return {**reasons, **self._shared_handlers(), **self.handlers()}

    @abstractmethod
    def handlers(self) -> Mapping[str, Handler]:
        """What each action of this screen does, by the action's name."""

    def choose_reason(self, number: int) -> None:
        """Exclude for a reason, by its number from 1."""

    def before_key(self) -> None:
        """Called before a key or a click does its work."""

    def press_link(self, place: int) -> None:
        """Open the link that was clicked."""

    # Showing.

    def compose(self) -> ComposeResult:
        yield from self.panes.compose()

    def on_mount(self) -> None:
        # After Ctrl-Z and fg the terminal is empty: everything is painted, not only what changed.
        self.app.app_resume_signal.subscribe(self, lambda _app: self._repaint())

    @property
    def wide(self) -> bool:
        return self.size.width >= _WIDE

    @property
    def mode(self) -> Mode | None:
        """What is open: a choice, a question, a list, a text; else `None`."""
        return self._mode

    @property
    def _space(self) -> Space:
        return Space(
            width=self.size.width, height=self.size.height, wide=self.wide, theme=self.theme
        )

    def say(self, words: str) -> None:
        self._message = Text(readable(words), style=self.theme.text)
        self._draw_foot()

    def complain(self, words: str, hint: str = "") -> None:
        """Say why nothing happened."""
        self._message = Text(readable(words), style=self.theme.bad)
        if hint:
            self._message.append(f"  {readable(hint)}", style=self.theme.quiet)
        self._draw_foot()

    def draw(self, words: str | None = None, *, keep_place: bool = False) -> None:
        """Show everything as it is now, and say `words`; only cells that changed are painted."""
        if words is not None:
            self._message = Text(readable(words), style=self.theme.text)

        top = 0
        if keep_place:
            top = self.panes.body.top
        self.panes.draw_top(self._space)
        self.panes.draw_body(self._mode, self._space, top=top)
        self.panes.draw_side(self._mode, self._space)
        self._draw_foot()

    def _draw_foot(self) -> None:
        self.panes.draw_foot(self._message, self._foot_keys(), self.theme)

    def _foot_keys(self) -> Text:
        if isinstance(self._mode, Question):
            line, column = self.panes.editor_line(self._editor, self.theme)
            # Input methods show what is being composed where the terminal's own cursor is.
            self.app.cursor_position = Offset(column + 1, self.size.height - 1)
            return line
        if self._mode:
            return mode_line(tr(_MODE_HELP.get(type(self._mode), "")), self.theme)
        return key_line(self.keys, self.KIND, self.theme, self.panes.foot.room)

    def _repaint(self) -> None:
        cast("ReviewApp", self.app).screen_lost()
        self.panes.refresh()

    # Choices, questions, lists, texts.

    def choose(self, choice: Choice) -> None:
        self._open(choice, choice.question)

    def pick(self, listing: Listing) -> None:
        self._open(listing, "")

    def ask(self, question: Question) -> None:
        self._editor = LineEditor(question.value, question.suggestions)
        self._open(question, question.question)

    def _open(self, mode: Mode, words: str) -> None:
        self._mode = mode
        self._message = Text(readable(words), style=self.theme.accent)
        self.draw(keep_place=not isinstance(mode, Listing | TextView))

    def _close(self) -> None:
        self._mode = None
        self._message = Text("")
        self.draw()

    # Keys and clicks.

    def on_key(self, event: Key) -> None:
        event.stop()
        event.prevent_default()
        self.before_key()
        character = None
        if event.is_printable:
            character = event.character
        if isinstance(self._mode, Question) and event.key != "escape":
            self._type(self._mode, event.key, character)
            return

        key = event.key
        if character and character != " ":
            key = character
        self._attempt(lambda: self._press_key(key))

    def on_paste(self, event: Paste) -> None:
        """Pasted text answers a question; without one it must not be taken for keys."""
        event.stop()
        if isinstance(self._mode, Question):
            self._editor.insert(event.text)
            self._draw_foot()
        else:
            self.complain(tr("pasted text has no meaning here"))

    def on_click(self, event: Click) -> None:
        event.stop()

    def on_text_pane_pressed(self, event: TextPane.Pressed) -> None:
        event.stop()
        self.before_key()
        self._attempt(lambda: self._press_name(event.name))

    def on_text_pane_resized(self, event: TextPane.Resized) -> None:
        event.stop()
        self.call_later(self.draw, keep_place=True)

    def on_resize(self) -> None:
        self.set_class(self.wide, "wide")
        self.set_class(self.size.width >= _BROAD, "broad")

    def _attempt(self, act: Handler) -> None:
        """Do it, or say why it cannot be done: an action that is refused changes nothing."""
        try:
            act()
        except ReviewkitError as error:
            if not isinstance(self._mode, Question):
                self._mode = None
            self.draw(keep_place=True)
            self.complain(str(error), error.hint)

    def _type(self, question: Question, key: str, character: str | None) -> None:
        if key == "enter":
            self._answer(question)
            return

        if character:
            self._editor.insert(character)
        else:
            self._editor.press(key)
        self._draw_foot()

    def _answer(self, question: Question) -> None:
        text = self._editor.text
        self._mode = None
        try:
            question.take(text)
        except ReviewkitError as error:
            # The text stays, to be corrected.
            self.ask(replace(question, value=text))
            self.complain(str(error), error.hint)

    def _press_key(self, key: str) -> None:
        match self._mode:
            case None if key == "escape":
                self.complain(tr("nothing is open to close"))
            case _ if key == "escape":
                self._close()
            case Choice() as choice:
                self._press_choice(choice, key)
            case Listing() as listing:
                self._press_listing(listing, key)
            case _:
                self._press_action(key)

    def _press_choice(self, choice: Choice, key: str) -> None:
        if key not in choice.options:
            self.complain(
                tr("{key} is not one of these", key=shown_key(key)),
                tr("{question} Esc closes, nothing is stored", question=choice.question),
            )
            return

        self._mode = None
        choice.take(key)

    def _press_listing(self, listing: Listing, key: str) -> None:
        page = max(self.panes.body.size.height - 3, 1)
        moves = {
            "scroll_down": 1,
            "scroll_up": -1,
            "page_down": page,
            "page_up": -page,
            "to_top": -listing.count,
            "to_end": listing.count,
        }

        action = self._actions_by_key.get(key)
        if key == "enter":
            self._mode = None
            listing.take(listing.cursor)
        elif action and action.name in moves:
            listing.move(moves[action.name])
            self.panes.draw_listing(listing, self.theme)
        else:
            self.complain(
                tr("{key} does nothing in a list", key=shown_key(key)),
                tr("Enter shows the record, Esc closes the list"),
            )

    def _press_action(self, key: str) -> None:
        action = self._actions_by_key.get(key)
        if action:
            self._do(action)
            return

        hint = ""
        if all_keys := self.keys.first_key(self.KIND, "keys"):
            hint = tr("{all_keys} shows all keys", all_keys=shown_key(all_keys))
        self.complain(tr("{key} has no meaning here", key=shown_key(key)), hint)

    def _press_name(self, name: str) -> None:
        """Do what a click on a named part of a line means."""
        kind, _, rest = name.partition(":")

        match self._mode:
            case _ if kind == "close":
                self._close()
            case Choice() as choice:
                if kind == "choose":
                    self._press_choice(choice, rest)
            case Listing() as listing:
                if kind == "pick":
                    self._mode = None
                    listing.take(int(rest))
            case None if kind == "link":
                self.press_link(int(rest))
            case None | TextView():
                actions = {action.name: action for action in self._actions_by_key.values()}
                if kind in actions:
                    self._do(actions[kind])

    def _do(self, action: Action) -> None:
        if isinstance(self._mode, TextView) and action.group not in _KEEPS_TEXT_OPEN:
            self._close()
        self._handlers[action.name]()

    # Actions of every screen.

    def _shared_handlers(self) -> dict[str, Handler]:
        def page() -> int:
            return self.panes.body.size.height - 2

        return {
            "scroll_down": lambda: self._scroll(1),
            "scroll_up": lambda: self._scroll(-1),
            "page_down": lambda: self._scroll(page()),
            "page_up": lambda: self._scroll(-page()),
            "to_top": lambda: self._scroll(-1_000_000),
            "to_end": lambda: self._scroll(1_000_000),
            "keys": self._show_keys,
            "redraw": self._repaint,
            "look": self._change_theme,
            "quit": self._quit,
        }

    def _quit(self) -> None:
        self.app.exit()

    def _scroll(self, count: int) -> None:
        if self.panes.body.scroll_lines(count):
            return
        if count > 0:
            self.complain(tr("this is the end"))
        else:
            self.complain(tr("this is the top"))

    def _show_keys(self) -> None:
        if isinstance(self._mode, TextView):
            self._close()
        else:
            lines = partial(key_page, self.keys, self.KIND, self.theme)
            self._open(TextView(lines=lines), "")

    def _change_theme(self) -> None:
        self.theme = next_theme(self.theme)
        self.app.theme = f"reviewkit-{self.theme.name}"
        self.draw(keep_place=True)
        name = self.theme.name
        self.say(
            tr(
                "Look: {name}. To keep it: look = {name2} under [screen] in {where}",
                name=name,
                name2=repr(name),
                where=self.keys.where,
            )
        )
