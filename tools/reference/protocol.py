"""The page on the protocol: every key, what it takes, and an example of it.

Keys, types and defaults come from the models. What a key means stands in the model, or else behind
its example in docs/reference/protocol-example.toml.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewkit.protocol.parse import protocol_schema
from tools.reference import NOTE, cell

EXAMPLE = Path(__file__).parents[2] / "docs" / "reference" / "protocol-example.toml"
_HEADER = re.compile(r"^\[\[?([\w.]+)\]\]?$")
_ENTRY = re.compile(r"""^(\w+) = ((?:"(?:\\.|[^"])*"|[^"#])*?)(?:\s+# (.*))?$""")
_PATTERNS = {
    r"^[a-z][a-z0-9_]{0,63}$": "short name: small letters, digits, _",
    r"^[a-z]{3}$": "code of three letters",
    r"^10\.[0-9]{4,9}/\S+$": "DOI, from 10. on",
    r"^[1-9][0-9]{0,8}$": "PMID",
    r"^PMC[0-9]+$": "PMCID",
    r"^D[0-9]{6,9}$": "identifier such as D012890",
    r"^[0-9]{1,9}$": "digits, in quotes",
    r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$": "ORCID",
}
_TYPES = {"integer": "whole number", "boolean": "true or false", "number": "number"}
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of a table, such as "review" and "title"."""

    table: str
    name: str
    takes: str
    without: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A line of the example: its text, and what stands behind it."""

    text: str
    comment: str


def protocol_page() -> str:
    """Return the page."""
    return "\n".join([NOTE, *_page()]) + "\n"


def protocol_keys() -> tuple[Key, ...]:
    """Return every key of every table, in the order of the models."""
    return tuple(_keys(protocol_schema(), "", protocol_schema()["$defs"]))


def example_lines(text: str) -> dict[tuple[str, str], Example]:
    """Return the first line of the example for each table and key."""
    table, lines = "", dict[tuple[str, str], Example]()
    for line in text.splitlines():
        if header := _HEADER.match(line):
            table = header[1]
        elif entry := _ENTRY.match(line):
            example = Example(text=f"{entry[1]} = {entry[2]}", comment=entry[3] or "")
            lines.setdefault((table, entry[1]), example)
    return lines


def _keys(schema: Schema, table: str, defs: Schema) -> Iterator[Key]:
    inside: list[tuple[str, Schema]] = []
    for name, value in schema["properties"].items():
        tables = _tables(value, defs)
        if tables:
            inside += [(f"{table}.{name}".lstrip("."), part) for part in tables]
            continue
        required = name in schema.get("required", ())
        yield Key(
            table=table,
            name=name,
            takes=_takes(value, defs),
            without="required" if required else _default(value.get("default")),
            meaning=value.get("description", ""),
        )
    seen = set[tuple[str, str]]()
    for path, part in inside:
        for key in _keys(part, path, defs):
            if (key.table, key.name) not in seen:
                seen.add((key.table, key.name))
                yield key


def _tables(value: Schema, defs: Schema) -> list[Schema]:
    """Return the tables that a key leads to: one, several kinds of one, or none."""
    found = []
    for part in (value, value.get("items", {}), *value.get("anyOf", ()), *value.get("oneOf", ())):
        target = defs.get(part.get("$ref", "").rpartition("/")[2], {}) if "$ref" in part else {}
        if "properties" in target:
            found.append(target)
    return found


def _takes(value: Schema, defs: Schema) -> str:
    """Return what a key takes, in words."""
    if "$ref" in value:
        return _takes(defs[value["$ref"].rpartition("/")[2]], defs)
    if "anyOf" in value:
        parts = [_takes(part, defs) for part in value["anyOf"] if part.get("type") != "null"]
        return ", or ".join(parts)
    choices = [value["const"]] if "const" in value else value.get("enum", ())
    if choices:
        return ", ".join(f"`{json.dumps(choice)}`" for choice in choices)
    if value.get("type") == "array":
        return f"list: {_takes(value['items'], defs)}"
    if value.get("type") == "object":
        kinds = [value.get("additionalProperties"), *value.get("patternProperties", {}).values()]
        (inside,) = [kind for kind in kinds if isinstance(kind, dict)]
        return f"table: {_takes(inside, defs)} for each name"
    return _simple(value)


def _simple(value: Schema) -> str:
    if value.get("format") == "date":
        return "date"
    if "pattern" in value:
        return _PATTERNS[value["pattern"]]
    kind = _TYPES.get(value["type"], "text")
    least = value.get("minimum", value.get("exclusiveMinimum"))
    if "maximum" in value:
        return f"{kind}, {least:g} to {value['maximum']:g}"
    return kind if least is None else f"{kind} from {least:g}"


def _default(value: Any) -> str:
    if value is None or value in ([], {}):
        return "left out"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _page() -> Iterator[str]:
    examples = example_lines(EXAMPLE.read_text(encoding="utf-8"))
    yield "# The protocol, key by key\n"
    yield "A protocol is a TOML file in `protocols/`. `reviewkit init` writes one."
    yield "`reviewkit check` names every mistake. Only `format`, `[review]` and one `[[sources]]`"
    yield "are required. What a review does not report is left out.\n"
    yield "The examples are those of [one made protocol with every key](protocol-example.toml). A"
    yield "[JSON Schema](../protocol.schema.json) lets an editor complete the keys.\n"
    last = None
    for key in protocol_keys():
        if key.table != last:
            last = key.table
            yield from _heading(key.table)
        example = examples[key.table, key.name]
        meaning = key.meaning or example.comment
        row = [f"`{key.name}`", cell(meaning), cell(key.takes), cell(key.without)]
        yield f"| {' | '.join(row)} | `{example.text.replace('|', chr(92) + '|')}` |"


def _heading(table: str) -> Iterator[str]:
    if not table:
        yield "## At the top\n"
    else:
        yield f"\n## `{_written(table)}`\n"
    yield "| key | what it is | takes | without it | example |"
    yield "| --- | --- | --- | --- | --- |"


def _written(table: str) -> str:
    """Return a table's header as the example writes it."""
    text = EXAMPLE.read_text(encoding="utf-8")
    return f"[[{table}]]" if f"[[{table}]]" in text else f"[{table}]"
