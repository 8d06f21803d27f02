"""Which key does what: a preset, changed by the reviewer's own settings.

Every mistake in the settings is reported at once.
"""

import difflib
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from reviewkit.model.choices import not_among
from reviewkit.model.errors import Mistake, UsageError, system_reason
from reviewkit.model.foreign import read_toml
from reviewkit.tui.actions import ACTIONS, PRESETS, Action, Preset, ScreenKind

_NAMED = frozenset({
    "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "enter", "space", "tab",
    "backspace", "delete", "insert", "escape", *(f"f{number}" for number in range(1, 13)),
})  # fmt: skip
# Keys that leave, send to the background, or become another key in a terminal.
_RESERVED = {
    "ctrl+c": "always leaves",
    "ctrl+z": "always sends to the background",
    "ctrl+i": "is the same as tab in a terminal",
    "ctrl+m": "is the same as enter in a terminal",
    "escape": "always closes what is open",
}
_MODIFIERS = ("ctrl", "alt", "shift")
_KEY_NAMES = {" ": "space"}
THEME_NAMES = ("auto", "dark", "light", "terminal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys of every screen, and the theme. `where` is the file they come from."""

    preset: Preset = Preset.REVIEWKIT
    changed: Mapping[ScreenKind, Mapping[str, tuple[str, ...]]] = field(
        default_factory=dict, hash=False
    )
    theme: str = "auto"
    where: str = ""

    def of(self, screen: ScreenKind, action: Action) -> tuple[str, ...]:
        """The keys of an action, as a person writes them."""
        own = self.changed.get(screen, {})
        if action.name in own:
            return own[action.name]
        return PRESETS[self.preset].get(screen, {}).get(action.name, action.keys)

    def first_key(self, screen: ScreenKind, action_name: str) -> str:
        """The first key of an action, by the action's name; empty where it has none."""
        for key, action in self.by_key(screen).items():
            if action.name == action_name:
                return key
        return ""

    def by_key(self, screen: ScreenKind) -> dict[str, Action]:
        """The action of every key of a screen."""
        actions = {}
        for action in ACTIONS[screen]:
            actions.update(dict.fromkeys(self.of(screen, action), action))
        return actions


def settings_path(environment: Mapping[str, str]) -> Path:
    """Return the reviewer's settings file: REVIEWKIT_CONFIG, or the system's `config.toml`."""
    if path := environment.get("REVIEWKIT_CONFIG"):
        return Path(path)
    return user_config_path("reviewkit") / "config.toml"


def load_keys(path: Path | None = None, *, preset: str | None = None) -> Keys:
    """Return the keys of a settings file; the defaults where there is no file.

    `preset` goes before the file's. Raises UsageError with every mistake and its place: an unknown
    action or key, a key that two actions of one screen would have, an unknown preset or look, a
    file that is not TOML.
    """
    if preset is not None and preset not in set(Preset):
        raise not_among(f"no preset {preset!r}", preset, Preset, where="--keys")

    where = path or settings_path(os.environ)
    raw = _read(where, required=path is not None)
    mistakes: list[Mistake] = []
    in_file = _table(raw, "keys", mistakes).get("preset", Preset.REVIEWKIT)
    keys = Keys(
        preset=_preset(preset or in_file, mistakes),
        changed={screen: _changes(raw, screen, mistakes) for screen in ScreenKind},
        theme=_theme(_table(raw, "screen", mistakes).get("look", "auto"), mistakes),
        where=str(where),
    )

    for screen in ScreenKind:
        mistakes += _clashes(keys, screen)
    if mistakes:
        raise UsageError(
            "; ".join(str(mistake) for mistake in mistakes),
            where=str(where),
            hint="`?` on the screen shows all keys",
        )
    return keys


def _read(path: Path, *, required: bool) -> dict[str, Any]:
    try:
        return read_toml(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        if required:
            raise UsageError(
                "cannot be read: no such file", where=str(path), hint="name a settings file"
            ) from None
        return {}

    except OSError as error:
        reason = system_reason(error)
        raise UsageError(
            f"cannot be read: {reason}", where=str(path), hint="name a settings file"
        ) from error
    except ValueError as error:
        raise UsageError(
            f"is no TOML file: {error}",
            where=str(path),
            hint='for example [keys], and on a line of its own: include = "i"',
        ) from error


def _table(raw: Mapping[str, Any], name: str, mistakes: list[Mistake]) -> Mapping[str, Any]:
    value = raw.get(name, {})
    if isinstance(value, dict):
        return value

    mistake = Mistake(path=name, found=repr(value), wanted=f"must be a table: [{name}]")
    if mistake not in mistakes:
        mistakes.append(mistake)
    return {}


def _preset(value: object, mistakes: list[Mistake]) -> Preset:
    if value in set(Preset):
        return Preset(str(value))
    wanted = f"must be one of {', '.join(Preset)}"
    mistakes.append(Mistake(path="keys.preset", found=repr(value), wanted=wanted))
    return Preset.REVIEWKIT


def _theme(value: object, mistakes: list[Mistake]) -> str:
    if value in THEME_NAMES:
        return str(value)
    wanted = f"must be one of {', '.join(THEME_NAMES)}"
    mistakes.append(Mistake(path="screen.look", found=repr(value), wanted=wanted))
    return "auto"


def _changes(
    raw: Mapping[str, Any], screen: ScreenKind, mistakes: list[Mistake]
) -> dict[str, tuple[str, ...]]:
    """Return the keys of a screen's table, by action.

    [keys] is screening's table; [keys.resolve] and [keys.pairs] are those of the other two.
    """
    table, path = _screen_table(raw, screen, mistakes)
    known = {action.name for action in ACTIONS[screen]}
    changes = {}
    for name, value in table.items():
        if name not in known:
            wanted = _suggest(name, known)
            mistakes.append(Mistake(path=f"{path}.{name}", found="", wanted=wanted))
            continue

        values = value
        if not isinstance(value, list):
            values = [value]
        keys = [_key(each, f"{path}.{name}", mistakes) for each in values]
        changes[name] = tuple(filter(None, keys))
    return changes


def _screen_table(
    raw: Mapping[str, Any], screen: ScreenKind, mistakes: list[Mistake]
) -> tuple[Mapping[str, Any], str]:
    """Return a screen's table, and its path in the file."""
    table = _table(raw, "keys", mistakes)
    if screen is not ScreenKind.SCREEN:
        return _table(table, screen, mistakes), f"keys.{screen}"

    others = {"preset", *(str(kind) for kind in ScreenKind if kind is not screen)}
    return {name: value for name, value in table.items() if name not in others}, "keys"


def _suggest(name: str, known: set[str]) -> str:
    names = sorted(known)
    for similar in difflib.get_close_matches(name, names, n=1):
        return f"is no action; did you mean {similar}?"
    return f"is no action; there are {', '.join(names)}"


def _key(value: object, path: str, mistakes: list[Mistake]) -> str | None:
    """Return a key in one spelling: a character, or a name with its modifiers in order."""
    wanted = 'must be a key: one character, or a name such as "enter", "f2", "ctrl+n"'
    if isinstance(value, str):
        if _is_character(value):
            return _KEY_NAMES.get(value, value)

        name = _named_key(value)
        if name and name not in _RESERVED:
            return name
        if name:
            wanted = f"{name} {_RESERVED[name]}; choose another key"
    mistakes.append(Mistake(path=path, found=repr(value), wanted=wanted))
    return None


def _is_character(value: str) -> bool:
    return len(value) == 1 and value.isprintable() and unicodedata.category(value) != "Cf"


def _named_key(value: str) -> str | None:
    """Return "ctrl+n" for "CTRL+n"; `None` for what is no key."""
    *modifiers, last = value.lower().split("+")
    name = "+".join([*(modifier for modifier in _MODIFIERS if modifier in modifiers), last])
    if name in _RESERVED:
        return name

    once = len(set(modifiers)) == len(modifiers) and set(modifiers) <= set(_MODIFIERS)
    with_character = bool(modifiers) and len(last) == 1 and last.isalnum()
    if once and (last in _NAMED or with_character):
        return name
    return None


def _clashes(keys: Keys, screen: ScreenKind) -> list[Mistake]:
    """Return a mistake for every key that two actions of a screen would have."""
    table = f"keys.{screen}"
    if screen is ScreenKind.SCREEN:
        table = "keys"

    # The mistake is where the reviewer wrote, so the untouched actions come first.
    own = keys.changed.get(screen, {})
    owner: dict[str, str] = {}
    mistakes = []
    for action in sorted(ACTIONS[screen], key=lambda action: action.name in own):
        for key in keys.of(screen, action):
            if owner.setdefault(key, action.name) != action.name:
                wanted = (
                    f"{key!r} already means {owner[key]}: "
                    "give one of the two another key, or [] for none"
                )
                path = f"{table}.{action.name}"
                mistakes.append(Mistake(path=path, found="", wanted=wanted))
    return mistakes


__all__ = ["THEME_NAMES", "Keys", "ScreenKind", "load_keys", "settings_path"]
