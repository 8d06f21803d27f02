"""Which key does what: a preset, and what the reviewer's own settings change in it. Every mistake is told at once."""

import difflib
import os
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from reviewkit.model.errors import Mistake, UsageError, system_reason
from reviewkit.tui.actions import ACTIONS, PRESETS, Action, Preset, ScreenKind

_NAMED = frozenset(
    {
        *(
            "up",
            "down",
            "left",
            "right",
            "home",
            "end",
            "pageup",
            "pagedown",
            "enter",
            "space",
            "tab",
        ),
        *("backspace", "delete", "insert", "escape"),
        *(f"f{n}" for n in range(1, 13)),
    }
)
# What leaves, what sends to the background, and what terminals turn into another key.
_TAKEN = {
    "ctrl+c": "always leaves",
    "ctrl+z": "always sends to the background",
    "ctrl+i": "is the same as tab in a terminal",
    "ctrl+m": "is the same as enter in a terminal",
    "escape": "always closes what is open",
}
THEME_NAMES = ("auto", "dark", "light", "terminal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys of every face, by action, and the look the reviewer wants. `where` is the file they come from."""

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
        """The action of every key of a face."""
        return {key: action for action in ACTIONS[screen] for key in self.of(screen, action)}


def settings_path(environment: Mapping[str, str]) -> Path:
    """Where a reviewer's own settings stand: REVIEWKIT_CONFIG, or `config.toml` in the system's place for them."""
    given = environment.get("REVIEWKIT_CONFIG")
    return Path(given) if given else user_config_path("reviewkit") / "config.toml"


def load_keys(path: Path | None = None, *, preset: str | None = None) -> Keys:
    """The keys that a settings file asks for; the defaults where there is no file.

    `preset` stands before the file's. Raises UsageError naming every mistake and its place: an unknown action or key,
    a key that two actions of one face would have, a preset or look that is none, a file that is no TOML.
    """
    if preset is not None and preset not in set(Preset):
        raise UsageError(
            f"no preset {preset!r}", where="--keys", hint=f"presets: {', '.join(Preset)}"
        )
    where = path or settings_path(os.environ)
    raw = _read(where, required=path is not None)
    mistakes: list[Mistake] = []
    keys = Keys(
        preset=_preset(
            preset or _table(raw, "keys", mistakes).get("preset", Preset.REVIEWKIT), mistakes
        ),
        changed={screen: _changes(raw, screen, mistakes) for screen in ScreenKind},
        theme=_look(_table(raw, "screen", mistakes).get("look", "auto"), mistakes),
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
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
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
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"is no TOML file: {error}", where=str(path), hint='[keys]\ninclude = "i"'
        ) from error


def _table(raw: Mapping[str, Any], name: str, mistakes: list[Mistake]) -> Mapping[str, Any]:
    value = raw.get(name, {})
    if isinstance(value, dict):
        return value
    told = Mistake(path=name, found=repr(value), wanted=f"must be a table: [{name}]")
    if told not in mistakes:
        mistakes.append(told)
    return {}


def _preset(value: object, mistakes: list[Mistake]) -> Preset:
    if value in set(Preset):
        return Preset(str(value))
    mistakes.append(
        Mistake(path="keys.preset", found=repr(value), wanted=f"must be one of {', '.join(Preset)}")
    )
    return Preset.REVIEWKIT


def _look(value: object, mistakes: list[Mistake]) -> str:
    if value in THEME_NAMES:
        return str(value)
    mistakes.append(
        Mistake(
            path="screen.look", found=repr(value), wanted=f"must be one of {', '.join(THEME_NAMES)}"
        )
    )
    return "auto"


def _changes(
    raw: Mapping[str, Any], screen: ScreenKind, mistakes: list[Mistake]
) -> dict[str, tuple[str, ...]]:
    """[keys] is the screening's table; [keys.resolve] and [keys.pairs] are those of the other two."""
    table: Mapping[str, Any] = _table(raw, "keys", mistakes)
    path = "keys"
    inner = {str(f) for f in ScreenKind if f is not ScreenKind.SCREEN}
    if screen is not ScreenKind.SCREEN:
        path = f"keys.{screen}"
        table = _table(table, screen, mistakes)
    else:
        table = {name: value for name, value in table.items() if name not in {"preset", *inner}}
    known = {action.name for action in ACTIONS[screen]}
    found = {}
    for name, value in table.items():
        if name not in known:
            mistakes.append(Mistake(path=f"{path}.{name}", found="", wanted=_nearest(name, known)))
            continue
        listed = value if isinstance(value, list) else [value]
        found[name] = tuple(
            key for key in (_key(v, f"{path}.{name}", mistakes) for v in listed) if key
        )
    return found


def _nearest(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return "is no action" + (
        f"; did you mean {near[0]}?" if near else f"; there are {', '.join(sorted(known))}"
    )


def _key(value: object, path: str, mistakes: list[Mistake]) -> str | None:
    """A key as it is compared: one printable character, or a name with its modifiers in order."""
    if (
        isinstance(value, str)
        and len(value) == 1
        and value.isprintable()
        and unicodedata.category(value) != "Cf"
    ):
        return "space" if value == " " else value
    if isinstance(value, str):
        *modifiers, last = value.lower().split("+")
        name = "+".join([*(m for m in ("ctrl", "alt", "shift") if m in modifiers), last])
        if name in _TAKEN:
            mistakes.append(
                Mistake(
                    path=path,
                    found=repr(value),
                    wanted=f"{name} {_TAKEN[name]}; choose another key",
                )
            )
            return None
        plain = last in _NAMED or (bool(modifiers) and len(last) == 1 and last.isalnum())
        if (
            plain
            and len(set(modifiers)) == len(modifiers)
            and set(modifiers) <= {"ctrl", "alt", "shift"}
        ):
            return name
    wanted = 'must be a key: one character, or a name such as "enter", "f2", "ctrl+n"'
    mistakes.append(Mistake(path=path, found=repr(value), wanted=wanted))
    return None


def _clashes(keys: Keys, screen: ScreenKind) -> list[Mistake]:
    taken: dict[str, str] = {}
    found = []
    table = "keys" if screen is ScreenKind.SCREEN else f"keys.{screen}"
    # What the reviewer wrote is where the mistake is, so the untouched actions come first.
    own = keys.changed.get(screen, {})
    for action in sorted(ACTIONS[screen], key=lambda action: action.name in own):
        for key in keys.of(screen, action):
            if taken.setdefault(key, action.name) != action.name:
                wanted = f"{key!r} already means {taken[key]}: give one of the two another key, or [] for none"
                found.append(Mistake(path=f"{table}.{action.name}", found="", wanted=wanted))
    return found


__all__ = ["THEME_NAMES", "Keys", "ScreenKind", "load_keys", "settings_path"]
