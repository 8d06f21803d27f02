"""Read a protocol from its TOML, or report every mistake in it at once.

Pure: it takes the file's text.
"""

import datetime
import functools
import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from reviewkit.model.errors import Mistake, ProtocolError
from reviewkit.model.foreign import read_toml
from reviewkit.protocol.cross_check import cross_check
from reviewkit.protocol.finding import Finding
from reviewkit.protocol.model import Protocol
from reviewkit.protocol.placed import placed
from reviewkit.protocol.shape import Shape
from reviewkit.protocol.toml_line import LIST, TABLE, TEXT
from reviewkit.protocol.toml_syntax import ReadableToml, has_line, readable_toml
from reviewkit.protocol.value_mistakes import value_mistakes


def parse_protocol(text: str, *, where: str) -> Protocol:
    """Return the protocol in a TOML text. `where` names the file in messages.

    Raise ProtocolError with every mistake of the file, each with its line: those of the TOML, those
    of single values and those between parts.
    """
    try:
        raw = read_toml(text)
    except ValueError as error:
        raise ProtocolError(_mistakes_of_broken(text, str(error)), where=where) from error

    between_parts = cross_check(raw)
    try:
        protocol = _validated(raw)
    except ValidationError as error:
        of_values = value_mistakes(error.errors(include_url=False), _shape())
        mistakes = placed((*of_values, *between_parts), text, original=text)
        raise ProtocolError(tuple(mistakes), where=where) from error

    if between_parts:
        raise ProtocolError(tuple(placed(between_parts, text, original=text)), where=where)
    return protocol


def _validated(raw: Mapping[str, Any]) -> Protocol:
    return Protocol.model_validate_json(json.dumps(raw, default=_plain))


def _mistakes_of_broken(text: str, complaint: str) -> tuple[Mistake, ...]:
    """Return every mistake of a text that is no TOML, of its lines and of what they say."""
    if not has_line(complaint):
        return (Mistake(path="TOML", found="", wanted=complaint),)

    shape = _shape()
    lists = frozenset(name for name in shape.tables() if shape.is_list([name]))
    read = readable_toml(text, lists=lists | {"reported.works", "reported.excluded_reports"})
    others = [*placed(_findings_of_rest(read), read.text, original=text)]
    mended = {mistake.line for mistake in others if mistake.mend}
    # A missing quote is no second mistake where the whole value has to be another one.
    quotes = {TEXT, LIST, TABLE}
    of_lines = [m for m in read.mistakes if m.wanted not in quotes or m.line not in mended]
    return tuple(sorted((*of_lines, *others), key=lambda mistake: mistake.line or 0))


def _findings_of_rest(read: ReadableToml) -> tuple[Finding, ...]:
    """Return the mistakes of what could be read.

    Where lines had to be left out, nothing is missing and no name unknown for certain.
    """
    raw = read_toml(read.text)
    between_parts = cross_check(raw) if read.is_whole else ()
    try:
        _validated(raw)
    except ValidationError as error:
        errors = [
            one
            for one in error.errors(include_url=False)
            if read.is_whole or one["type"] not in {"missing", "too_short"}
        ]
        return (*value_mistakes(errors, _shape()), *between_parts)
    return between_parts


@functools.cache
def _shape() -> Shape:
    return Shape(Protocol.model_json_schema(by_alias=True))


def _plain(value: object) -> str:
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def protocol_schema() -> dict[str, Any]:
    """Return the JSON Schema of a protocol, for editors."""
    schema = Protocol.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "reviewkit protocol",
        **schema,
    }
