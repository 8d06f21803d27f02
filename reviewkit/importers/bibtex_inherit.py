"""What BibTeX entries take over from others: `crossref` from a larger work, `xdata` from a list.

Rules of biblatex 3.19 (appendix B), without what belongs to the larger work alone: its DOI, links,
abstract, keywords, pages, notes. Entries keep the order of the file.
"""

from collections import deque
from collections.abc import Iterable, Iterator

from reviewkit.importers.bibtex_entries import BibtexEntry

_PARENT_TYPES = (
    "book collection mvbook mvcollection mvproceedings mvreference periodical proceedings "
    "reference xdata misc manual"
)
_PARENTS = frozenset(_PARENT_TYPES.split())
_OWN_FIELDS = (
    "doi url abstract keywords pages pagetotal note eprint crossref xref xdata ids isbn "
    "indextitle indexsorttitle sorttitle shorttitle annotation reviewkit"
)
_OF_THE_LARGER_WORK = frozenset(_OWN_FIELDS.split())
_RENAMED = {"title": "booktitle", "subtitle": "booksubtitle", "titleaddon": "booktitleaddon"}
_OF_A_PERIODICAL = {"title": "journaltitle", "subtitle": "journalsubtitle"}


def with_inherited(entries: Iterable[BibtexEntry]) -> Iterator[BibtexEntry]:
    """Yield the entries with what they inherit; one whose larger work is missing says so."""
    known: dict[str, BibtexEntry] = {}
    waiting: deque[BibtexEntry] = deque()
    for entry in entries:
        if entry.kind in _PARENTS:
            known.setdefault(entry.key.casefold(), entry)
        waiting.append(entry)
        while waiting and not _missing(waiting[0], known):
            yield _completed(waiting.popleft(), known)

    while waiting:
        yield _completed(waiting.popleft(), known)


def _named(entry: BibtexEntry, field: str) -> list[str]:
    """Return the keys that a field names; a DOI is none (SciELO writes it there)."""
    keys = []
    for value in entry.fields.get(field, ()):
        keys += [key.strip() for key in value.split(",")]
    return [key for key in keys if key and not key.startswith("10.")]


def _missing(entry: BibtexEntry, known: dict[str, BibtexEntry]) -> bool:
    keys = _named(entry, "crossref") + _named(entry, "xdata")
    return any(key.casefold() not in known for key in keys)


def _completed(entry: BibtexEntry, known: dict[str, BibtexEntry]) -> BibtexEntry:
    for key in _named(entry, "xdata"):
        parent = known.get(key.casefold())
        if parent is not None:
            entry.fields = {**parent.fields, **entry.fields}
    for key in _named(entry, "crossref"):
        parent = known.get(key.casefold())
        if parent is None:
            what = f"its larger work {key!r} (crossref) is not in the file"
            entry.problems.append((entry.line, what))
        elif parent is not entry:
            _inherit(entry, parent)
    return entry


def _inherit(entry: BibtexEntry, parent: BibtexEntry) -> None:
    renamed = _RENAMED
    if parent.kind == "periodical":
        renamed = _OF_A_PERIODICAL
    for name, values in parent.fields.items():
        if name in _OF_THE_LARGER_WORK or (name == "author" and entry.kind != "inbook"):
            continue
        # A booktitle of the larger work is the same as its title, for BibTeX.
        entry.fields.setdefault(renamed.get(name, name), values)
    if "booktitle" in parent.fields and renamed is _RENAMED:
        entry.fields.setdefault("booktitle", parent.fields["booktitle"])
