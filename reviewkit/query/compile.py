"""Strategies, descriptors and limits to the exact query of each database, and what a query can return. Pure.

A query that the protocol gives as printed is kept byte for byte; limits are added behind it, never inside.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from reviewkit.model.records import Answer, Record
from reviewkit.protocol.model import Descriptor, Limits, Protocol, SearchField, Strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledQuery:
    """A query as it is sent: its text, and the parameters that some services take beside it."""

    source: str
    strategy: str
    text: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def written(self) -> str:
        """The whole query on one line: what makes two searches the same search."""
        return " & ".join([self.text, *(f"{name}={value}" for name, value in self.parameters)])


def compile_query(protocol: Protocol, strategy: Strategy, source: str) -> CompiledQuery | None:
    """The query of `strategy` for `source`; `None` where reviewkit does not know that source's language.

    A source that reviewkit cannot search itself still has a query when the protocol gives it as printed.
    """
    if source in strategy.queries:
        body = strategy.queries[source]
    elif strategy.blocks and source in _TERM_WRITERS:
        body = _write_blocks(protocol, strategy, _TERM_WRITERS[source])
    else:
        return None
    limits = protocol.limits if strategy.limits else Limits()
    text, parameters = _LIMIT_WRITERS.get(source, _no_limits)(body, limits, bool(strategy.queries))
    return CompiledQuery(source=source, strategy=strategy.id, text=text, parameters=parameters)


def _write_blocks(
    protocol: Protocol,
    strategy: Strategy,
    write_term: Callable[[Descriptor, SearchField | None], str],
) -> str:
    descriptors = {descriptor.id: descriptor for descriptor in protocol.descriptors}
    blocks = []
    for block in strategy.blocks:
        terms = [write_term(descriptors[name], strategy.field) for name in block]
        blocks.append(terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})")
    return " AND ".join(blocks)


def _pubmed_term(descriptor: Descriptor, field: SearchField | None) -> str:
    match field:
        case SearchField.HEADING:
            return f'"{descriptor.term}"[mh]'
        case SearchField.TITLE_ABSTRACT:
            return f'"{descriptor.term}"[tiab]'
        case _:
            # Without tag and quotes PubMed maps the term itself; the parentheses keep its words together.
            return f"({descriptor.term})"


def _pubmed_limits(
    body: str, limits: Limits, as_printed: bool
) -> tuple[str, tuple[tuple[str, str], ...]]:
    clauses = []
    if limits.published_from or limits.published_to:
        first = f"{limits.published_from or 1500}/01/01"
        last = f"{limits.published_to or 3000}/12/31"
        clauses.append(f"{first}:{last}[dp]")
    if limits.languages:
        clauses.append(f"({' OR '.join(f'{code}[la]' for code in limits.languages)})")
    if limits.as_of:
        # Create date, not entry date: entry dates of back-filled records are set to the publication date
        # (NLM Technical Bulletin, 2 December 2008).
        clauses.append(f"1800/01/01:{limits.as_of:%Y/%m/%d}[crdt]")
    if as_printed and clauses:
        body = f"({body})"
    return " AND ".join([body, *clauses]), ()


_ISO_639_1 = {"por": "pt", "eng": "en", "spa": "es", "fre": "fr", "ger": "de", "ita": "it"}


def _bvs_term(descriptor: Descriptor, field: SearchField | None) -> str:
    names = dict.fromkeys(
        [descriptor.term, *(name for names in descriptor.translations.values() for name in names)]
    )
    words = " OR ".join(f'"{name}"' for name in names)
    match field:
        case SearchField.HEADING:
            return f"mh:({words})"
        case SearchField.TITLE_ABSTRACT:
            return f"(ti:({words}) OR ab:({words}))"
        case _:
            return f"tw:({words})"


def _lilacs_limits(
    body: str, limits: Limits, as_printed: bool
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """LILACS takes limits as parameters beside the query; it has no create date, so `as_of` cannot be kept there."""
    parameters = [("filter[db][]", "LILACS")]
    parameters += [("filter[la][]", _ISO_639_1.get(code, code)) for code in limits.languages]
    if limits.published_from or limits.published_to:
        # A range with one end only is dropped there without a word (bireme/iahx-opac, SearchController).
        parameters.append(("range_year_start", str(limits.published_from or 1500)))
        parameters.append(("range_year_end", str(limits.published_to or 3000)))
    return body, tuple(parameters)


def _europepmc_term(descriptor: Descriptor, field: SearchField | None) -> str:
    """KW is documented as MeSH headings and publishers' keywords; a field for headings alone is not documented."""
    match field:
        case SearchField.HEADING:
            return f'KW:"{descriptor.term}"'
        case SearchField.TITLE_ABSTRACT:
            return f'TITLE_ABS:"{descriptor.term}"'
        case _:
            # Without a field Europe PMC looks into full texts too, which no bibliographic database does.
            return f'(TITLE_ABS:"{descriptor.term}" OR KW:"{descriptor.term}")'


def _europepmc_limits(
    body: str, limits: Limits, as_printed: bool
) -> tuple[str, tuple[tuple[str, str], ...]]:
    clauses = []
    if limits.published_from or limits.published_to:
        clauses.append(
            f"FIRST_PDATE:[{limits.published_from or 1500}-01-01 TO {limits.published_to or 3000}-12-31]"
        )
    if limits.languages:
        clauses.append(f"({' OR '.join(f'LANG:{code}' for code in limits.languages)})")
    if limits.as_of:
        clauses.append(f"FIRST_IDATE:[1800-01-01 TO {limits.as_of:%Y-%m-%d}]")
    if as_printed and clauses:
        body = f"({body})"
    return " AND ".join([body, *clauses]), ()


def _no_limits(
    body: str, limits: Limits, as_printed: bool
) -> tuple[str, tuple[tuple[str, str], ...]]:
    return body, ()


_TERM_WRITERS: Mapping[str, Callable[[Descriptor, SearchField | None], str]] = {
    "pubmed": _pubmed_term,
    "lilacs": _bvs_term,
    "europepmc": _europepmc_term,
}
_LIMIT_WRITERS = {
    "pubmed": _pubmed_limits,
    "lilacs": _lilacs_limits,
    "europepmc": _europepmc_limits,
}


def unbalanced(query: str) -> str:
    """What is open or closed too often in a query, in words; empty where quotes and parentheses match.

    Some databases answer such a query with an empty result instead of an error.
    """
    depth, quoted = 0, False
    for character in query:
        if character in '"“”':
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if depth < 0:
                return "a parenthesis closes that was never opened"
    if quoted:
        return "a quotation mark is never closed"
    return "a parenthesis is never closed" if depth else ""


_TOLD = {
    Answer.YES: "found:",
    Answer.NO: "not in the fields searched:",
    Answer.UNKNOWN: "not seen, in fields not seen whole:",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Returnable:
    """Whether a strategy can return a record, judged from what is known of the record, and why."""

    answer: Answer
    evidence: str


def can_return(protocol: Protocol, strategy: Strategy, record: Record) -> Returnable | None:
    """Whether the blocks of `strategy` match `record`, limits left aside; `None` for a query given as printed.

    An answer of no is given only where the fields concerned were seen whole, of yes only where the term
    itself was seen; everything else is unknown.
    """
    if not strategy.blocks:
        return None
    descriptors = {descriptor.id: descriptor for descriptor in protocol.descriptors}
    blocks = []
    for block in strategy.blocks:
        found = [_seen(descriptors[name], strategy.field, record) for name in block]
        blocks.append((any_of(found), " or ".join(descriptors[name].term for name in block)))
    answer = all_of(told for told, _ in blocks)
    deciding = ", ".join(term for told, term in blocks if told is answer)
    return Returnable(answer=answer, evidence=f"{_TOLD[answer]} {deciding}")


def any_of(answers: Iterable[Answer]) -> Answer:
    """Three-valued OR."""
    seen = set(answers)
    return (
        Answer.YES
        if Answer.YES in seen
        else Answer.UNKNOWN
        if Answer.UNKNOWN in seen
        else Answer.NO
    )


def all_of(answers: Iterable[Answer]) -> Answer:
    """Three-valued AND."""
    seen = set(answers)
    return (
        Answer.NO if Answer.NO in seen else Answer.UNKNOWN if Answer.UNKNOWN in seen else Answer.YES
    )


def _seen(descriptor: Descriptor, field: SearchField | None, record: Record) -> Answer:
    match field:
        case SearchField.HEADING:
            return seen_in_headings(descriptor, record)
        case SearchField.TITLE_ABSTRACT:
            return seen_in_text(descriptor, record, with_keywords=False)
        case _:
            in_text = seen_in_text(descriptor, record, with_keywords=True)
            return any_of((in_text, seen_in_headings(descriptor, record)))


def seen_in_headings(descriptor: Descriptor, record: Record) -> Answer:
    """Whether the record carries the heading; no only if its list of headings was seen whole.

    PubMed's own records list every heading they have. A trap: [mh] also finds narrower headings, which are not
    known here, so "no" says that the heading itself is missing.
    """
    headings = {
        re.split(r"/|\*", heading.lstrip("* "))[0].strip().casefold() for heading in record.headings
    }
    if descriptor.term.casefold() in headings:
        return Answer.YES
    whole = bool(headings) and (
        record.source == "pubmed" or record.other.get("headings_complete") == ("yes",)
    )
    return Answer.NO if whole else Answer.UNKNOWN


def seen_in_title(descriptor: Descriptor, record: Record) -> Answer:
    """Whether the title names the descriptor by its term, a translation or its abbreviation."""
    names = [
        descriptor.term,
        *(name for names in descriptor.translations.values() for name in names),
    ]
    titles = f"{record.title or ''} {record.original_title or ''}"
    if any(re.search(rf"\b{re.escape(name)}\b", titles, re.IGNORECASE) for name in names):
        return Answer.YES
    # In capitals only: "als" is an ordinary word of other languages.
    if descriptor.abbreviation and re.search(rf"\b{re.escape(descriptor.abbreviation)}\b", titles):
        return Answer.YES
    return Answer.NO if titles.strip() else Answer.UNKNOWN


def seen_in_text(descriptor: Descriptor, record: Record, *, with_keywords: bool) -> Answer:
    """Whether the term stands in title, abstract and, if asked, keywords; no only if these were seen whole."""
    texts = [record.title or "", record.abstract or "", record.original_title or ""]
    texts += record.keywords if with_keywords else ()
    pattern = re.compile(rf"\b{re.escape(descriptor.term)}\b", re.IGNORECASE)
    if any(pattern.search(text) for text in texts):
        return Answer.YES
    # A compiled record says, per concept, whether any word for it was seen in the text that could be read.
    if f"{descriptor.id}=no" in record.other.get("concepts", ()):
        return Answer.NO
    return Answer.NO if record.source == "pubmed" and record.abstract else Answer.UNKNOWN


def seen_at_all(descriptor: Descriptor, record: Record) -> Answer:
    """Whether the descriptor's concept was seen anywhere: as a heading, as its term, or as any word for it."""
    if f"{descriptor.id}=yes" in record.other.get("concepts", ()):
        return Answer.YES
    return any_of(
        (seen_in_headings(descriptor, record), seen_in_text(descriptor, record, with_keywords=True))
    )
