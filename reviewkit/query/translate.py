"""A query in another language, clause by clause, each marked for what became of it. Pure.

A clause is exact only where its text, read back, asks for the same. Headings of one vocabulary are
never guessed in another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import combinations

from reviewkit.query.canonical import ANY, LIMITED, ONE, OPTIONAL, canonical
from reviewkit.query.dialects.languages import LANGUAGES
from reviewkit.query.dialects.writers import WRITERS, Writer, value_of
from reviewkit.query.language import Language
from reviewkit.query.match import FEWEST_LETTERS
from reviewkit.query.parse import parse
from reviewkit.query.tree import Group, Kind, Near, Node, Op, Part, Term, terms


class Mark(StrEnum):
    EXACT = "exact"
    WIDER = "wider"
    NARROWER = "narrower"
    NOT_EXPRESSIBLE = "not expressible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause: as printed, as written, and why it is not exact. `written` may be a gap."""

    printed: str
    written: str
    mark: Mark
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """The query in the other language. With a gap (‹…›) it cannot be run as it stands."""

    text: str
    clauses: tuple[Clause, ...]

    @property
    def has_gaps(self) -> bool:
        return any(one.mark is Mark.NOT_EXPRESSIBLE for one in self.clauses)


_Written = tuple[str, Mark, str]


@dataclass(slots=True)
class _Translator:
    source: Language
    target: Language
    text: str
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    clauses: list[Clause] = field(default_factory=list)

    @property
    def writer(self) -> Writer:
        return WRITERS[self.target.id]

    def write(self, node: Node) -> str:
        """The text of a node; every level in parentheses, because languages order differently."""
        if isinstance(node, Group):
            word = {Op.NOT: self.writer.not_word}.get(node.op, node.op.value)
            return f"({f' {word} '.join(self.write(one) for one in node.operands)})"

        written, mark, why = self._clause(node)
        if isinstance(node, Term) and self.names.get(node.text.lower()):
            written, mark, why = self._with_names(node, (written, mark, why))
        if mark is Mark.EXACT and not self._reads_back(node, written):
            mark, why = Mark.WIDER, "it does not read back as the same; look at it"
        printed = self._printed(node) or written
        if mark is Mark.NOT_EXPRESSIBLE:
            written = f"‹{printed}›"
        self.clauses.append(Clause(printed=printed, written=written, mark=mark, why=why))
        return written

    def _with_names(self, term: Term, clause: _Written) -> _Written:
        """The clause or what DeCS calls its heading in three languages, as words.

        Headings below an exploded one are not among them.
        """
        written, mark, why = clause
        if term.kind is Kind.HEADING:
            written = self.writer.heading(replace(term, explode=False, subheadings=())) or ""
        elif mark is Mark.NOT_EXPRESSIBLE:
            written = ""
        names = self.names[term.text.lower()]
        words = [f'tw:("{name}")' for name in names]
        joined = f"({' OR '.join(filter(None, [written, *words]))})"

        added = f"DeCS: {', '.join(names)}, as words too"
        if term.explode or term.subheadings:
            less = "the headings below it and its subheadings are left out"
            return joined, Mark.NARROWER, f"{added}; {less}"
        if mark is Mark.NARROWER:
            return joined, mark, f"{why}; {added}"
        return joined, Mark.WIDER, added

    def _printed(self, node: Node) -> str:
        """The clause as it stands in the text; of a field on a parenthesis, the term alone."""
        shown = " ".join(self.text[slice(*node.span)].split())
        if isinstance(node, Term) and shown.count("(") != shown.count(")"):
            return f"{node.text} ({node.tag})" if node.tag else node.text
        return shown

    def _reads_back(self, node: Node, written: str) -> bool:
        again = parse(written, self.target)
        if again.tree is None or again.errors:
            return False
        ours = canonical(node, WRITERS[self.source.id].signs)
        return canonical(again.tree, self.writer.signs) == ours

    def _clause(self, node: Node) -> _Written:
        if isinstance(node, Near):
            return self._near(node)
        if not isinstance(node, Term):
            return "", Mark.NOT_EXPRESSIBLE, "a line that is not there"
        match node.kind:
            case Kind.WORDS:
                return self._words(node)
            case Kind.HEADING:
                return self._heading(node)
        return self._value(node)

    def _value(self, term: Term) -> _Written:
        if term.kind is Kind.MAPPED:
            why = "the database maps it itself: translate what its own translation says"
            return "", Mark.NOT_EXPRESSIBLE, why
        written = value_of(term, self.target.id)
        if written is None:
            why = f"{self.target.label} has no such field, or a list of its own: {term.kind}"
            return "", Mark.NOT_EXPRESSIBLE, why
        if term.kind is Kind.TYPE and term.explode and not self.target.has_star_only:
            return written, Mark.NARROWER, "the narrower types are not searched"
        return written, Mark.EXACT, ""

    def _words(self, term: Term) -> _Written:
        inner, mark, why = self._phrase(term)
        if mark is Mark.NOT_EXPRESSIBLE:
            return inner, mark, why
        return self._in_fields(inner, term.parts, mark, why)

    def _in_fields(self, inner: str, parts: frozenset[Part], mark: Mark, why: str) -> _Written:
        codes, field_mark, field_why = choose_fields(parts, self.writer.atoms)
        if not codes:
            return inner, Mark.NOT_EXPRESSIBLE, field_why
        if self.writer.loose and field_mark is Mark.EXACT:
            field_mark, field_why = Mark.WIDER, self.writer.loose
        lost = WRITERS[self.source.id].loose
        if lost and self.source.id != self.target.id:
            more = f"{self.source.label} widens by itself ({lost}); {self.target.label} may not"
            field_mark = _worse(field_mark, Mark.NARROWER)
            field_why = "; ".join(one for one in (field_why, more) if one)
        whys = "; ".join(one for one in (why, field_why) if one)
        return self.writer.fielded(inner, codes), _worse(mark, field_mark), whys

    def _phrase(self, term: Term) -> _Written:
        """The words with the wildcards of the other language."""
        text = WRITERS[self.source.id].signs.neutral(term.text)
        signs = self.writer.written_signs
        mark, why = Mark.EXACT, ""
        lacking = [one for one in (ONE, OPTIONAL, LIMITED) if one in text and one not in signs]
        if lacking:
            for one in (ONE, OPTIONAL):
                text = text.replace(one, ANY)
            text = _without_limits(text)
            mark, why = Mark.WIDER, f"a wildcard that {self.target.label} lacks is written as *"
        problem = self._star_problem(text)
        if problem:
            return "", Mark.NOT_EXPRESSIBLE, problem

        for one, sign in signs.items():
            text = text.replace(one, sign)
        if len(text.split()) > 1:
            text = f"{self.writer.quote}{text}{self.writer.quote}"
        return text, mark, why

    def _star_problem(self, text: str) -> str:
        words = [word for word in text.split() if ANY in word]
        if not words:
            return ""
        return self._lacks_star() or self._wrong_star(words, text)

    def _lacks_star(self) -> str:
        if ANY in self.writer.written_signs:
            return ""
        return f"{self.target.label} documents no *: list the spellings"

    def _wrong_star(self, words: list[str], text: str) -> str:
        """Why the language does not take these words with a star; empty where it does."""
        if self.target.has_star_only and min(map(_letters_before, words)) < FEWEST_LETTERS:
            return (
                f"{self.target.label} needs {FEWEST_LETTERS} letters before *: list the spellings"
            )
        if not self.writer.star_inside and _is_inside(words):
            return f"{self.target.label} takes * at the end of a word only: list the spellings"
        if " " in text and not self.writer.phrase_star:
            return f"{self.target.label} takes no * inside quotation marks"
        return ""

    def _heading(self, term: Term) -> _Written:
        if term.subheadings and len(term.subheadings) > 1:
            return "", Mark.NOT_EXPRESSIBLE, "several subheadings: one clause for each, by hand"
        written = self.writer.heading(term)
        if written is None:
            why = self.writer.other_headings or f"{self.target.label} has no such heading"
            return "", Mark.NOT_EXPRESSIBLE, why
        if self.source.id != self.target.id and term.subheadings and term.explode:
            return written, Mark.NARROWER, "PubMed explodes the subheading too; others do not"
        if term.detail == "decs" and self.target.id != self.source.id:
            return written, Mark.WIDER, "DeCS has headings of its own: see that MeSH has this one"
        return written, Mark.EXACT, ""

    def _near(self, node: Near) -> _Written:
        parts = {term.parts for term in terms(node) if term.kind is Kind.WORDS}
        is_words = all(term.kind is Kind.WORDS for term in terms(node))
        if len(parts) != 1 or not is_words:
            return "", Mark.NOT_EXPRESSIBLE, "words near each other in different fields"
        inner = [self._inside(one) for one in node.operands]
        if None in inner:
            return "", Mark.NOT_EXPRESSIBLE, "a wildcard that cannot be written near other words"
        return self._near_in(node, [one or "" for one in inner], next(iter(parts)))

    def _near_in(self, node: Near, known: list[str], parts: frozenset[Part]) -> _Written:
        """Written operands near each other in these parts; joined by AND where that is all."""
        near = self.writer.near(known, node.distance, node.ordered)
        if near is None:
            why = f"{self.target.label} cannot write this distance: only AND"
            return self._in_near(known, parts, why)
        mark, why = Mark.EXACT, ""
        if len(known) > 2:
            mark, why = Mark.WIDER, "how a distance counts over three words differs"
        return self._in_fields(near, parts, mark, why)

    def _in_near(self, known: list[str], parts: frozenset[Part], why: str) -> _Written:
        """Words joined by AND instead: each needs its own field where tags stand behind terms."""
        pieces = [self._in_fields(one, parts, Mark.WIDER, why) for one in known]
        if any(mark is Mark.NOT_EXPRESSIBLE for _, mark, _ in pieces):
            return "", Mark.NOT_EXPRESSIBLE, pieces[0][2]
        is_simple = all("(" not in one for one in known)
        if not is_simple and self.target.has_star_only:
            return "", Mark.NOT_EXPRESSIBLE, f"{why}; groups: multiply the words out by hand"
        return f"({' AND '.join(piece for piece, _, _ in pieces)})", Mark.WIDER, why

    def _inside(self, node: Node) -> str | None:
        """An operand of a distance, without its field."""
        if isinstance(node, Term):
            text, mark, _ = self._phrase(node)
            return None if mark is Mark.NOT_EXPRESSIBLE else text
        if isinstance(node, Group) and node.op is Op.OR:
            inner = [self._inside(one) for one in node.operands]
            return None if None in inner else f"({' OR '.join(one or '' for one in inner)})"

        return None


def _letters_before(word: str) -> int:
    return word.index(ANY)


def _is_inside(words: list[str]) -> bool:
    return any(ANY in word[:-1] for word in words)


def _without_limits(text: str) -> str:
    place = text.find(LIMITED)
    while place >= 0:
        text = text[:place] + ANY + text[place + 2 :]
        place = text.find(LIMITED)
    return text


def _worse(first: Mark, second: Mark) -> Mark:
    """The mark of two together: wider and narrower at once is called narrower, as records may be
    lost.
    """
    order = (Mark.NOT_EXPRESSIBLE, Mark.NARROWER, Mark.WIDER, Mark.EXACT)
    return next(mark for mark in order if mark in {first, second})


def choose_fields(
    parts: frozenset[Part], atoms: Mapping[str, frozenset[Part]]
) -> tuple[tuple[str, ...], Mark, str]:
    """The fields that together search these parts; else the fewest more; else fewer parts."""
    within = {code: one for code, one in atoms.items() if one <= parts}
    if _union(within.values()) == parts:
        return _fewest(within, parts), Mark.EXACT, ""
    around = _around(parts, atoms)
    if around:
        more = ", ".join(sorted(_union(atoms[code] for code in around) - parts))
        return around, Mark.WIDER, f"it also searches: {more}"
    if within:
        less = ", ".join(sorted(parts - _union(within.values())))
        return _fewest(within, _union(within.values())), Mark.NARROWER, f"it leaves out: {less}"

    return (), Mark.NOT_EXPRESSIBLE, "no field of this language searches there"


def _around(parts: frozenset[Part], atoms: Mapping[str, frozenset[Part]]) -> tuple[str, ...] | None:
    """One field or two that together search all these parts and the fewest others."""
    choices = [(code,) for code in atoms] + list(combinations(atoms, 2))
    found = [codes for codes in choices if _searched(codes, atoms) >= parts]
    return min(found, key=lambda codes: (len(_searched(codes, atoms)), len(codes)), default=None)


def _searched(codes: Iterable[str], atoms: Mapping[str, frozenset[Part]]) -> frozenset[Part]:
    return _union(atoms[code] for code in codes)


def _union(parts: Iterable[frozenset[Part]]) -> frozenset[Part]:
    return frozenset[Part]().union(*parts)


def _fewest(atoms: Mapping[str, frozenset[Part]], parts: frozenset[Part]) -> tuple[str, ...]:
    """The smallest choice of fields that searches all the parts."""
    for size in range(1, len(atoms) + 1):
        for codes in combinations(atoms, size):
            if _union(atoms[code] for code in codes) == parts:
                return codes

    return tuple(atoms)


def translate(
    tree: Node,
    text: str,
    source: Language,
    target: str,
    names: Mapping[str, tuple[str, ...]] | None = None,
) -> Translation:
    """The tree in the language `target`. `text` is what the places of the tree are in.

    `names` are what DeCS calls a heading, by the term's text in lower case; for LILACS.
    """
    translator = _Translator(source, LANGUAGES[target], text, names or {})
    written = translator.write(tree)
    if isinstance(tree, Group):
        written = written[1:-1]
    return Translation(text=written, clauses=tuple(translator.clauses))
