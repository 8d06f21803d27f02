"""Turn likenesses into evidence: the columns that have weights, each with the sign it may have.

An unknown field is no evidence. The signs are fixed, so that no weight can reward disagreement.
"""

import numpy as np

from reviewkit.dedupe.compare.fields import Flags, Floats

# Evidence by name: +1 may only support that two records are duplicates, -1 may only oppose it.
SIGNS: dict[str, int] = {
    "title_same": 1,
    "title_near": 1,
    "title_begins": 1,
    "title_far": -1,
    "title_short": -1,
    "words_exchanged": -1,
    "words_added": -1,
    "numbers_clash": -1,
    "numbers_extra": -1,
    "authors_same": 1,
    "authors_shared": 1,
    "authors_differ": -1,
    "first_author_same": 1,
    "first_author_differs": -1,
    "authors_unknown": -1,
    "journal_same": 1,
    "journal_differs": -1,
    "year_same": 1,
    "year_next": -1,
    "year_far": -1,
    "volume_same": 1,
    "volume_differs": -1,
    "issue_same": 1,
    "issue_differs": -1,
    "first_page_same": 1,
    "first_page_differs": -1,
    "last_page_same": 1,
    "last_page_differs": -1,
    "place_unknown": -1,
    "identifier_same": 1,
    "identifier_differs": -1,
    "abstract_same": 1,
    "abstract_differs": -1,
    "long_title_same": 1,
    "text_same": 1,
}


def evidence(values: dict[str, Floats]) -> Floats:
    """Return a row for each pair, a column for each name in `SIGNS`, all between 0 and 1."""
    if not len(values["title"]):
        return np.empty((0, len(SIGNS)))

    columns = {
        **_title(values),
        **_people(values),
        **_place(values),
        **_identity(values),
        **_text(values),
    }
    return np.column_stack([columns[name] for name in SIGNS])


def at_least(column: Floats, bound: float | Floats) -> Flags:
    """Return where the likeness is known and at least the bound."""
    return np.nan_to_num(column, nan=-1.0) >= bound


def below(column: Floats, bound: float) -> Flags:
    """Return where the likeness is known and below the bound."""
    return np.nan_to_num(column, nan=np.inf) < bound


def _ramp(column: Floats, low: float, high: float) -> Floats:
    return np.clip((np.nan_to_num(column, nan=low) - low) / (high - low), 0.0, 1.0)


def _title(values: dict[str, Floats]) -> dict[str, Floats]:
    title, part = values["title"], values["title_part"]
    return {
        "title_same": at_least(title, 1.0).astype(float),
        "title_near": _ramp(title, 0.8, 0.98),
        "title_begins": np.where(part > np.nan_to_num(title) + 0.02, _ramp(part, 0.9, 1.0), 0.0),
        "title_far": 1.0 - _ramp(np.fmax(title, part), 0.4, 0.85),
        "title_short": 1.0 - _ramp(values["telling"], 1, 5),
        "words_exchanged": np.clip(values["swapped"], 0, 2) / 2,
        "words_added": np.clip(values["added"], 0, 4) / 4,
        "numbers_clash": (values["numbers"] == 0).astype(float),
        "numbers_extra": (values["numbers"] == 0.5).astype(float),
    }


def _people(values: dict[str, Floats]) -> dict[str, Floats]:
    authors, first = values["authors"], values["first_author"]
    return {
        "authors_same": at_least(values["authors_all"], 0.85).astype(float),
        "authors_shared": _ramp(authors, 0.5, 1.0),
        "authors_differ": np.where(np.isnan(authors), 0.0, 1.0 - _ramp(authors, 0.1, 0.6)),
        "first_author_same": at_least(first, 1.0).astype(float),
        "first_author_differs": below(first, 0.5).astype(float),
        "authors_unknown": np.isnan(authors).astype(float),
    }


def _place(values: dict[str, Floats]) -> dict[str, Floats]:
    gap, volume, issue = values["year_gap"], values["volume"], values["issue"]
    page, last = values["first_page"], values["last_page"]
    return {
        "journal_same": _ramp(values["journal"], 0.6, 0.9),
        "journal_differs": np.where(
            np.isnan(values["journal"]), 0.0, 1.0 - _ramp(values["journal"], 0.3, 0.6)
        ),
        "year_same": (gap == 0).astype(float),
        "year_next": (gap == 1).astype(float),
        "year_far": (gap > 1).astype(float),
        "volume_same": (volume == 1).astype(float),
        "volume_differs": (volume == 0).astype(float),
        "issue_same": (issue == 1).astype(float),
        "issue_differs": (issue == 0).astype(float),
        "first_page_same": np.where(np.isnan(page) | (page == 0), 0.0, page),
        "first_page_differs": (page == 0).astype(float),
        "last_page_same": (last == 1).astype(float),
        "last_page_differs": (last == 0).astype(float),
        "place_unknown": (np.isnan(page) & np.isnan(volume)).astype(float),
    }


def _text(values: dict[str, Floats]) -> dict[str, Floats]:
    """Return what counts together.

    Authors rarely use a long title twice, and never with the same abstract.
    """
    people = at_least(values["authors_all"], 0.8)
    long_title = at_least(values["title"], 0.97) & (values["telling"] >= 6) & people
    return {
        "long_title_same": long_title.astype(float),
        "text_same": (long_title & at_least(values["abstract"], 0.9)).astype(float),
    }


def _identity(values: dict[str, Floats]) -> dict[str, Floats]:
    abstract = values["abstract"]
    return {
        "identifier_same": ((values["doi"] == 1) | (values["pmid"] == 1)).astype(float),
        "identifier_differs": ((values["doi"] == 0) | (values["pmid"] == 0)).astype(float),
        "abstract_same": _ramp(abstract, 0.6, 0.95),
        "abstract_differs": np.where(np.isnan(abstract), 0.0, 1.0 - _ramp(abstract, 0.35, 0.6)),
    }
