"""Read a protocol from its TOML, or report every mistake in it at once.

Pure: it takes the file's text.
"""

import datetime
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from reviewkit.model.errors import Mistake, ProtocolError
from reviewkit.model.foreign import read_toml
from reviewkit.protocol.cross_check import cross_check
from reviewkit.protocol.model import Protocol
from reviewkit.protocol.value_mistakes import value_mistakes


def parse_protocol(text: str, *, where: str) -> Protocol:
    """Return the protocol in a TOML text. `where` names the file in messages.

    Raise ProtocolError with every mistake of the file: that of the TOML (only the first), or those
    of
    single values and those between parts.
    """
    try:
        raw = read_toml(text)
    except ValueError as error:
        mistake = Mistake(path="TOML", found="", wanted=str(error))
        raise ProtocolError((mistake,), where=where) from error

    between_parts = cross_check(raw)
    try:
        protocol = Protocol.model_validate_json(json.dumps(raw, default=_plain))
    except ValidationError as error:
        of_values = value_mistakes(error.errors(include_url=False), known_keys(Protocol))
        raise ProtocolError(of_values + between_parts, where=where) from error

    if between_parts:
        raise ProtocolError(between_parts, where=where)
    return protocol


def _plain(value: object) -> str:
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def known_keys(model: type[BaseModel]) -> frozenset[str]:
    """Return every key that some part of a protocol may have, for "did you mean"."""
    schema: Mapping[str, Any] = model.model_json_schema()
    keys: set[str] = set()
    for part in (schema, *schema.get("$defs", {}).values()):
        keys.update(part.get("properties", {}))

    return frozenset(keys)


def protocol_schema() -> dict[str, Any]:
    """Return the JSON Schema of a protocol, for editors."""
    schema = Protocol.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "reviewkit protocol",
        **schema,
    }
