"""Read a flow from the template CSV of the PRISMA2020 R package. Pure: it takes the file's text.

Blank, "NA", "xxx" and "not reported" are `None`.
What cannot be read is a mistake with its line, never a guess.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reviewkit.model.errors import DamagedFile, Mistake
from reviewkit.model.flow import Flow, Tally, total
from reviewkit.prisma.diagram.csv_texts import own_texts
from reviewkit.prisma.diagram.csv_values import (
    CsvRow,
    csv_rows,
    read_count,
    read_tallies,
)
from reviewkit.prisma.diagram.template_rows import (
    OPTIONAL_COUNTS,
    OWN_COUNTS,
    OWN_NOTE,
    OWN_SEVERAL,
    OWN_SOURCE,
    OWN_TALLIES,
    OWN_UPDATED,
    ROWS,
    SOURCE_LABELS,
    RowKind,
)
from reviewkit.prisma.diagram.wrap import clean

_ROWS_BY_KEY = {row.data: row for row in ROWS if row.data != "NA"}
_PHASE_KEYS = frozenset({"identification", "screening", "included"})
_OTHER_ARM = (
    "other_sources",
    "other_sought_reports",
    "other_notretrieved_reports",
    "other_assessed",
    "other_excluded",
)
_PREVIOUS = ("previous_studies", "previous_reports")
_VERSIONS = (*_PREVIOUS, "total_studies", "total_reports")
_META_ANALYSIS = ("total_studies_ma", "total_reports_ma")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFile:
    """A flow as a template CSV gives it, with the file's own labels, tooltips and links.

    `language` is the one of most of its labels; `labels` holds tooltips by box. `descriptions` and
    `links` are by row. `mistakes` are what could not be read, and where: the rest is read.
    """

    flow: Flow
    language: str
    labels: Mapping[str, str]
    descriptions: Mapping[str, str]
    links: Mapping[str, str]
    mistakes: tuple[Mistake, ...]


def read_csv(text: str) -> TemplateFile:
    """Return the flow in the text of a template CSV. Raise DamagedFile when it is none."""
    rows = list(csv_rows(text))
    if not {row["data"] for row in rows} & (_ROWS_BY_KEY.keys() - _PHASE_KEYS):
        raise DamagedFile(
            "no row of the PRISMA2020 template in it",
            where="the data column",
            hint="keys: " + ", ".join(_ROWS_BY_KEY),
        )

    values = _FlowValues()
    kept = values.first_of_each(rows)
    for row in kept:
        values.read(row)
    texts = own_texts(kept)

    return TemplateFile(
        flow=_flow(values.values),
        language=texts.language,
        labels=texts.labels,
        descriptions=texts.descriptions,
        links=texts.links,
        mistakes=tuple(values.mistakes),
    )


@dataclass(slots=True)
class _FlowValues:
    """The values read so far, by field of `Flow`, and the mistakes."""

    values: dict[str, Any] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def first_of_each(self, rows: Iterable[CsvRow]) -> list[CsvRow]:
        """Return the rows without those of a key that was there before; each is a mistake."""
        first: dict[str, CsvRow] = {}
        kept = []
        for row in rows:
            key = row["data"]
            earlier = first.setdefault(key, row)
            if earlier is row or key not in _ROWS_BY_KEY:
                kept.append(row)
            else:
                found = f"{earlier['n']} in line {earlier.line} and {row['n']} here"
                wanted = "one row per key; the first one counts"
                self.mistakes.append(row.mistake(found, wanted))
        return kept

    def read(self, row: CsvRow) -> None:
        """Read one row into the values."""
        known = _ROWS_BY_KEY.get(row["data"])
        if row["data"] == "records_excluded":
            self._read_excluded(row)
        elif known is None:
            self._read_own(row)
        elif known.kind is RowKind.COUNT:
            self._read_count(known.field, row)
        elif known.kind is RowKind.TALLIES:
            self.values[known.field] = read_tallies(row, self.mistakes)
        elif known.kind is RowKind.SOURCE:
            self._read_source(row)

    def _read_count(self, name: str, row: CsvRow) -> None:
        """Read one count. A blank optional line has no value: it was not used."""
        if row["n"].strip() or name not in OPTIONAL_COUNTS:
            self.values[name] = read_count(row, self.mistakes)

    def _read_excluded(self, row: CsvRow) -> None:
        """Read the records excluded: a count, or reasons at title and abstract."""
        tallies = read_tallies(row, self.mistakes)
        if tallies is None:
            return
        if any(tally.label and tally.n is not None for tally in tallies):
            self.values["records_excluded_reasons"] = list(tallies)
        elif any(tally.n is None for tally in tallies):
            wanted = "a whole number, or reasons with counts"
            self.mistakes.append(row.mistake(row["n"], wanted))
        self.values["records_excluded"] = total(tallies)

    def _read_source(self, row: CsvRow) -> None:
        """Read a source of the other arm; a blank one is not there."""
        n = read_count(row, self.mistakes)
        if n is not None or row["n"].strip():
            self._add("other_sources", [Tally(label=SOURCE_LABELS[row["data"]], n=n)])

    def _read_own(self, row: CsvRow) -> None:
        """Read a row that the official templates do not have, or that nobody knows."""
        key = row["data"]
        if key in OWN_COUNTS:
            self.values[OWN_COUNTS[key]] = read_count(row, self.mistakes)
        elif key in OWN_TALLIES:
            self._add(OWN_TALLIES[key], read_tallies(row, self.mistakes) or ())
        elif key == OWN_NOTE:
            self._add("footnotes", [clean(row["n"])])
        elif key == OWN_UPDATED:
            self.values["updated"] = row["n"] == "1"
        elif key == OWN_SEVERAL:
            self.values["several_reports_per_record"] = row["n"] == "1"
        elif key not in {"", "NA", OWN_SOURCE}:
            wanted = "no key of the PRISMA2020 template, so the row is not read"
            self.mistakes.append(row.mistake(f"{key} {row['n']}".strip(), wanted))

    def _add(self, name: str, items: Iterable[object]) -> None:
        self.values.setdefault(name, []).extend(items)


def _flow(values: Mapping[str, Any]) -> Flow:
    """Return the flow; an arm, a previous version or a meta-analysis whose every count is 0 or
    blank is not there.
    """
    had_previous, is_larger = _is_used(values, _PREVIOUS), _adds_up(values)
    updated = values.get("updated", False) or had_previous or is_larger
    unused = {"updated", *_unused_parts(values)}
    if not updated:
        unused.update(_VERSIONS)

    kept = {name: _frozen(value) for name, value in values.items() if name not in unused}
    for name in ("databases", "registers"):
        kept[name] = _without_placeholders(kept.get(name) or ())
    if is_larger and not had_previous:
        kept |= dict.fromkeys(_PREVIOUS, 0)

    return Flow(updated=updated, not_used=_not_used(values, kept), **kept)


def _unused_parts(values: Mapping[str, Any]) -> Iterator[str]:
    for part in (_OTHER_ARM, _META_ANALYSIS):
        if not _is_used(values, part):
            yield from part


def _not_used(values: Mapping[str, Any], kept: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the optional lines that are left blank; "NA" says that a count is not reported."""
    blank = [name for name in OPTIONAL_COUNTS if name not in values]
    if kept.get("registers") and "register_results" in blank:
        blank.remove("register_results")
    return tuple(blank)


def _adds_up(values: Mapping[str, Any]) -> bool:
    """Return whether a total is given that is not that of the new studies: an update then."""
    whole, new = values.get("total_studies"), values.get("new_studies")
    return bool(whole) and new is not None and whole != new


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return value


def _is_used(values: Mapping[str, Any], names: Iterable[str]) -> bool:
    """Return whether any of the counts is reported and not 0: the template's unused rows hold 0."""
    return any(_is_positive(values.get(name)) for name in names)


def _is_positive(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(tally.n for tally in value)
    return bool(value)


def _without_placeholders(tallies: tuple[Tally, ...]) -> tuple[Tally, ...]:
    """Return the list, or none for the package's example "Database 1, xxx":
    names without any count.
    """
    if all(t.n is None and t.label.startswith(("Database ", "Register ")) for t in tallies):
        return ()
    return tallies
