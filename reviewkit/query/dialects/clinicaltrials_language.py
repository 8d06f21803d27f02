"""How ClinicalTrials.gov reads a query: `AREA[Condition]"x"`, `AREA[StartDate]RANGE[a,b]`.

An area stands before its term. Without one the register looks into its main fields. Each term gets
synonyms, unless `EXPANSION[None]` stands before it.
"""

from reviewkit.query.fields import onto_terms, widened
from reviewkit.query.language import (
    ABSTRACT,
    AND_FIRST,
    CLOSE,
    EVERYTHING,
    KEYWORDS,
    OPEN,
    SPACE,
    TITLE,
    Between,
    Field,
    Language,
    Token,
    reference,
    value,
    words_in,
)
from reviewkit.query.tree import Kind, Node, Part, Problem, Term

_HEADING_WORDS = frozenset({Part.HEADING_WORDS})

FIELDS = {
    "BriefTitle": words_in(TITLE),
    "OfficialTitle": words_in(TITLE),
    "BriefSummary": words_in(ABSTRACT),
    "DetailedDescription": words_in(ABSTRACT),
    "Keyword": words_in(KEYWORDS),
    "Condition": words_in(KEYWORDS),
    "ConditionMeshTerm": words_in(_HEADING_WORDS),
    "InterventionMeshTerm": words_in(_HEADING_WORDS),
    "NCTId": value(Kind.NUMBER, "nct"),
    "StudyType": value(Kind.TYPE, "clinicaltrials"),
    "Phase": value(Kind.OTHER, "phase"),
    "OverallStatus": value(Kind.OTHER, "status"),
    "StudyFirstPostDate": value(Kind.DATE, "create"),
    "LastUpdatePostDate": value(Kind.DATE, "update"),
    "StartDate": value(Kind.DATE, "start"),
}
_BY_NAME = {name.lower(): field for name, field in FIELDS.items()}


def read_area(node: Node, token: Token) -> tuple[Node, tuple[Problem, ...]]:
    """The node in an area. The register has hundreds of them: none is called unknown."""
    name = token.groups.get("lead") or ""
    field = _BY_NAME.get(name.lower()) or Field(kind=Kind.OTHER, detail=name.lower())

    def change(term: Term) -> Node:
        return field.apply(term, tag=name.lower(), span=widened(term, token.span))

    return onto_terms(node, change), ()


def read_special(token: Token) -> Node:
    """A range of dates or numbers."""
    since, until = token.groups.get("since") or "", token.groups.get("until") or ""
    return Term(text=since.replace("-", "/"), until=until.replace("-", "/"), span=token.span)


LANGUAGE = Language(
    id="clinicaltrials",
    label="ClinicalTrials.gov",
    tokens=(
        (SPACE[0], rf"{SPACE[1]}|(?i:EXPANSION|COVERAGE|TILT)\[\s*\w+\s*\]"),
        ("lead", r"(?i:AREA|SEARCH)\[\s*(?P<lead>\w+)\s*\]\s*"),
        ("range", r"(?i:RANGE)\[\s*(?P<since>[\w/-]+)\s*,\s*(?P<until>[\w/-]+)\s*\]"),
        OPEN,
        CLOSE,
        ("op", r"(?:AND|OR|NOT)(?![^\s()\"“])"),
        reference("#"),
        ("quoted", r"[\"“”][^\"“”\n]*[\"“”]"),
        ("word", r"[^\s()\"\[\]“”]+"),
    ),
    fields=FIELDS,
    precedence=AND_FIRST,
    between=Between.AND,
    read_field=read_area,
    read_heading=read_special,
    fields_lead=True,
    words_untagged=words_in(EVERYTHING),
    signs=(r"\bAREA\[\w+\]", r"\bRANGE\[", r"\b(?:EXPANSION|COVERAGE)\["),
)
