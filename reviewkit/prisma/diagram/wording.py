"""The words of the diagram in one language, and the form of its counts. Pure.

The words are in `wording.toml`; any can be overridden by its key.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from reviewkit.model.choices import not_among
from reviewkit.model.errors import UsageError
from reviewkit.model.flow import Count
from reviewkit.prisma.diagram.wrap import clean

ABSENT = "–"
PRISMA_2020 = "prisma-2020"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """All labels and definitions of one language, overrides applied.

    Numbers from `grouped_from` on have `thousands` between their groups of three digits.
    """

    language: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    thousands: str
    grouped_from: int

    def label(self, key: str, *, mark: str = "") -> str:
        """Return the label of a key, with the mark (* or **) where its text has a place for one."""
        return self.labels[key].replace("{mark}", mark)

    def number(self, n: int) -> str:
        """Return the count with the language's thousands separators."""
        if abs(n) < self.grouped_from:
            return str(n)
        return f"{n:,}".replace(",", self.thousands)

    def figure(self, n: Count) -> str:
        """Return the count, or the word for one that is not reported."""
        if n is None:
            return self.label("not_reported")
        return self.number(n)


def words(
    language: str, overrides: Mapping[str, str] | None = None, *, standard: str = PRISMA_2020
) -> Words:
    """Return the words of a language and a standard.

    Raise UsageError for an unknown language, standard or label key.
    """
    tables = _tables()
    if language not in tables:
        raise not_among(f"no diagram labels in {language!r}", language, sorted(tables))

    table = tables[language]
    if standard != PRISMA_2020 and standard not in table:
        raise UsageError(
            f"no wording of {standard!r}",
            hint="standards: prisma-2020, prisma-scr; PRISMA-S has no flow diagram of its own, "
            "and that of PRISMA-LSR could not be read",
        )
    labels = {**_labels(table), **table.get(standard, {})}
    definitions: dict[str, str] = table["definitions"]
    changed = {key: clean(value) for key, value in (overrides or {}).items()}
    _refuse_unknown(changed.keys() - labels.keys() - definitions.keys(), labels)

    return Words(
        language=language,
        labels=_overridden(labels, changed),
        definitions=_overridden(definitions, changed),
        thousands=table["thousands"],
        grouped_from=table["grouped_from"],
    )


@cache
def _tables() -> dict[str, dict[str, Any]]:
    """Return the tables of `wording.toml` by language."""
    return tomllib.loads(files(__package__).joinpath("wording.toml").read_text(encoding="utf-8"))


def _labels(table: Mapping[str, Any]) -> dict[str, str]:
    """Return the labels of a table, without its definitions and the form of its numbers."""
    return {
        key: value for key, value in table.items() if isinstance(value, str) and key != "thousands"
    }


def _refuse_unknown(keys: Iterable[str], labels: Mapping[str, str]) -> None:
    unknown = sorted(keys)
    if unknown:
        raise UsageError(
            f"no such diagram label: {', '.join(unknown)}",
            hint=f"labels: {', '.join(sorted(labels))}",
        )


def _overridden(texts: Mapping[str, str], overrides: Mapping[str, str]) -> dict[str, str]:
    return {key: overrides.get(key, text) for key, text in texts.items()}
