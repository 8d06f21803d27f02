"""Small texts that all screens show: counts, headings, lists to choose from, keys. Pure."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rich.style import Style
from rich.text import Text

from reviewkit.model.messages import decimal, mark, recognise, tr
from reviewkit.model.text import duration
from reviewkit.tui.actions import ACTIONS, Action, ScreenKind
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

_FIXED_KEYS = {
    "Esc": mark("close what is open"),
    "Ctrl-C": mark("leave at once"),
    "Ctrl-Z": mark("send to the background; fg comes back"),
}


def count(number: int) -> str:
    """Return a number with commas between thousands."""
    return f"{number:,}"


def pace(seconds: float) -> str:
    """Return the time per decision: "4.2 s each", "3 min each"."""
    if seconds < 9.95:
        return tr("{seconds} s each", seconds=decimal(seconds, ".1f"))
    return tr("{seconds} each", seconds=duration(seconds))


def data_text(text: str | None, style: Style) -> Text:
    """Return a text from data in one style, made readable."""
    return Text(readable(text), style=style)


def marked(
    text: str, spans: Iterable[tuple[int, int, Style]], style: Style, *, lines: bool = False
) -> Text:
    """Return a text from data with stretches of it, counted in its own characters, in styles."""
    shown = make_readable(text, lines=lines)
    made = Text(shown.text, style=style)
    for start, end, span_style in spans:
        made.stylize(span_style, *shown.span(start, end))

    return made


def joined(parts: Iterable[Text], gap: Text) -> Text:
    """Join the parts that have any text."""
    return gap.join(part for part in parts if part.plain)


def heading(words: str, theme: Theme) -> Text:
    return Text(words, style=theme.label)


def spread(left: Text, right: Text, width: int) -> Text:
    """Return two texts at the two ends of a line; the left one is cut where both do not fit."""
    right = clip(right, width)
    room = width - right.cell_len
    if room <= 3:
        return Text.assemble(" " * room, right)

    left = clip(left, room - 2)
    return Text.assemble(left, " " * (room - left.cell_len), right)


def indented(text: Text, width: int, *, first: Text, rest: int) -> list[Text]:
    """Return `text` wrapped behind `first`, its later lines set in by `rest` columns."""
    lines = wrap(text, width - rest) or [Text("")]
    margin = " " * rest
    return [
        Text.assemble(first, lines[0]),
        *(Text.assemble(margin, line) for line in lines[1:]),
    ]


def beside(cells: Sequence[Sequence[Text]], width: int, gap: int) -> list[Text]:
    """Return cells of several lines side by side, each `width` columns wide."""
    lines = []
    for row in range(max(len(cell) for cell in cells)):
        line = Text("")
        for cell in cells:
            part = Text("")
            if row < len(cell):
                part = clip(cell[row], width)
            line = Text.assemble(line, part, " " * (width + gap - part.cell_len))

        line.rstrip()
        lines.append(line)
    return lines


def shown_key(key: str) -> str:
    return _SHOWN.get(key, key)


@lru_cache(maxsize=8)
def key_line(keys: Keys, screen: ScreenKind, theme: Theme, width: int) -> Text:
    """Return the bottom line: as many labelled keys as fit, and always the key for all keys.

    Each can be clicked.
    """
    all_keys = Text("")
    others = []
    for action in ACTIONS[screen]:
        bound = keys.of(screen, action)
        if not (action.label and bound):
            continue
        entry = Text.assemble(
            (shown_key(bound[0]), theme.key), (f" {tr(action.label)}", theme.quiet)
        )
        entry.stylize(press(action.name))
        if action.name == "keys":
            all_keys = entry
        else:
            others.append(entry)

    gap = Text("   ")
    room = width
    if all_keys.plain:
        room -= all_keys.cell_len + gap.cell_len
    line = Text("")
    for entry in others:
        if line.cell_len + entry.cell_len + gap.cell_len <= room:
            line = joined([line, entry], gap)
    return joined([line, all_keys], gap)


def mode_line(words: str, theme: Theme) -> Text:
    """Return the bottom line while something is open: how to close it, and what else to do."""
    leave = Text.assemble(("Esc", theme.key), (tr(" closes"), theme.quiet))
    leave.stylize(press("close"))
    return Text.assemble(leave, (f"   {words}", theme.quiet))


def key_page(keys: Keys, screen: ScreenKind, theme: Theme, width: int) -> list[Text]:
    """Return every key of a screen, made from what the keys do."""
    source = readable(keys.preset)
    if keys.where:
        source += tr("; your own in {where}", where=readable(keys.where))
    lines = [
        Text(tr("All keys"), style=theme.title),
        *wrap(Text(tr("Keys: {source}", source=source), style=theme.quiet), width),
        Text(""),
    ]

    for group in dict.fromkeys(action.group for action in ACTIONS[screen]):
        actions = [action for action in ACTIONS[screen] if action.group == group]
        lines += [heading(tr(group), theme), *_group_lines(keys, screen, actions, theme, width)]
        lines.append(Text(""))

    lines.append(heading(tr("Always"), theme))
    for key, words in _FIXED_KEYS.items():
        lines += _key_entry(key, Text(tr(words), style=theme.text), "", theme, width)
    return lines


def _group_lines(
    keys: Keys, screen: ScreenKind, actions: Sequence[Action], theme: Theme, width: int
) -> list[Text]:
    """Return a line per action; the nine keys for reasons share one line."""
    lines = []
    reason_keys: list[str] = []
    for action in actions:
        bound = [shown_key(key) for key in keys.of(screen, action)]
        if action.name.startswith("reason_"):
            reason_keys += bound
            continue
        words = Text(recognise(action.words), style=theme.text)
        lines += _key_entry("  ".join(bound), words, action.name, theme, width)

    if reason_keys:
        words = Text(tr("exclude at once, for the reason with this number"), style=theme.text)
        lines += _key_entry(" ".join(reason_keys), words, "", theme, width)
    return lines


def _key_entry(bound: str, words: Text, name: str, theme: Theme, width: int) -> list[Text]:
    first = Text(f"  {bound or tr('none'):<{_KEY_COLUMN - 2}}", style=theme.key)
    lines = indented(words, width, first=first, rest=_KEY_COLUMN)
    for line in lines:
        line.stylize(press(name))
    return lines


def legend(theme: Theme) -> Text:
    """Return the three kinds of highlight, each in its own style."""
    return Text.assemble(
        (tr("for inclusion"), theme.include),
        "  ",
        (tr("for exclusion"), theme.exclude),
        "  ",
        (tr("own"), theme.own),
    )


def choices(
    names: Sequence[str], theme: Theme, width: int, *, marks: Mapping[int, Text] | None = None
) -> list[Text]:
    """Return a numbered list to choose from by one key, in two columns where that fits.

    `marks` has a sign to show before a name, by its place. Each line can be clicked.
    """
    marks = marks or {}
    entries: list[list[Text]] = []
    for place, (key, name) in enumerate(zip(CHOICE_KEYS, names, strict=False)):
        words = data_text(name, theme.text)
        if place in marks:
            words = Text.assemble(marks[place], " ", words)
        entry = indented(words, width, first=Text(f"{key} ", style=theme.key), rest=2)
        for line in entry:
            line.stylize(press(f"choose:{key}"))
        entries.append(entry)

    lines = list(itertools.chain.from_iterable(entries))
    fit = all(line.cell_len <= width // 2 - 2 for line in lines)
    if fit and len(lines) == len(entries):
        return columns(lines, width)
    return lines


def columns(entries: Sequence[Text], width: int, *, least: int = 34) -> list[Text]:
    """Return short texts in as many columns as fit with at least `least` each, read downwards.

    What is too long is cut.
    """
    across = max(1, min(width // least, len(entries)))
    down = -(-len(entries) // across)
    if not down:
        return []
    cells = [entries[start : start + down] for start in range(0, len(entries), down)]
    return beside(cells, width // across - 2, 2)
