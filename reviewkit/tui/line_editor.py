"""A line that is being typed. Pure: it is told of keys in the order in which they came and never loses one.

Textual's own input takes keys only once it has the focus, and what is typed faster than that would be lost.
"""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from reviewkit.tui.readable import readable
from reviewkit.tui.theme import Theme

_MOVES = {"home": 0, "ctrl+a": 0, "end": 1, "ctrl+e": 1}


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
        fitting = (s for s in self._suggestions if begun and s.casefold().startswith(begun))
        return next(fitting, "")[len(self.text) :] if self.cursor == len(self.text) else ""

    def press(self, key: str) -> bool:
        """Take a key that is no character; whether it means something here."""
        before, after = self.text[: self.cursor], self.text[self.cursor :]
        if key in {"left", "right"}:
            step = -1 if key == "left" else 1
            self.cursor = max(0, min(self.cursor + step, len(self.text)))
        elif key in _MOVES:
            self.cursor = _MOVES[key] * len(self.text)
        elif key == "tab":
            self.insert(self.suggestion)
        elif key in {"backspace", "ctrl+h", "ctrl+w", "ctrl+u"}:
            kept = {"ctrl+w": _without_word(before), "ctrl+u": ""}.get(key, before[:-1])
            self.text, self.cursor = kept + after, len(kept)
        elif key in {"delete", "ctrl+d", "ctrl+k"}:
            self.text = before + ("" if key == "ctrl+k" else after[1:])
        else:
            return False
        return True

    def line(self, theme: Theme, width: int) -> tuple[Text, int]:
        """The line as shown, the part around the cursor where it does not fit; and the cursor's column."""
        room = width - 4
        start = 0
        while cell_len(self.text[start : self.cursor]) > room:
            start += 1
        before, after = self.text[start : self.cursor], self.text[self.cursor :] + " "
        ghost = self.suggestion
        under, rest = (ghost[0], ghost[1:]) if ghost else (after[0], after[1:])
        style = theme.quiet if ghost else theme.text
        line = Text.assemble(
            ("› ", theme.label), (before, theme.text), (under, theme.chosen), (rest, style)
        )
        line.truncate(width)
        return line, 2 + cell_len(before)


def _without_word(text: str) -> str:
    kept = text.rstrip()
    return kept[: kept.rfind(" ") + 1]
