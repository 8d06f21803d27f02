"""What a key can do on each screen, and the presets of keys that people know. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reviewkit.model.messages import in_english, mark


class ScreenKind(StrEnum):
    """A full screen with keys of its own."""

    SCREEN = "screen"
    RESOLVE = "resolve"
    PAIRS = "pairs"


class Preset(StrEnum):
    """A set of keys that people know from another program."""

    REVIEWKIT = "reviewkit"
    RAYYAN = "rayyan"
    ASREVIEW = "asreview"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something a key does: its name in the settings, words, a short label, a group."""

    name: str
    words: str
    label: str
    group: str
    keys: tuple[str, ...]


def _act(group: str, name: str, keys: str, label: str, words: str) -> Action:
    return Action(name=name, words=words, label=label, group=group, keys=tuple(keys.split()))


def _reasons(words: str) -> tuple[Action, ...]:
    return tuple(
        _act("Decide", f"reason_{n}", str(n), "", in_english(words, n=n)) for n in range(1, 10)
    )


_READ = (
    _act("Read", "scroll_down", "down j", "", "scroll down a line"),
    _act("Read", "scroll_up", "up k", "", "scroll up a line"),
    _act("Read", "page_down", "pagedown space", "", "scroll down a page"),
    _act("Read", "page_up", "pageup", "", "scroll up a page"),
    _act("Read", "to_top", "home", "", "to the top"),
    _act("Read", "to_end", "end", "", "to the end"),
)
_ELSE = (
    _act("Else", "look", "L", "", "change between dark, light and the terminal's own colours"),
    _act(
        "Else",
        "redraw",
        "ctrl+l",
        "",
        "paint everything again, when something else wrote onto the screen",
    ),
    _act("Else", "keys", "?", "keys", "show all keys"),
    _act("Else", "quit", "q", "leave", "leave; every decision is stored already"),
)
_SCREEN = (
    _act("Decide", "include", "i", "include", "include the record"),
    _act("Decide", "exclude", "e", "exclude", "exclude the record: choose the reason by its digit"),
    _act("Decide", "maybe", "m", "maybe", "decide later; it is stored as a maybe"),
    _act("Decide", "skip", "s", "skip", "show the next one; this one comes again"),
    _act("Decide", "undo", "u", "undo", "take back the latest step, as often as you like"),
    *_reasons(mark("exclude for reason {n}")),
    _act("Decide", "decide_many", "A", "", "decide alike on all open records of the filter"),
    _act("Say", "note", "n", "note", "write a note on the record"),
    _act("Say", "tag", "t", "tag", "put a tag on the record, or take it off"),
    _act(
        "Say",
        "term_add",
        "w",
        "",
        "highlight a word of your own: word, +word for inclusion, -word for exclusion",
    ),
    _act("Say", "term_remove", "W", "", "no longer highlight a word of your own"),
    _act("Say", "study", "S", "", "full text: link the report to a study, or take it back"),
    _act("Say", "retrieval", "r", "report", "full text: the report was sought, retrieved or not"),
    _act("Correct", "edit", "E", "", "correct a field of the record, such as title, year or DOI"),
    _act("Correct", "duplicate", "d", "", "the record is a duplicate of another one"),
    _act("Correct", "not_duplicate", "D", "", "the record and another one are not duplicates"),
    _act("Go", "back", "b left", "back", "the record before this one"),
    _act("Go", "forward", "right", "", "forward again, or to the next one"),
    _act("Go", "find", "/", "find", "find a record by words of its title or abstract"),
    _act("Go", "filter", "f", "filter", "show only some records"),
    _act("Go", "list", "l", "", "list what the filter leaves"),
    _act("Go", "history", "h", "", "list your decisions, the newest first"),
    _act("Open", "open_doi", "o", "open", "open the DOI in the browser"),
    _act("Open", "open_pubmed", "p", "", "open PubMed in the browser"),
    _act("Open", "open_link", "O", "", "open the record's first other link in the browser"),
    _act("Open", "open_pdf", "P", "", "open the local PDF"),
    _act("Open", "copy", "y", "copy", "copy the citation"),
    _act("Open", "panel", "c", "", "criteria: show more or less"),
    *_READ,
    *_ELSE,
)
_RESOLVE = (
    _act("Decide", "include", "i", "include", "settle it: include"),
    _act("Decide", "exclude", "e", "exclude", "settle it: exclude, the reason by its digit"),
    *_reasons(mark("settle it: exclude for reason {n}")),
    _act("Decide", "skip", "s", "skip", "leave this conflict for later"),
    _act("Decide", "undo", "u", "undo", "take back the latest step"),
    _act("Open", "open_doi", "o", "open", "open the DOI in the browser"),
    _act("Open", "open_pubmed", "p", "", "open PubMed in the browser"),
    _act("Open", "copy", "y", "copy", "copy the citation"),
    *_READ,
    *_ELSE,
)
_PAIRS = (
    _act("Decide", "same", "s", "same", "the two are one record"),
    _act("Decide", "different", "d", "different", "the two are different works"),
    _act(
        "Decide",
        "related",
        "r",
        "related",
        "two works that belong together: choose how by its digit",
    ),
    _act("Decide", "same_group", "S", "", "all records that hang together are one record"),
    _act("Decide", "different_group", "D", "", "all pairs that hang together are different works"),
    _act(
        "Decide",
        "different_kind",
        "K",
        "",
        "all pairs with these titles and this journal are different works",
    ),
    _act("Decide", "skip", "n", "skip", "leave this pair for later"),
    _act("Decide", "undo", "u", "undo", "take back the latest step"),
    *_READ,
    *_ELSE,
)
ACTIONS: Mapping[ScreenKind, tuple[Action, ...]] = {
    ScreenKind.SCREEN: _SCREEN,
    ScreenKind.RESOLVE: _RESOLVE,
    ScreenKind.PAIRS: _PAIRS,
}

# Rayyan: I, E, U. ASReview: R, I, N, where I is the opposite of Rayyan's.
PRESETS: Mapping[Preset, Mapping[ScreenKind, Mapping[str, tuple[str, ...]]]] = {
    Preset.REVIEWKIT: {},
    Preset.RAYYAN: {
        ScreenKind.SCREEN: {"maybe": ("u",), "undo": ("z",)},
        ScreenKind.RESOLVE: {"undo": ("z",)},
    },
    Preset.ASREVIEW: {
        ScreenKind.SCREEN: {"include": ("r",), "exclude": ("i",), "retrieval": ("R",)},
        ScreenKind.RESOLVE: {"include": ("r",), "exclude": ("i",)},
    },
}
