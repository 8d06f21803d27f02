"""A line that is being typed. Pure: it gets the keys in their order and loses none.

Textual's own input takes keys only once it has the focus; what is typed before that is lost.
"""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from reviewkit.tui.readable import readable
from reviewkit.tui.theme import Theme

_STEPS = {"left": -1, "right": 1}
_ENDS = {"home": 0, "ctrl+a": 0, "end": 1, "ctrl+e": 1}


class LineEditor:
    """Text with a cursor in it; `suggestions` complete what was begun."""

    def __init__(self, text: str = "", suggestions: Sequence[str] = ()) -> None:
        self.text = text
        self.cursor = len(text)
        self._suggestions = suggestions

    def insert(self, text: str) -> None:
        clean = readable(text)
        self.text = self.text[: self.cursor] + clean + self.text[self.cursor :]
        self.cursor += len(clean)

    @property
    def suggestion(self) -> str:
        """What would complete the text; empty where nothing does."""
        begun = self.text.casefold()
        if not begun or self.cursor != len(self.text):
            return ""

        for suggestion in self._suggestions:
            if suggestion.casefold().startswith(begun):
                return suggestion[len(self.text) :]
        return ""

    def press(self, key: str) -> bool:
        """Take a key that is no character; return whether it means something here."""
        before, after = self.text[: self.cursor], self.text[self.cursor :]
        if key in _STEPS:
            self.cursor = max(0, min(self.cursor + _STEPS[key], len(self.text)))
        elif key in _ENDS:
            self.cursor = _ENDS[key] * len(self.text)
        elif key == "tab":
            self.insert(self.suggestion)
        elif key in {"backspace", "ctrl+h", "ctrl+w", "ctrl+u"}:
            kept = {"ctrl+w": _without_word(before), "ctrl+u": ""}.get(key, before[:-1])
            self.text, self.cursor = kept + after, len(kept)
        elif key in {"delete", "ctrl+d"}:
            self.text = before + after[1:]
        elif key == "ctrl+k":
            self.text = before
        else:
            return False

        return True

    def line(self, theme: Theme, width: int) -> tuple[Text, int]:
        """Return the line as shown, around the cursor where it does not fit, and its column."""
        room = width - 4
        start = 0
        while cell_len(self.text[start : self.cursor]) > room:
            start += 1

        before, after = self.text[start : self.cursor], self.text[self.cursor :] + " "
        style = theme.text
        if self.suggestion:
            after, style = self.suggestion, theme.quiet
        under, rest = after[0], after[1:]
        line = Text.assemble(
            ("› ", theme.label), (before, theme.text), (under, theme.chosen), (rest, style)
        )
        line.truncate(width)
        return line, 2 + cell_len(before)


def _without_word(text: str) -> str:
    kept = text.rstrip()
    return kept[: kept.rfind(" ") + 1]
