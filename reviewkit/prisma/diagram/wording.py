"""The words of the diagram in one language, and how counts are written in it. Pure.

The words stand in `wording.toml`; any can be overridden by its key.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from reviewkit.model.errors import UsageError
from reviewkit.model.flow import Count
from reviewkit.prisma.diagram.wrap import clean

ABSENT = "–"


@cache
def _languages() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("wording.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """All labels of one language, overrides applied."""

    language: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    thousands: str
    grouped_from: int

    def label(self, key: str, *, mark: str = "") -> str:
        return self.labels[key].replace("{mark}", mark)

    def number(self, n: int) -> str:
        """The count with the language's thousands separators."""
        if abs(n) < self.grouped_from:
            return str(n)
        return f"{n:,}".replace(",", self.thousands)

    def figure(self, n: Count) -> str:
        return self.label("not_reported") if n is None else self.number(n)


def words(language: str, overrides: Mapping[str, str] | None = None) -> Words:
    """The words of "en", "pt" or "es". Raises UsageError for another language or an unknown label key."""
    tables = _languages()
    if language not in tables:
        raise UsageError(
            f"no diagram labels in {language!r}",
            hint=f"languages: {', '.join(sorted(tables))}; or override labels",
        )
    table = tables[language]
    labels = {
        key: value for key, value in table.items() if isinstance(value, str) and key != "thousands"
    }
    definitions: dict[str, str] = table["definitions"]
    unknown = sorted(set(overrides or {}) - set(labels) - set(definitions))
    if unknown:
        raise UsageError(
            f"no such diagram label: {', '.join(unknown)}",
            hint=f"labels: {', '.join(sorted(labels))}",
        )
    cleaned = {key: clean(value) for key, value in (overrides or {}).items()}
    return Words(
        language=language,
        labels={key: cleaned.get(key, label) for key, label in labels.items()},
        definitions={key: cleaned.get(key, definition) for key, definition in definitions.items()},
        thousands=table["thousands"],
        grouped_from=table["grouped_from"],
    )
