"""The reference is that of the code: every option, key, code, setting and table, and no other."""

import ast
import re
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest

from reviewkit.cli import _EPILOG, _GROUPS
from reviewkit.protocol.parse import parse_protocol
from tests.conftest import PROJECT
from tools.reference.codes import CODES, error_codes
from tools.reference.commands import options_of, verbs
from tools.reference.database import read_schema
from tools.reference.database_picture import database_picture
from tools.reference.protocol import EXAMPLE, Key, example_lines, protocol_keys
from tools.reference.settings import option_settings, service_settings
from tools.reference.tables import TABLES, VIEWS
from tools.write_reference import PAGES

KEYS = protocol_keys()
EXAMPLES = example_lines(EXAMPLE.read_text(encoding="utf-8"))
_SPELLING = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def page(name: str) -> str:
    return (PROJECT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_current(name: str) -> None:
    committed = (PROJECT / name).read_text(encoding="utf-8")
    assert committed == PAGES[name](), "run python tools/write_reference.py"


def test_every_option_is_in_the_reference_and_no_other() -> None:
    sections = dict(_sections(page("reference/commands.md")))
    values = {name: options_of(command) for _, name, command in verbs()}
    assert sections.keys() == values.keys()
    for name, options in values.items():
        rows = [line for line in sections[name].splitlines() if line.startswith("| `-")]
        shown = [word for row in rows for word in _SPELLING.findall(row.split("` |")[0])]
        assert sorted(shown) == sorted(options), name
    assert len(values) > 60


def _sections(text: str) -> Iterator[tuple[str, str]]:
    for section in text.split("\n### ")[1:]:
        name, _, rest = section.partition("\n")
        yield name, rest


def test_every_verb_is_in_the_order_of_help() -> None:
    shown = list(dict.fromkeys(name.split()[1] for _, name, _ in verbs()))
    assert shown == [verb for _, group in _GROUPS for verb in group]


def test_every_key_of_a_protocol_has_an_example_and_every_example_is_a_key() -> None:
    assert {(key.table, key.name) for key in KEYS} == EXAMPLES.keys()


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{key.table}.{key.name}")
def test_a_key_has_one_meaning_and_its_example_is_right(key: Key) -> None:
    example = EXAMPLES[key.table, key.name]
    assert bool(key.meaning) != bool(example.comment), "say it in the model or in the example"
    ((name, value),) = tomllib.loads(example.text).items()
    assert name == key.name
    assert _find(tomllib.loads(EXAMPLE.read_text(encoding="utf-8")), key) == value
    assert f"`{example.text.replace('|', chr(92) + '|')}`" in page("reference/protocol.md")


def _find(whole: object, key: Key) -> object:
    """The value of a key in the whole example; of several tables the first that has it."""
    found = [whole]
    for step in filter(None, key.table.split(".")):
        parts = [part[step] for part in found if isinstance(part, dict) and step in part]
        found = [one for part in parts for one in (part if isinstance(part, list) else [part])]
    return next(part[key.name] for part in found if isinstance(part, dict) and key.name in part)


def test_the_example_is_a_protocol() -> None:
    protocol = parse_protocol(EXAMPLE.read_text(encoding="utf-8"), where=EXAMPLE.name)
    assert protocol.review.id == "sleep_exercise"


def test_every_exit_code_is_told() -> None:
    in_help = {int(code) for code in re.findall(r"\b(\d+) [a-z]", _EPILOG)}
    assert in_help == {0, 1, 2, 3, 4, 130}
    assert in_help | error_codes().keys() <= CODES.keys()


@pytest.mark.slow
def test_every_setting_that_is_read_is_told_and_no_other() -> None:
    matches = set(re.findall(r"^\| `([A-Z_]+)` \|", page("settings.md"), re.MULTILINE))
    constants = set[str]()
    read = {*option_settings(), *service_settings()}
    for path in (PROJECT / "reviewkit").rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        constants |= set(re.findall(r'"([A-Z][A-Z_]+)"', code))
        if "environ" in code:
            read |= set(_read_from_environment(ast.parse(code)))
    read |= {text for text in constants if re.fullmatch(r"REVIEWKIT_[A-Z_]+[A-Z]", text)}
    assert read <= matches
    assert matches <= read | constants


def _read_from_environment(tree: ast.AST) -> Iterator[str]:
    """The names in `environ.get("NAME")` and the like."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            holder, name = ast.unparse(node.func.value), node.args[0]
            if re.search(r"environ(ment)?$", holder) and isinstance(name, ast.Constant):
                yield str(name.value)


def test_every_table_and_view_is_told_by_subject() -> None:
    lines = [name for meanings in TABLES.values() for name in meanings]
    assert sorted(lines) == sorted(read_schema())
    assert sorted(VIEWS) == sorted(read_schema("view"))


def test_the_picture_shows_every_table_with_its_keys_and_references() -> None:
    drawn = [
        text.text or ""
        for text in ET.fromstring(database_picture()).iter("{http://www.w3.org/2000/svg}text")
    ]
    tables = read_schema()
    assert tables.keys() <= set(drawn)
    references = sum(len(table.references) for table in tables.values())
    assert sum(text.startswith("→ ") for text in drawn) == references > 40
    assert tables["records"].keys == ("record",)
    assert tables["run_records"].references == ("runs", "records")


def test_a_note_in_the_schema_stands_beside_its_column() -> None:
    notes = {column.name: column.comment for column in read_schema()["runs"].columns}
    assert notes["count"] == "as the source gave it; NULL: not known"
    assert notes["family"] == "the protocol's strategy, without what an update adds"
