"""Which keys a protocol may have at which place, read from its JSON Schema. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]


class Shape:
    """The places of a protocol and their keys."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def keys_at(self, location: Sequence[object]) -> frozenset[str]:
        """Return the keys that the table at a place may have."""
        part = self._part(location)
        return frozenset((part or {}).get("properties", {}))

    def is_place(self, location: Sequence[object]) -> bool:
        """Return whether a protocol may have something at this place."""
        return self._part(location) is not None

    def is_list(self, location: Sequence[object]) -> bool:
        """Return whether a list of tables stands there, written as [[name]]."""
        part = self._part(location) or {}
        items = self._resolved(part.get("items", {}))
        return "properties" in items

    def tables(self) -> Iterator[str]:
        """Yield the name of every top-level table."""
        for name in self._schema["properties"]:
            part = self._part([name]) or {}
            if "properties" in part or self.is_list([name]):
                yield name

    def headings_with(self, key: str) -> list[str]:
        """Return the headings of the top-level tables that may have a key: [limits], [[sources]].

        An empty one stands for the top of the file.
        """
        headings = []
        if key in self._schema["properties"]:
            headings.append("")
        for name in self.tables():
            is_list = self.is_list([name])
            location = [name, 0] if is_list else [name]
            if key in self.keys_at(location):
                headings.append(heading(name, is_list=is_list))
        return headings

    def _part(self, location: Sequence[object]) -> Schema | None:
        part: Schema | None = self._schema
        for step in location:
            part = self._next(self._resolved(part or {}), step)
            if part is None:
                return None
        return self._resolved(part or {})

    def _next(self, part: Schema, step: object) -> Schema | None:
        if isinstance(step, int):
            items: Schema | None = part.get("items")
            return items
        tags = part.get("discriminator", {}).get("mapping", {})
        if step in tags:
            return {"$ref": tags[step]}

        properties = part.get("properties", {})
        patterns = [*part.get("patternProperties", {}).values()]
        free = part.get("additionalProperties") or next(iter(patterns), None)
        following: Schema | None = properties.get(step, free or None)
        return following

    def _resolved(self, part: Schema) -> Schema:
        """Return what a reference or an optional value stands for."""
        while True:
            if "$ref" in part:
                part = self._schema["$defs"][part["$ref"].rsplit("/", 1)[1]]
            elif "anyOf" in part:
                choices = part["anyOf"]
                part = next((one for one in choices if "items" in one), choices[0])
            else:
                return part


def heading(name: str, *, is_list: bool) -> str:
    """Return a table's heading as the file has it."""
    if is_list:
        return f"[[{name}]]"
    return f"[{name}]"
