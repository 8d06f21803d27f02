"""PubMed's query language as far as compiled strategies use it, evaluated for real on a Corpus.

Terms with and without tag, quotes, parentheses, AND/OR/NOT from left to right, truncation, date
ranges.
"""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.servers.eutils_corpus import Corpus, Entry, words_of

_TOKEN = re.compile(r'\s*(?:([()])|"([^"]*)"|\[([^\]]*)\]|(:)|([^\s()"\[\]:]+))')
_DATE = re.compile(r"\d{4}(?:/\d{1,2}(?:/\d{1,2})?)?$")

# Tag, PubMed's name of the field, the MEDLINE fields it looks into.
_TEXT_FIELDS = {
    "ti": ("Title", ("TI", "BTI")),
    "tiab": ("Title/Abstract", ("TI", "BTI", "AB", "OT", "OAB")),
    "tw": ("Text Word", ("TI", "BTI", "AB", "OT", "MH", "PT")),
    "ab": ("Abstract", ("AB",)),
    "au": ("Author", ("AU", "FAU", "CN")),
    "ta": ("Journal", ("TA", "JT")),
    "all": (
        "All Fields",
        ("TI", "BTI", "TT", "AB", "OT", "OAB", "MH", "PT", "AU", "FAU", "CN", "TA", "JT", "LA"),
    ),
}
_DATE_FIELDS = {
    "dp": ("Date - Publication", ("DP", "DEP")),
    "crdt": ("Date - Create", ("CRDT",)),
    "edat": ("Date - Entry", ("EDAT",)),
    "mhda": ("Date - MeSH", ("MHDA",)),
    "lr": ("Date - Modification", ("LR",)),
}
_OTHER = {
    "mh": "MeSH Terms",
    "mh:noexp": "MeSH Terms:noexp",
    "majr": "MeSH Major Topic",
    "la": "Language",
}
_OTHER |= {"pt": "Publication Type", "uid": "UID"}
_SAME = {
    "pmid": "uid",
    "pdat": "dp",
    "title": "ti",
    "title/abstract": "tiab",
    "mesh": "mh",
    "mesh terms": "mh",
}
_SAME |= {
    "all fields": "all",
    "lang": "la",
    "language": "la",
    "author": "au",
    "jour": "ta",
    "text word": "tw",
}
_SAME |= {name.lower(): tag for tag, (name, _) in {**_DATE_FIELDS}.items()}
_LANGUAGES = {
    "english": "eng",
    "portuguese": "por",
    "spanish": "spa",
    "french": "fre",
    "german": "ger",
}


class Unbalanced(Exception):
    """Parentheses or quotes do not match; PubMed answers as if its backend were down."""


@dataclass
class Found:
    """The ids of an answer and what PubMed says beside them."""

    pmids: set[str] = field(default_factory=set)
    translation: str = ""
    phrases_not_found: list[str] = field(default_factory=list)
    fields_not_found: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Term:
    words: str
    quoted: bool
    tag: str | None
    until: str | None = None


def find(query: str, corpus: Corpus, *, headings: frozenset[str] = frozenset()) -> Found:
    """What the query finds. `headings` are known to MeSH though no record here has them."""
    with corpus.lock:
        return _Reader(query, corpus, headings | corpus.headings).read()


class _Reader:
    def __init__(self, query: str, corpus: Corpus, headings: frozenset[str]) -> None:
        if query.count('"') % 2:
            raise Unbalanced
        self._tokens = [match.groups() for match in _TOKEN.finditer(query)]
        self._at = 0
        self._corpus = corpus
        self._headings = headings
        self._found = Found()

    def read(self) -> Found:
        self._found.pmids, self._found.translation = self._expression()
        if self._at < len(self._tokens):
            raise Unbalanced
        return self._found

    def _peek(self) -> str:
        """The kind of the next token: "(", ")", "tag", ":", AND, OR, NOT, "word"; "" at the end."""
        if self._at >= len(self._tokens):
            return ""
        bracket, quoted, tag, colon, word = self._tokens[self._at]
        if quoted is not None:
            return "word"
        if tag is not None:
            return "tag"
        return bracket or colon or (word if word in {"AND", "OR", "NOT"} else "word")

    def _expression(self) -> tuple[set[str], str]:
        pmids, translation = self._operand()
        while (kind := self._peek()) in {"AND", "OR", "NOT", "word", "("}:
            operator = kind if kind in {"AND", "OR", "NOT"} else "AND"
            self._at += kind == operator
            right, right_told = self._operand()
            pmids = {"AND": pmids & right, "OR": pmids | right, "NOT": pmids - right}[operator]
            translation = f"{translation} {operator} {right_told}"
        return pmids, translation

    def _operand(self) -> tuple[set[str], str]:
        if self._peek() == "(":
            self._at += 1
            pmids, translation = self._expression()
            if self._peek() != ")":
                raise Unbalanced
            self._at += 1
            return pmids, f"({translation})"
        if self._peek() != "word":
            raise Unbalanced
        return self._evaluate(self._term())

    def _term(self) -> _Term:
        words, quoted = self._words()
        tag = self._tag()
        until = None
        if self._peek() == ":":
            self._at += 1
            until, _ = self._words()
            tag = self._tag() or tag
        return _Term(words=words, quoted=quoted, tag=tag, until=until)

    def _words(self) -> tuple[str, bool]:
        quoted = self._tokens[self._at][1]
        if quoted is not None:
            self._at += 1
            return quoted, True
        lines = []
        while self._peek() == "word" and self._tokens[self._at][1] is None:
            lines.append(self._tokens[self._at][4])
            self._at += 1
        return " ".join(lines), False

    def _tag(self) -> str | None:
        if self._peek() != "tag":
            return None
        tag = self._tokens[self._at][2].strip().lower()
        self._at += 1
        return _SAME.get(tag, tag)

    def _evaluate(self, term: _Term) -> tuple[set[str], str]:
        if term.tag in _DATE_FIELDS:
            return self._between(term)
        if term.tag is None:
            return self._mapped(term)
        if term.tag in _TEXT_FIELDS:
            name, fields = _TEXT_FIELDS[term.tag]
            return self._phrase(term, name, fields)
        if term.tag == "sb" and term.words.lower() == "free full text":
            return self._where(lambda entry: "PMC" in entry.fields), '"free full text"[Filter]'
        if term.tag in _OTHER:
            return self._exactly(term)
        self._found.fields_not_found.append(term.tag)
        return set(), f"{term.words}[{term.tag}]"

    def _between(self, term: _Term) -> tuple[set[str], str]:
        name, fields = _DATE_FIELDS[term.tag or ""]
        first, last = _day(term.words, end=False), _day(term.until or term.words, end=True)

        def within(entry: Entry) -> bool:
            return any(first <= day <= last for tag in fields for day in entry.dates(tag))

        return self._where(within), f"{first:%Y/%m/%d}:{last:%Y/%m/%d}[{name}]"

    def _exactly(self, term: _Term) -> tuple[set[str], str]:
        wanted = term.words.lower()
        translation = f'"{term.words}"[{_OTHER[term.tag or ""]}]'
        if term.tag == "uid":
            return self._where(lambda entry: entry.pmid in wanted.split()), translation
        if term.tag == "la":
            code = _LANGUAGES.get(wanted, wanted)
            return self._where(
                lambda entry: code in {la.lower() for la in entry.fields.get("LA", ())}
            ), translation
        if term.tag == "pt":
            return self._where(
                lambda entry: wanted in {pt.lower() for pt in entry.fields.get("PT", ())}
            ), translation
        if wanted not in self._headings:
            self._found.phrases_not_found.append(f'"{term.words}"[{_OTHER[term.tag or ""]}]')
        pmids = self._where(lambda entry: wanted in entry.headings)
        if term.tag == "majr":
            pmids &= self._where(
                lambda entry: any("*" in mh for mh in entry.fields.get("MH", ()) if _is(mh, wanted))
            )
        return pmids, translation

    def _mapped(self, term: _Term) -> tuple[set[str], str]:
        """Automatic term mapping: the heading of that name, the phrase, or all of the words."""
        name, fields = _TEXT_FIELDS["all"]
        if term.quoted:
            return self._phrase(term, name, fields)
        words = words_of(term.words) if "*" not in term.words else tuple(term.words.lower().split())
        pmids, seen = set(self._corpus.pmids), []
        for word in words:
            found = self._containing((word,), fields)
            if not found:
                self._found.phrases_not_found.append(f'"{word}"')
            pmids &= found
            seen.append(f'"{word}"[{name}]')
        whole = " AND ".join(seen)
        if (heading := term.words.lower()) in self._headings:
            pmids |= self._where(lambda entry: heading in entry.headings)
            whole = f'"{heading}"[MeSH Terms] OR ({whole})'
        return pmids, f"({whole})"

    def _phrase(self, term: _Term, name: str, fields: tuple[str, ...]) -> tuple[set[str], str]:
        words = tuple(term.words.lower().split()) if "*" in term.words else words_of(term.words)
        pmids = self._containing(words, fields)
        if pmids or not words:
            return pmids, f'"{term.words}"[{name}]'
        # Not in the index: PubMed says so, and looks for the words one by one.
        self._found.phrases_not_found.append(f'"{term.words}"')
        parts = [self._containing((word,), fields) for word in words]
        return set.intersection(*parts), " AND ".join(f'"{word}"[{name}]' for word in words)

    def _containing(self, words: tuple[str, ...], fields: tuple[str, ...]) -> set[str]:
        options = [self._corpus.words_beginning(w[:-1]) if w.endswith("*") else {w} for w in words]
        candidates = [
            set().union(*(self._corpus.holding(word) for word in option)) for option in options
        ]
        within: set[str] = set.intersection(*candidates) if candidates else set()
        return {
            pmid
            for pmid in within
            if (entry := self._corpus.get(pmid)) and _holds(entry, options, fields)
        }

    def _where(self, wanted: Callable[[Entry], bool]) -> set[str]:
        return {entry.pmid for entry in self._corpus if wanted(entry)}


def _is(heading: str, wanted: str) -> bool:
    return heading.split("/", maxsplit=1)[0].strip("* ").lower() == wanted


def _holds(entry: Entry, options: list[set[str]], fields: tuple[str, ...]) -> bool:
    size = len(options)
    for run in (run for tag in fields for run in entry.runs.get(tag, ())):
        for start in range(len(run) - size + 1):
            if all(run[start + i] in options[i] for i in range(size)):
                return True
    return False


def _day(printed: str, *, end: bool) -> datetime.date:
    """The first or last day of what is printed: a year, a month or a day; 3000 means "present"."""
    if not _DATE.match(printed.strip()):
        raise Unbalanced
    parts = [int(part) for part in printed.strip().split("/")]
    year, month = parts[0], parts[1] if len(parts) > 1 else (12 if end else 1)
    if len(parts) > 2:
        return datetime.date(year, month, parts[2])
    if not end:
        return datetime.date(year, month, 1)
    following = datetime.date(year + month // 12, month % 12 + 1, 1)
    return following - datetime.timedelta(1)
