"""Read a flow from the template CSV of the PRISMA2020 R package. Pure: it takes the file's text.

Blank, "NA", "xxx" and "not reported" are `None`.
What cannot be read is a mistake with its line, never a guess.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reviewkit.model.diagram_keys import LANGUAGES
from reviewkit.model.errors import DamagedFile, Mistake
from reviewkit.model.flow import Flow, Tally
from reviewkit.prisma.diagram.csv_values import (
    CsvRow,
    csv_rows,
    is_silent,
    read_count,
    read_tallies,
)
from reviewkit.prisma.diagram.safe import safe_href
from reviewkit.prisma.diagram.template_rows import (
    META_ANALYSIS,
    OWN_COUNTS,
    OWN_NOTE,
    OWN_TALLIES,
    OWN_UPDATED,
    PACKAGE_TEXTS,
    ROWS,
    SOURCE_LABELS,
    RowKind,
)
from reviewkit.prisma.diagram.wording import words
from reviewkit.prisma.diagram.wrap import clean

_ROWS_BY_KEY = {row.data: row for row in ROWS if row.data != "NA"}
_PHASE_KEYS = frozenset({"identification", "screening", "included"})
_META_ANALYSIS_KEYS = frozenset(data for data, _, _ in META_ANALYSIS)
# Rows of lists: their box text is the package's name of the list, never a label of the user.
_LIST_KEYS = frozenset({"database_specific_results", "register_specific_results"})
_OTHER_ARM = (
    "other_sources",
    "other_sought_reports",
    "other_notretrieved_reports",
    "other_assessed",
    "other_excluded",
)
_PREVIOUS = ("previous_studies", "previous_reports")
_VERSIONS = (*_PREVIOUS, "total_studies", "total_reports")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFile:
    """A flow as a template CSV gives it, with the file's own labels and links.

    `language` is the one of most of its labels; `mistakes` are what could not be read, and where.
    """

    flow: Flow
    language: str
    labels: Mapping[str, str]
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
    for row in rows:
        values.read(row)
    language, labels = _language_and_labels(_box_texts(rows))
    links = {row["box"]: row["url"] for row in rows if row["box"] and _is_link(row["url"])}

    return TemplateFile(
        flow=_flow(values.values),
        language=language,
        labels=labels,
        links=links,
        mistakes=tuple(values.mistakes),
    )


@dataclass(slots=True)
class _FlowValues:
    """The values read so far, by field of `Flow`, and the mistakes."""

    values: dict[str, Any] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def read(self, row: CsvRow) -> None:
        """Read one row into the values."""
        known = _ROWS_BY_KEY.get(row["data"])
        if known is None:
            self._read_own(row)
        elif known.kind is RowKind.COUNT:
            self.values[known.field] = read_count(row, self.mistakes)
        elif known.kind is RowKind.TALLIES:
            self.values[known.field] = read_tallies(row, self.mistakes)
        elif known.kind is RowKind.SOURCE:
            self._read_source(row)

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
        else:
            self._report_unread(row)

    def _report_unread(self, row: CsvRow) -> None:
        """Append a mistake for a row that cannot be drawn or is not known."""
        key, n = row["data"], row["n"]
        if key in _META_ANALYSIS_KEYS:
            if not is_silent(n) and n != "0":
                wanted = "no official template has a box for the meta-analysis; not drawn"
                self.mistakes.append(row.mistake(n, wanted))
        elif key not in {"", "NA"}:
            wanted = "a key of the PRISMA2020 template; the row is passed over"
            self.mistakes.append(row.mistake(key, wanted))

    def _add(self, name: str, items: Iterable[object]) -> None:
        self.values.setdefault(name, []).extend(items)


def _flow(values: Mapping[str, Any]) -> Flow:
    """Return the flow; an arm or a previous version whose every count is 0 or blank is not
    there.
    """
    unused: set[str] = {"updated"}
    if not _is_used(values, _OTHER_ARM):
        unused.update(_OTHER_ARM)
    updated = values.get("updated", False) or _is_used(values, _PREVIOUS)
    if not updated:
        unused.update(_VERSIONS)

    kept = {name: _frozen(value) for name, value in values.items() if name not in unused}
    for name in ("databases", "registers"):
        kept[name] = _without_placeholders(kept.get(name) or ())

    return Flow(updated=updated, **kept)


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


def _box_texts(rows: Sequence[CsvRow]) -> dict[str, str]:
    """Return the box texts of the file by the row's key (its box where it has none)."""
    texts: dict[str, str] = {}
    for row in rows:
        text = clean(row["boxtext"])
        if text and text != "NA":
            texts[_key_of(row["data"], row["box"])] = text
    return texts


def _key_of(data: str, box: str) -> str:
    if data in {"", "NA"}:
        return box
    return data


def _language_and_labels(texts: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return the language of most of the texts, and the texts that are none of its labels."""
    own_labels = {language: _own_labels(texts, language) for language in LANGUAGES}
    best = min(LANGUAGES, key=lambda language: len(own_labels[language]))
    return best, own_labels[best]


def _own_labels(texts: Mapping[str, str], language: str) -> dict[str, str]:
    """Return the texts that differ from the language's labels, by label."""
    labels = words(language).labels
    own: dict[str, str] = {}
    for row in ROWS:
        text = texts.get(_key_of(row.data, row.box), "")
        keys = [key for key in (row.label, row.updated_label) if key]
        is_standard = text == PACKAGE_TEXTS.get(row.data) or any(
            _is_same(text, labels[key]) for key in keys
        )
        if text and not is_standard and row.data not in _LIST_KEYS:
            own |= dict.fromkeys(keys, text)

    return own


def _is_same(text: str, label: str) -> bool:
    return text.rstrip(":").casefold() == label.replace("{mark}", "").rstrip(":").casefold()


def _is_link(url: str) -> bool:
    """Return whether a URL is more than the package's placeholder "records_screened.html"."""
    return bool(url) and url != "NA" and ("/" in url or "#" in url) and bool(safe_href(url))
