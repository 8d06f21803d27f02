"""Keys: presets, a reviewer's own settings, and every mistake in them told with its place."""

from pathlib import Path

import pytest

from reviewkit.model.errors import UsageError
from reviewkit.tui.actions import ACTIONS, Preset, ScreenKind
from reviewkit.tui.keys import Keys, load_keys, settings_path
from reviewkit.tui.theme import THEMES, choose_theme, next_theme


def load(tmp_path: Path, text: str) -> Keys:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_keys(path)


def meaning(keys: Keys, key: str, screen: ScreenKind = ScreenKind.SCREEN) -> str | None:
    action = keys.by_key(screen).get(key)
    return action.name if action else None


@pytest.mark.parametrize("preset", list(Preset))
@pytest.mark.parametrize("screen", list(ScreenKind))
def test_in_every_preset_each_key_means_one_thing_and_each_action_has_a_key(
    preset: Preset, screen: ScreenKind
) -> None:
    keys = load_keys(Path("/dev/null"), preset=preset)
    bound = [key for action in ACTIONS[screen] for key in keys.of(screen, action)]
    assert len(bound) == len(set(bound))
    assert all(keys.of(screen, action) for action in ACTIONS[screen])


def test_i_includes_for_people_from_rayyan_and_excludes_for_people_from_asreview(
    tmp_path: Path,
) -> None:
    rayyan = load(tmp_path, '[keys]\npreset = "rayyan"\n')
    asreview = load(tmp_path, '[keys]\npreset = "asreview"\n')
    assert [meaning(rayyan, key) for key in "ieuz"] == ["include", "exclude", "maybe", "undo"]
    assert [meaning(asreview, key) for key in "rin"] == ["include", "exclude", "note"]
    assert meaning(rayyan, "i") != meaning(asreview, "i")


def test_every_action_of_every_screen_can_have_another_key(tmp_path: Path) -> None:
    spare = iter([chr(c) for c in range(0x4E00, 0x4E80)])
    for screen in ScreenKind:
        table = "keys" if screen is ScreenKind.SCREEN else f"keys.{screen}"
        wanted = {action.name: next(spare) for action in ACTIONS[screen]}
        text = f"[{table}]\n" + "\n".join(f'{name} = "{key}"' for name, key in wanted.items())
        keys = load(tmp_path, text)
        assert {key: action.name for key, action in keys.by_key(screen).items()} == {
            k: n for n, k in wanted.items()
        }


def test_named_keys_several_keys_and_none(tmp_path: Path) -> None:
    keys = load(
        tmp_path, '[keys]\ninclude = ["F2", "Shift+Ctrl+n", " "]\nmaybe = []\npage_down = "enter"\n'
    )
    assert [meaning(keys, key) for key in ("f2", "ctrl+shift+n", "space", "i")] == [
        "include"
    ] * 3 + [None]
    assert meaning(keys, "m") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[keys]\nincluded = "i"', "keys.included: is no action; did you mean include?"),
        ('[keys]\ninclude = "ii"', "keys.include: must be a key"),
        ("[keys]\ninclude = 3", "keys.include: must be a key"),
        ('[keys]\ninclude = "ctrl+c"', "ctrl+c always leaves"),
        ('[keys]\ninclude = "ctrl+m"', "same as enter"),
        ('[keys]\ninclude = "s"', "keys.include: 's' already means skip"),
        ('[keys]\nskip = "1"', "keys.skip: '1' already means reason_1"),
        ('[keys.resolve]\nskip = "u"', "keys.resolve.skip: 'u' already means undo"),
        ('[keys.pairs]\nsame = "d"', "keys.pairs.same: 'd' already means different"),
        ('[keys]\npreset = "covidence"', "keys.preset: must be one of reviewkit, rayyan, asreview"),
        ('[screen]\nlook = "pink"', "screen.look: must be one of auto, dark, light, terminal"),
        ("keys = 3", "keys: must be a table"),
        ("[keys", "is no TOML file"),
    ],
)
def test_a_mistake_is_one_clear_error_with_its_place(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text)
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "config.toml"))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, '[keys]\nincluded = "i"\nskip = "??"\n[screen]\nlook = "pink"\n')
    assert all(part in str(caught.value) for part in ("keys.included", "keys.skip", "screen.look"))


def test_without_a_file_the_defaults_hold_and_a_named_one_must_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("REVIEWKIT_CONFIG", raising=False)
    assert meaning(load_keys(), "i") == "include"
    with pytest.raises(UsageError, match="no such file"):
        load_keys(tmp_path / "none.toml")
    assert settings_path({"REVIEWKIT_CONFIG": "/x/y.toml"}) == Path("/x/y.toml")
    assert settings_path({}).name == "config.toml"


def test_the_look_follows_what_the_terminal_says() -> None:
    assert choose_theme("auto", {}).name == "dark"
    assert choose_theme("auto", {"COLORFGBG": "0;15"}).name == "light"
    assert choose_theme("auto", {"COLORFGBG": "15;0"}).name == "dark"
    assert choose_theme("light", {"NO_COLOR": "1"}).name == "terminal"
    assert next_theme(THEMES["terminal"]) is THEMES["dark"]


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_kinds_of_highlight_differ_in_more_than_colour(theme: object) -> None:
    styles = [getattr(theme, name) for name in ("include", "exclude", "own", "text")]
    shapes = [(style.bold, style.underline, style.reverse, style.italic) for style in styles]
    assert len(set(shapes)) == 4


def test_the_manual_names_every_key_as_it_is(project: Path) -> None:
    manual = (project / "docs" / "screening-keys.md").read_text(encoding="utf-8")
    keys = Keys()
    for screen in ScreenKind:
        for action in ACTIONS[screen]:
            bound = " ".join(f"`{key}`" for key in keys.of(screen, action))
            assert f"| {bound} | {action.words} | `{action.name}` |" in manual
    for preset in Preset:
        chosen = Keys(preset=preset)
        names = ("include", "exclude", "maybe", "undo", "retrieval")
        actions = {action.name: action for action in ACTIONS[ScreenKind.SCREEN]}
        row = " | ".join(f"`{chosen.of(ScreenKind.SCREEN, actions[name])[0]}`" for name in names)
        assert f"| `{preset}` | {row} |" in manual
