"""How each language writes words, phrases, distances and headings; what it lacks is absent.

The reasons for "wider" and "narrower" stand beside the writer that needs them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reviewkit.query.canonical import ANY, LIMITED, ONE, OPTIONAL, Signs
from reviewkit.query.dialects import (
    bvs_language,
    clinicaltrials_language,
    cochrane_language,
    ebsco_language,
    embase_language,
    europepmc_language,
    medline_tags,
    openalex_language,
    ovid_language,
    scopus_language,
    wos_language,
)
from reviewkit.query.language import Field
from reviewkit.query.subheadings import code_of
from reviewkit.query.tree import Kind, Part, Term

Codes = Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """A language's way to write a clause.

    `atoms` are the fields of words that can be combined, by their code. `fielded` puts a written
    text into fields. `near` gets written operands, the words between and whether the order counts.
    `heading` returns `None` for what it cannot say. `loose` says why no word is exact.
    `takes_names`: its records are in languages in which DeCS has names.
    """

    atoms: Mapping[str, frozenset[Part]]
    fielded: Callable[[str, Codes], str]
    signs: Signs
    written_signs: Mapping[str, str]
    star_inside: bool = True
    near: Callable[[Sequence[str], int, bool], str | None]
    heading: Callable[[Term], str | None]
    other_headings: str = ""
    loose: str = ""
    not_word: str = "NOT"
    quote: str = '"'
    phrase_star: bool = True
    takes_names: bool = False


def _atoms(fields: Mapping[str, Field], *names: str) -> dict[str, frozenset[Part]]:
    return {name: fields[name].parts for name in names}


def _suffix(text: str, codes: Codes, *, mark: str, end: str) -> str:
    return f"{text}{mark}{','.join(codes)}{end}"


def _each(text: str, codes: Codes, form: str) -> str:
    pieces = [form.format(code=code, text=text) for code in codes]
    return pieces[0] if len(pieces) == 1 else f"({' OR '.join(pieces)})"


def _joined(operands: Sequence[str], word: str) -> str:
    return f"({f' {word} '.join(operands)})"


def _no_near(operands: Sequence[str], between: int, ordered: bool) -> str | None:
    return None


def _no_heading(term: Term) -> str | None:
    return None


def _ovid_heading(term: Term) -> str | None:
    codes = [code_of(one) for one in term.subheadings]
    if term.detail != "mesh" or None in codes:
        return None
    name = term.text if not _has_operator(term.text) else f'"{term.text}"'
    start = f"{'exp ' if term.explode else ''}{'*' if term.major else ''}"
    return f"{start}{name}/{', '.join(code or '' for code in codes)}"


def _has_operator(name: str) -> bool:
    return bool({"and", "or", "not"} & set(name.lower().split()))


def _medline_heading(term: Term) -> str | None:
    if term.detail != "mesh" or len(term.subheadings) > 1:
        return None
    name = "/".join([term.text, *term.subheadings])
    tag = f"{'majr' if term.major else 'mh'}{'' if term.explode else ':noexp'}"
    return f'"{name}"[{tag}]'


def _cochrane_heading(term: Term) -> str | None:
    if term.detail != "mesh" or term.major or len(term.subheadings) > 1:
        return None
    codes = [code_of(one) for one in term.subheadings]
    if None in codes:
        return None
    sub = f"/{codes[0]}".upper() if codes else ""
    return f'[mh {"" if term.explode else "^"}"{term.text}"{sub}]'


def _bvs_heading(term: Term) -> str | None:
    if term.detail not in {"mesh", "decs"} or term.explode or term.subheadings:
        return None
    return f'{"mj" if term.major else "mh"}:"{term.text}"'


def _embase_heading(term: Term) -> str | None:
    if term.detail != "emtree" or term.subheadings:
        return None
    kind = {(True, False): "exp", (False, False): "de", (True, True): "exp/mj"}
    return f"'{term.text}'/{kind.get((term.explode, term.major), 'mj')}"


def _cinahl_heading(term: Term) -> str | None:
    if term.detail != "cinahl" or term.subheadings:
        return None
    return f'({"MM" if term.major else "MH"} "{term.text}{"+" if term.explode else ""}")'


def _near(any_order: str, in_order: str) -> Callable[[Sequence[str], int, bool], str | None]:
    """A writer of distances: {n} words between, {m} one more; empty where there is no such word."""

    def write(operands: Sequence[str], between: int, ordered: bool) -> str | None:
        word = in_order if ordered else any_order
        if not word:
            return None
        return _joined(operands, word.format(n=between, m=between + 1))

    return write


def _medline_near(operands: Sequence[str], between: int, ordered: bool) -> str | None:
    """Two plain words only: with more the distance is not settled, and no wildcard is allowed."""
    is_plain = all(one.isalnum() for one in operands)
    if ordered or len(operands) != 2 or not is_plain:
        return None
    return f'"{" ".join(operands)}"\ue010{between}'


def _medline_fields(text: str, codes: Codes) -> str:
    phrase, mark, distance = text.partition("\ue010")
    tail = f":~{distance}" if mark else ""
    return _each(phrase, codes, "{text}[{code}" + tail + "]")


_STAR = Signs(meaning={})
_LOOSE_WORDS = "it adds plurals and related words"
WRITERS: dict[str, Writer] = {
    "pubmed": Writer(
        atoms=_atoms(medline_tags.FIELDS, "ti", "tiab", "tw", "ot", "tt", "ad", "all"),
        fielded=_medline_fields,
        signs=_STAR,
        written_signs={ANY: "*"},
        near=_medline_near,
        heading=_medline_heading,
    ),
    "ovid": Writer(
        atoms=_atoms(ovid_language.FIELDS, "ti", "ab", "kf", "mp", "hw", "in", "af"),
        fielded=lambda text, codes: _suffix(text, codes, mark=".", end="."),
        signs=Signs(meaning={"$": ANY, "#": ONE, "?": OPTIONAL}, limited=True),
        written_signs={ANY: "*", ONE: "#", OPTIONAL: "?", LIMITED: "$"},
        star_inside=False,
        near=_near("adj{m}", ""),
        heading=_ovid_heading,
    ),
    "embase": Writer(
        atoms=_atoms(embase_language.FIELDS, "ti", "ab", "kw", "de", "ff"),
        fielded=lambda text, codes: _suffix(text, codes, mark=":", end=""),
        signs=Signs(meaning={"?": ONE, "$": OPTIONAL}),
        written_signs={ANY: "*", ONE: "?", OPTIONAL: "$"},
        near=_near("NEAR/{m}", "NEXT/{m}"),
        heading=_embase_heading,
        other_headings="Emtree has other headings than MeSH: choose them by hand",
        quote="'",
        phrase_star=False,
    ),
    "cochrane": Writer(
        atoms=_atoms(cochrane_language.FIELDS, "ti", "ab", "kw"),
        fielded=lambda text, codes: _suffix(text, codes, mark=":", end=""),
        signs=Signs(meaning={"?": OPTIONAL}),
        written_signs={ANY: "*"},
        near=_near("NEAR/{m}", ""),
        heading=_cochrane_heading,
        loose="variants of words are added unless that is switched off",
        phrase_star=False,
    ),
    "cinahl": Writer(
        atoms=_atoms(ebsco_language.FIELDS, "ti", "ab", "su", "kw", "mw", "tx"),
        fielded=lambda text, codes: _each(text, [c.upper() for c in codes], "{code} {text}"),
        signs=Signs(meaning={"?": ONE, "#": OPTIONAL}),
        written_signs={ANY: "*", ONE: "?", OPTIONAL: "#"},
        near=_near("N{n}", "W{n}"),
        heading=_cinahl_heading,
        other_headings="CINAHL has other headings than MeSH: choose them by hand",
        loose=_LOOSE_WORDS,
    ),
    "scopus": Writer(
        atoms=_atoms(scopus_language.FIELDS, "title", "abs", "authkey", "title-abs-key", "all"),
        fielded=lambda text, codes: _each(text, [c.upper() for c in codes], "{code}({text})"),
        signs=Signs(meaning={"?": ONE}),
        written_signs={ANY: "*", ONE: "?"},
        near=_near("W/{n}", "PRE/{n}"),
        heading=_no_heading,
        loose="phrases in double quotes are loose, and plurals and spellings are added",
        not_word="AND NOT",
    ),
    "wos": Writer(
        atoms=_atoms(wos_language.FIELDS, "ti", "ab", "ak", "all"),
        fielded=lambda text, codes: _each(text, [c.upper() for c in codes], "{code}=({text})"),
        signs=Signs(meaning={"?": ONE, "$": OPTIONAL}),
        written_signs={ANY: "*", ONE: "?", OPTIONAL: "$"},
        near=_near("NEAR/{n}", ""),
        heading=_no_heading,
        loose="words are lemmatised, and abstracts in other languages are not searched",
    ),
    "lilacs": Writer(
        atoms=_atoms(bvs_language.FIELDS, "ti", "ab", "tw"),
        fielded=lambda text, codes: _each(text, codes, "{code}:({text})"),
        signs=Signs(meaning={"$": ANY}),
        written_signs={ANY: "*"},
        near=_no_near,
        heading=_bvs_heading,
        loose="what the engine adds to a word is not known",
        not_word="AND NOT",
        takes_names=True,
    ),
    "europepmc": Writer(
        atoms=_atoms(europepmc_language.FIELDS, "title", "abstract", "kw", "aff"),
        fielded=lambda text, codes: _each(text, [c.upper() for c in codes], "{code}:({text})"),
        signs=_STAR,
        written_signs={ANY: "*"},
        near=_no_near,
        heading=_no_heading,
    ),
    "clinicaltrials": Writer(
        atoms=_atoms(
            clinicaltrials_language.FIELDS,
            *("BriefTitle", "OfficialTitle", "BriefSummary", "Keyword", "ConditionMeshTerm"),
        ),
        fielded=lambda text, codes: _each(text, codes, "AREA[{code}]{text}"),
        signs=_STAR,
        written_signs={},
        near=_no_near,
        heading=_no_heading,
        loose="the register adds synonyms of its own",
    ),
    "openalex": Writer(
        atoms=_atoms(openalex_language.FIELDS, "title_and_abstract"),
        fielded=lambda text, codes: text,
        signs=_STAR,
        written_signs={},
        near=_no_near,
        heading=_no_heading,
        loose="words are searched by their stems",
    ),
}


def value_of(term: Term, target: str) -> str | None:
    """A value that has the same name in both: languages, years, PMIDs; else `None`."""
    form = _form_of(term, target)
    if form is None:
        return None
    years = [one.split("/")[0].split("-")[0] for one in (term.text, term.until or term.text)]
    if term.kind is Kind.DATE:
        return form.format(*years)
    return form.format(term.text)


def _form_of(term: Term, target: str) -> str | None:
    """How the language writes such a value; `None` where it has none with the same name."""
    match term.kind, term.detail:
        case Kind.LANGUAGE, _:
            return _LANGUAGES.get(target)
        case Kind.DATE, "publication":
            is_years = {len(term.text), len(term.until or term.text)} == {4}
            return _YEARS.get(target) if is_years else None
        case Kind.TYPE, "mesh":
            return _TYPES.get((target, term.explode))
        case Kind.SUBHEADING, "mesh":
            return _SUBHEADINGS.get((target, term.explode))
        case Kind.NUMBER, "":
            return _NUMBERS.get(target)
    return None


_LANGUAGES = {
    "pubmed": "{}[la]",
    "ovid": "{}.lg.",
    "embase": "{}:la",
    "cinahl": "LA {}",
    "scopus": "LANGUAGE({})",
    "wos": "LA=({})",
    "europepmc": "LANG:{}",
}
_YEARS = {"pubmed": "{}:{}[dp]", "embase": "[{}-{}]/py", "wos": "PY=({}-{})"}
_TYPES = {
    ("pubmed", True): '"{}"[pt]',
    ("pubmed", False): '"{}"[pt:noexp]',
    ("ovid", True): "{}.pt.",
    ("ovid", False): "{}.pt.",
}
_SUBHEADINGS = {
    ("pubmed", True): '"{}"[sh]',
    ("pubmed", False): '"{}"[sh:noexp]',
    ("ovid", True): "{}.xs.",
    ("ovid", False): "{}.fs.",
}
_NUMBERS = {"pubmed": "{}[uid]", "ovid": "{}.ui.", "scopus": "PMID({})", "wos": "PMID=({})"}
