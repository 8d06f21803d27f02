"""Compute all likenesses of many pairs at once: arrays by field name, NaN where unknown.

The fast ones come first. Pairs that cannot be duplicates by title, place or identifier are dropped
before the slow ones.
"""

from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from reviewkit.dedupe.compare.authors import shared_names
from reviewkit.dedupe.compare.journals import journal_likeness
from reviewkit.dedupe.compare.texts import abstract_ratios, beginnings, ratios_of
from reviewkit.dedupe.compare.titles import are_opposed, title_difference
from reviewkit.dedupe.normalise.language import script_of
from reviewkit.dedupe.normalise.pages import Counting
from reviewkit.dedupe.prepare import Ints, Prepared

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FIELDS = (
    "title", "title_part", "swapped", "opposed", "added", "numbers", "telling", "authors",
    "authors_all", "first_author", "initial", "journal", "year_gap", "volume", "issue",
    "first_page", "last_page", "doi", "pmid", "beginning", "abstract", "letter_number",
    "registration", "cochrane", "cochrane_version",
)  # fmt: skip
_EQUAL_OR_NOT = (
    "issue", "last_page", "doi", "pmid", "letter_number", "registration", "cochrane",
    "cochrane_version",
)  # fmt: skip
# Two titles below both bounds differ.
_NEAR_TITLE = 0.75
_PART_TITLE = 0.86
# Names of journals less alike than this are two names.
_OTHER_NAME = 0.5
# A shorter beginning of a title fits too many others.
_CUT_LENGTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """The pairs worth deciding on, by position, and their likenesses by field name."""

    first: Ints
    second: Ints
    values: dict[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.first)


def compare(prepared: Prepared, first: Ints, second: Ints, *, keep_all: bool = False) -> Likeness:
    """Return the likenesses of the pairs; without `keep_all`, only of possible duplicates."""
    values = _equalities(prepared, first, second)
    values["title"] = _title_ratio(prepared, first, second)
    values["title_part"] = _title_part(prepared, first, second, values["title"])
    values["title"] = _completed(prepared, first, second, values)
    values["beginning"] = beginnings(prepared.abstracts, first, second)

    if not keep_all:
        kept = np.flatnonzero(is_worth_deciding(values))
        first, second = first[kept], second[kept]
        values = {name: column[kept] for name, column in values.items()}

    _title_words(prepared, first, second, values)
    _people(prepared, first, second, values)
    values["journal"] = _journals(prepared, first, second)
    values["abstract"] = abstract_ratios(prepared.abstracts, first, second)
    return Likeness(first=first, second=second, values=values)


def is_worth_deciding(values: dict[str, Floats]) -> Flags:
    """Return where two records may be one, by title, place, identifier or text.

    A run drops the other pairs. The rule "title" in merge_rules.py keeps the same pairs apart.
    """
    same_place = (values["first_page"] == 1) & (
        (values["volume"] == 1) | (values["last_page"] == 1)
    )
    worth = (
        (values["title"] >= _NEAR_TITLE)
        | (values["title_part"] >= _PART_TITLE)
        | (values["doi"] == 1)
        | (values["pmid"] == 1)
        | (values["registration"] == 1)
        | (values["cochrane"] == 1)
        | (values["beginning"] == 1)
        | same_place
    )
    return np.asarray(worth, dtype=np.bool_)


def _equal(column: Ints, first: Ints, second: Ints) -> Floats:
    one, two = column[first], column[second]
    return np.where((one == 0) | (two == 0), np.nan, (one == two).astype(np.float64))


def _equalities(prepared: Prepared, first: Ints, second: Ints) -> dict[str, Floats]:
    ints = prepared.ints
    values = {name: _equal(ints[name], first, second) for name in _EQUAL_OR_NOT}

    # "Suppl" beside "Suppl 2", "2" beside "Suppl 2": one of the two says less.
    numbers_of = ints["issue_digits"]
    one, two = ints["supplement"][first], ints["supplement"][second]
    less = ((one != two) & (numbers_of[first] == numbers_of[second])) | (
        (one == two) & (one == 1) & ((numbers_of[first] == 0) | (numbers_of[second] == 0))
    )
    values["issue"] = np.where((values["issue"] == 0) & less, np.nan, values["issue"])

    shifted = _shifted(ints, first, second) | _shifted(ints, second, first)
    values["issue"] = np.where(shifted, 1.0, values["issue"])
    values["volume"] = _volumes(ints, first, second)
    values["initial"] = _equal(ints["first_initial"], first, second)

    one, two = ints["year"][first], ints["year"][second]
    gap = np.abs(one - two).astype(np.float64)
    values["year_gap"] = np.where((one == 0) | (two == 0), np.nan, gap)
    telling = np.minimum(ints["telling"][first], ints["telling"][second])
    values["telling"] = telling.astype(np.float64)

    values["first_page"] = _first_pages(ints, first, second)
    # "742-8; discussion 748-9" and "742-749": databases disagree on where an article ends.
    apart = np.abs(ints["last_page"][first] - ints["last_page"][second])
    values["last_page"] = np.where(
        (values["first_page"] == 1) & (apart > 0) & (apart < 4), np.nan, values["last_page"]
    )
    return values


def _volumes(ints: dict[str, Ints], first: Ints, second: Ints) -> Floats:
    """Return 1 for the same volume, 0 for another, 0.5 if one side's volume is the other's issue.

    The last comes from files with swapped columns; where the issues agree, no column is swapped.
    """
    values = _equal(ints["volume"], first, second)
    digits, issues = ints["volume_digits"], ints["issue_digits"]
    crossed = ((digits[first] == issues[second]) & (digits[first] != 0)) | (
        (digits[second] == issues[first]) & (digits[second] != 0)
    )
    crossed &= _equal(ints["issue"], first, second) != 1
    values = np.where((values == 0) & crossed, 0.5, values)
    return np.where(_shifted(ints, first, second) | _shifted(ints, second, first), 1.0, values)


def _shifted(ints: dict[str, Ints], one: Ints, two: Ints) -> Flags:
    """Return where the first record's columns are shifted by one.

    Its issue is then the other's volume, its page the other's issue.
    """
    issue, page = ints["issue_digits"][one], ints["page_digits"][one]
    slipped = (ints["volume"][one] == 0) & (issue != 0) & (issue == ints["volume_digits"][two])
    return np.asarray(slipped & (page != 0) & (page == ints["issue_digits"][two]), dtype=np.bool_)


def _first_pages(ints: dict[str, Ints], first: Ints, second: Ints) -> Floats:
    """Return 1 for the same page, 0.8 for a likely misprint, 0 for another page.

    NaN where the two do not count the same thing.
    """
    values = _equal(ints["first_page"], first, second)
    one, two = ints["page_digits"][first], ints["page_digits"][second]
    end_one, end_two = ints["last_page"][first], ints["last_page"][second]

    # "S12" and "12"; "2141-2147" and "2142-2147"; "488" and "487-488".
    slip = ((end_one == end_two) & (end_one != 0)) | _inside(one, end_one, two, end_two)
    slip |= _inside(two, end_two, one, end_one)
    # Two articles never share more than one page: ranges that overlap more are one, misprinted.
    slip |= (
        (np.minimum(end_one, end_two) - np.maximum(one, two) >= 1)
        & (end_one - one < 60)
        & (end_two - two < 60)
    )
    slip &= ints["page_letters"][first] == ints["page_letters"][second]
    slip |= one == two
    values = np.where((values == 0) & (one != 0) & (two != 0) & slip, 0.8, values)

    incomparable = (
        _counted_otherwise(ints, first, second)
        | _shifted(ints, first, second)
        | _shifted(ints, second, first)
    )
    return np.where((values == 0) & incomparable, np.nan, values)


def _inside(page: Ints, no_end: Ints, start: Ints, end: Ints) -> Flags:
    return np.asarray(
        (no_end == 0) & (page > start) & (page <= end) & (end - start < 60), dtype=np.bool_
    )


def _counted_otherwise(ints: dict[str, Ints], first: Ints, second: Ints) -> Flags:
    """Return where, in one volume, one prints the volume's pages and the other counts otherwise.

    The other prints an article number, or counts pages from 1.
    """
    kind_one, kind_two = ints["counting"][first], ints["counting"][second]
    end_one, end_two = ints["last_page"][first], ints["last_page"][second]
    as_long = end_one - ints["page_digits"][first] == end_two - ints["page_digits"][second]

    from_one = (kind_one == Counting.FROM_ONE) & ((end_two == 0) | as_long)
    from_one |= (kind_two == Counting.FROM_ONE) & ((end_one == 0) | as_long)
    article = (kind_one == Counting.ARTICLES) != (kind_two == Counting.ARTICLES)

    volume_one, volume_two = ints["volume"][first], ints["volume"][second]
    one_volume = (volume_one == volume_two) & (volume_one != 0)
    return np.asarray((from_one | article) & one_volume, dtype=np.bool_)


def _title_ratio(prepared: Prepared, first: Ints, second: Ints) -> Floats:
    titles = prepared.titles
    codes = prepared.ints["title"]
    ratios = ratios_of([titles[i] for i in first.tolist()], [titles[j] for j in second.tolist()])
    ratios = np.where(codes[first] == codes[second], 1.0, ratios)
    if prepared.parallel:
        _lift_parallel(prepared, first, second, ratios)
    return np.where((codes[first] == 0) | (codes[second] == 0), np.nan, ratios)


def _lift_parallel(prepared: Prepared, first: Ints, second: Ints, ratios: Floats) -> None:
    """Raise the ratio of a title in two languages to that of the nearer of the two."""
    holders = np.fromiter(prepared.parallel, np.int64, len(prepared.parallel))
    for place in np.flatnonzero(np.isin(first, holders) | np.isin(second, holders)).tolist():
        i, j = int(first[place]), int(second[place])
        ones = (prepared.titles[i], prepared.parallel.get(i))
        twos = (prepared.titles[j], prepared.parallel.get(j))
        for one, two in product(filter(None, ones), filter(None, twos)):
            ratios[place] = max(ratios[place], fuzz.ratio(one, two) / 100)


def _title_part(prepared: Prepared, first: Ints, second: Ints, whole: Floats) -> Floats:
    """Return how well a much shorter title begins or ends the longer one.

    Elsewhere it is the ratio of the whole titles. In one issue the shorter may be of a few words.
    """
    lengths = np.fromiter(map(len, prepared.titles), np.int64, len(prepared))
    swap = lengths[first] > lengths[second]
    short, full = np.where(swap, second, first), np.where(swap, first, second)
    ints = prepared.ints
    least = np.where(_in_one_issue(ints, first, second), 12, 20)
    uneven = (
        (lengths[short] >= least)
        & (lengths[short] < 0.92 * lengths[full])
        & (whole >= 0.3)
        & (whole < 0.97)
    )
    places = np.flatnonzero(uneven)
    one = [prepared.titles[i] for i in short[places].tolist()]
    two = [prepared.titles[j] for j in full[places].tolist()]
    beginnings = [b[: len(a)] for a, b in zip(one, two, strict=True)]
    ends = [b[-len(a) :] for a, b in zip(one, two, strict=True)]

    part = whole.copy()
    for pieces in (beginnings, ends):
        ratios = process.cpdist(one, pieces, scorer=fuzz.ratio, dtype=np.float32) / 100
        part[places] = np.maximum(part[places], ratios)
    return part


def _in_one_issue(ints: dict[str, Ints], first: Ints, second: Ints) -> Flags:
    same = [_equal(ints[name], first, second) == 1 for name in ("volume", "issue")]
    return np.asarray(np.logical_and.reduce(same), dtype=np.bool_)


def _completed(prepared: Prepared, first: Ints, second: Ints, values: dict[str, Floats]) -> Floats:
    """Return the ratio of the whole titles; for a title cut by an ellipsis, that of the beginnings.

    What is left of the last word must be in the other title too.
    """
    cut = prepared.ints["cut"]
    ratios = values["title"]
    for place in np.flatnonzero((cut[first] | cut[second]) != 0).tolist():
        i, j = int(first[place]), int(second[place])
        if len(prepared.titles[i]) > len(prepared.titles[j]):
            i, j = j, i
        short, full = prepared.titles[i], prepared.titles[j][: len(prepared.titles[i])]
        if cut[i] and len(short) >= _CUT_LENGTH and short[-3:] == full[-3:]:
            begins = fuzz.ratio(short, full) / 100
            ratios[place] = max(ratios[place], begins)
    return ratios


def _title_words(prepared: Prepared, first: Ints, second: Ints, values: dict[str, Floats]) -> None:
    titles = prepared.titles
    cut = prepared.ints["cut"]
    swapped, added, opposed = np.zeros(len(first)), np.zeros(len(first)), np.zeros(len(first))

    near = ((values["title"] >= _NEAR_TITLE) | (values["title_part"] >= _PART_TITLE)) & (
        values["title"] < 1
    )

    for place in np.flatnonzero(near).tolist():
        one, two = titles[int(first[place])], titles[int(second[place])]
        one, two = _as_long(one, two, (int(cut[first[place]]), int(cut[second[place]])))
        left, right = title_difference(one, two)
        swapped[place] = min(len(left), len(right))
        added[place] = abs(len(left) - len(right))
        opposed[place] = are_opposed(left, right)
    values["swapped"], values["added"], values["opposed"] = swapped, added, opposed

    _title_numbers(prepared, first, second, values)


def _as_long(one: str, two: str, cut: tuple[int, int]) -> tuple[str, str]:
    """Return both titles up to where one of them is cut."""
    if cut[0]:
        two = two[: len(one)]
    if cut[1]:
        one = one[: len(two)]
    return one, two


def _title_numbers(
    prepared: Prepared, first: Ints, second: Ints, values: dict[str, Floats]
) -> None:
    sets, codes = prepared.number_sets, prepared.ints["numbers"]
    one, two = codes[first], codes[second]
    # Titles with "10 000" and "10000" are equal already.
    same = (one == two) | (prepared.ints["title"][first] == prepared.ints["title"][second])
    values["numbers"] = np.where(same, 1.0, 0.0)
    for place in np.flatnonzero(~same).tolist():
        few, many = sorted((sets[int(one[place])], sets[int(two[place])]), key=len)
        if _is_within(few, many):
            values["numbers"][place] = 0.5


def _is_within(few: tuple[str, ...], many: tuple[str, ...]) -> bool:
    return all(few.count(number) <= many.count(number) for number in few)


def _people(prepared: Prepared, first: Ints, second: Ints, values: dict[str, Floats]) -> None:
    families, all_words, leading = prepared.families, prepared.name_words, prepared.first_family
    smaller, union, lead = np.empty(len(first)), np.empty(len(first)), np.empty(len(first))

    for place, (i, j) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        if not families[i] or not families[j]:
            smaller[place] = union[place] = np.nan
        elif families[i] == families[j]:
            smaller[place] = union[place] = 1.0
        else:
            part, whole = shared_names(families[i], families[j])
            if part < 1:
                # If given and family names are swapped or mixed up, all words of the names agree.
                part_all, whole_all = shared_names(all_words[i], all_words[j])
                part, whole = max(part, part_all), max(whole, whole_all)
            smaller[place], union[place] = part, whole
        lead[place] = _same_lead(leading[i], leading[j], all_words[i], all_words[j])

    # Names in two scripts cannot be compared.
    scripts = prepared.ints["script"]
    other_script = scripts[first] != scripts[second]
    values["authors"] = np.where(other_script, np.nan, smaller)
    values["authors_all"] = np.where(other_script, np.nan, union)
    values["first_author"] = np.where(other_script, np.nan, lead)


def _same_lead(one: str, two: str, all_one: str, all_two: str) -> float:
    if not one or not two:
        return np.nan
    if one == two or fuzz.ratio(one, two) >= 82:
        return 1.0
    # "Di, Leone G" beside "Di Leone, G"; "Omulo Sylvia" beside "Omulo, S".
    if set(one.split()) <= set(all_two.split()) or set(two.split()) <= set(all_one.split()):
        return 0.5
    return 0.0


def _journals(prepared: Prepared, first: Ints, second: Ints) -> Floats:
    codes = prepared.ints["journal"]
    known: dict[tuple[int, int], float] = {}
    result = np.empty(len(first))

    for place, (i, j) in enumerate(zip(codes[first].tolist(), codes[second].tolist(), strict=True)):
        pair = (i, j) if i <= j else (j, i)
        if pair not in known:
            one, two = pair
            likeness = journal_likeness(
                prepared.journals[one],
                prepared.journals[two],
                prepared.issns[one],
                prepared.issns[two],
            )
            if likeness < _OTHER_NAME and _in_two_scripts(
                prepared.journals[one], prepared.journals[two]
            ):
                likeness = -1.0
            known[pair] = likeness
        result[place] = known[pair]

    result[result < 0] = np.nan
    return result


def _in_two_scripts(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    scripts = {script_of(" ".join(names)) for names in (one, two) if names}
    return len(scripts) > 1
