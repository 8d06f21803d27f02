"""Small texts that every face shows: counts, times, labelled sections, lists to choose from, all keys. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rich.style import Style
from rich.text import Text

from reviewkit.model.text import duration
from reviewkit.tui.actions import ACTIONS, ScreenKind
from reviewkit.tui.keys import Keys
from reviewkit.tui.readable import make_readable, readable
from reviewkit.tui.text_pane import clip, press, wrap
from reviewkit.tui.theme import Theme

# The keys of a list, in order: digits first, then letters.
CHOICE_KEYS = "1234567890abcdefghijklmnopqrstuvwxyz"
_KEY_COLUMN = 22
_SHOWN = {
    "pagedown": "PgDn", "pageup": "PgUp", "up": "↑", "down": "↓", "left": "←", "right": "→",
    "home": "Home", "end": "End", "space": "Space", "enter": "Enter", "escape": "Esc",
}  # fmt: skip


def count(number: int) -> str:
    return f"{number:,}"


def pace(seconds: float) -> str:
    return f"{seconds:.1f} s each" if seconds < 9.95 else f"{duration(seconds)} each"


def said(text: str | None, style: Style) -> Text:
    """A text from data in one style, made readable."""
    return Text(readable(text), style=style)


def marked(
    text: str, spans: Iterable[tuple[int, int, Style]], style: Style, *, lines: bool = False
) -> Text:
    """A text from data with stretches of it, counted in its own characters, in styles of their own."""
    shown = make_readable(text, lines=lines)
    made = Text(shown.text, style=style)
    for start, end, theme in spans:
        made.stylize(theme, *shown.span(start, end))
    return made


def joined(parts: Iterable[Text], gap: Text) -> Text:
    return gap.join(part for part in parts if part.plain)


def heading(words: str, theme: Theme) -> Text:
    return Text(words, style=theme.label)


def spread(left: Text, right: Text, width: int) -> Text:
    """Two texts at the two ends of a line; the left one gives way."""
    right = clip(right, width)
    left = (
        clip(left, max(width - right.cell_len - 2, 0)) if width - right.cell_len > 3 else Text("")
    )
    return Text.assemble(left, " " * (width - left.cell_len - right.cell_len), right)


def indented(text: Text, width: int, *, first: Text, rest: int) -> list[Text]:
    """`text` wrapped behind `first`, the lines after the first one set in by `rest` columns."""
    lines = wrap(text, width - rest) or [Text("")]
    return [
        Text.assemble(first, line) if place == 0 else Text.assemble(" " * rest, line)
        for place, line in enumerate(lines)
    ]


def shown_key(key: str) -> str:
    return _SHOWN.get(key, key)


@lru_cache(maxsize=8)
def key_line(keys: Keys, screen: ScreenKind, theme: Theme, width: int) -> Text:
    """The bottom line: as many labelled keys as fit, each of which can be clicked; always the way to all of them."""
    entries = []
    for action in ACTIONS[screen]:
        bound = keys.of(screen, action)
        if action.label and bound:
            entry = Text.assemble(
                (shown_key(bound[0]), theme.key), (f" {action.label}", theme.quiet)
            )
            entry.stylize(press(action.name))
            entries.append((action.name, entry))
    last = [entry for name, entry in entries if name == "keys"]
    line = Text("")
    room = width - sum(entry.cell_len + 3 for entry in last)
    for name, entry in entries:
        if name != "keys" and line.cell_len + entry.cell_len + 3 <= room:
            line = Text.assemble(line, "   " if line.plain else "", entry)
    return joined([line, *last], Text("   "))


def mode_line(words: str, theme: Theme) -> Text:
    """The bottom line while something is open: how to close it, and what else there is to do."""
    leave = Text.assemble(("Esc", theme.key), (" closes", theme.quiet))
    leave.stylize(press("close"))
    return Text.assemble(leave, (f"   {words}", theme.quiet))


def key_page(keys: Keys, screen: ScreenKind, theme: Theme, width: int) -> list[Text]:
    """Every key of a face, made from what the keys really do."""
    lines = [Text("All keys", style=theme.title)]
    where = (
        f"{readable(keys.preset)}; your own in {readable(keys.where)}"
        if keys.where
        else readable(keys.preset)
    )
    lines += [*wrap(Text(f"Keys: {where}", style=theme.quiet), width), Text("")]
    groups = dict.fromkeys(action.group for action in ACTIONS[screen])
    for group in groups:
        lines.append(heading(group, theme))
        listed = [action for action in ACTIONS[screen] if action.group == group]
        for action in (a for a in listed if not a.name.startswith("reason_")):
            bound = "  ".join(shown_key(key) for key in keys.of(screen, action))
            lines += _key_entry(bound, action.words, action.name, theme, width)
        if reasons := [
            key for a in listed if a.name.startswith("reason_") for key in keys.of(screen, a)
        ]:
            words = "exclude at once, for the reason with this number"
            lines += _key_entry(
                " ".join(shown_key(key) for key in reasons), words, "", theme, width
            )
        lines.append(Text(""))
    fixed = {
        "Esc": "close what is open",
        "Ctrl-C": "leave at once",
        "Ctrl-Z": "send to the background; fg comes back",
    }
    lines.append(heading("Always", theme))
    for key, words in fixed.items():
        lines += _key_entry(key, words, "", theme, width)
    return lines


def _key_entry(bound: str, words: str, name: str, theme: Theme, width: int) -> list[Text]:
    first = Text(f"  {bound or 'none':<{_KEY_COLUMN - 2}}", style=theme.key)
    lines = indented(Text(words, style=theme.text), width, first=first, rest=_KEY_COLUMN)
    for line in lines:
        line.stylize(press(name))
    return lines


def legend(theme: Theme) -> Text:
    """What the three kinds of highlight look like."""
    return Text.assemble(
        ("for inclusion", theme.include),
        "  ",
        ("for exclusion", theme.exclude),
        "  ",
        ("own", theme.own),
    )


def choices(
    names: Sequence[str], theme: Theme, width: int, *, marks: Mapping[int, Text] | None = None
) -> list[Text]:
    """A numbered list to choose from by one key, each line to be clicked; in two columns where that fits."""
    entries: list[list[Text]] = []
    for place, (key, name) in enumerate(zip(CHOICE_KEYS, names, strict=False)):
        mark = (marks or {}).get(place)
        words = Text.assemble(mark or "", " " if mark else "", (readable(name), theme.text))
        entry = indented(words, width, first=Text(f"{key} ", style=theme.key), rest=2)
        for line in entry:
            line.stylize(press(f"choose:{key}"))
        entries.append(entry)
    if all(len(entry) == 1 and entry[0].cell_len <= width // 2 - 2 for entry in entries):
        return columns([entry[0] for entry in entries], width)
    return [line for entry in entries for line in entry]


def columns(entries: Sequence[Text], width: int, *, least: int = 34) -> list[Text]:
    """Short texts in as many columns as fit with at least `least` each, read downwards; what is too long is cut."""
    across = max(1, min(width // least, len(entries)))
    down = -(-len(entries) // across)
    room = width // across - 2
    lines = []
    for row in range(down):
        line = Text("")
        for column in range(across):
            place = column * down + row
            if place < len(entries):
                entry = clip(entries[place], room)
                line = Text.assemble(line, entry, " " * (room + 2 - entry.cell_len))
        line.rstrip()
        lines.append(line)
    return lines
