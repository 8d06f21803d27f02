"""Where the terms of interest stand in a text. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence

from reviewkit.model.errors import UsageError
from reviewkit.protocol.model import Protocol
from reviewkit.screening.models import Span, Term, TermKind

# Scripts that put no space between words, where a word boundary is never found.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")
_PRECEDENCE = {TermKind.OWN: 0, TermKind.EXCLUDE: 1, TermKind.INCLUDE: 2}


def protocol_terms(protocol: Protocol) -> tuple[Term, ...]:
    """The terms that a protocol highlights: those of [screening], and the descriptors' own words as inclusion terms."""
    wanted = protocol.screening.highlight
    named = [
        *(Term(text=text, kind=TermKind.INCLUDE) for text in wanted.include),
        *(Term(text=text, kind=TermKind.EXCLUDE) for text in wanted.exclude),
        *(Term(text=text, kind=TermKind.INCLUDE, pattern=True) for text in wanted.include_patterns),
        *(Term(text=text, kind=TermKind.EXCLUDE, pattern=True) for text in wanted.exclude_patterns),
    ]
    said = {term.text.casefold() for term in named}
    for descriptor in protocol.descriptors:
        words = (
            descriptor.term,
            descriptor.abbreviation,
            *(w for ws in descriptor.translations.values() for w in ws),
        )
        for text in words:
            if text and text.casefold() not in said:
                said.add(text.casefold())
                named.append(Term(text=text, kind=TermKind.INCLUDE))
    return tuple(named)


def compile_term(term: Term) -> re.Pattern[str]:
    """The expression that finds a term. Raises UsageError for a pattern that is none."""
    if term.pattern:
        try:
            return re.compile(term.text, re.IGNORECASE)
        except re.error as error:
            raise UsageError(f"{term.text!r} is no regular expression: {error}") from error
    words = term.text.removesuffix("*").split()
    if not words:
        raise UsageError(
            "a highlight term must not be empty", hint="name a word, such as microbiom*"
        )
    # Journals print the same term with a space, a hyphen or a line break.
    inner = r"[\s\-\u2010\u2011]+".join(re.escape(word) for word in words)
    if _UNSPACED.search(term.text):
        return re.compile(inner, re.IGNORECASE)
    end = r"\w*" if term.text.endswith("*") else ""
    # An abbreviation in capitals is not the word that it looks like: ALS, als.
    flags = re.NOFLAG if term.text.isupper() and len(term.text) <= 5 else re.IGNORECASE
    return re.compile(rf"(?<!\w){inner}{end}(?!\w)", flags)


def find_spans(text: str, terms: Iterable[tuple[Term, re.Pattern[str]]]) -> tuple[Span, ...]:
    """The spans of all terms in `text`, in order and without overlap.

    Where two overlap the reviewer's own term stands before the protocol's, exclusion before inclusion, then the
    longer one.
    """
    found = sorted(
        _all_spans(text, terms), key=lambda s: (_PRECEDENCE[s.kind], s.start - s.end, s.start)
    )
    kept: list[Span] = []
    taken = bytearray(len(text))
    for span in found:
        if not any(taken[span.start : span.end]):
            taken[span.start : span.end] = b"\x01" * (span.end - span.start)
            kept.append(span)
    return tuple(sorted(kept, key=lambda span: span.start))


def _all_spans(text: str, terms: Iterable[tuple[Term, re.Pattern[str]]]) -> Iterator[Span]:
    for term, pattern in terms:
        for match in pattern.finditer(text):
            if match.end() > match.start():
                yield Span(start=match.start(), end=match.end(), kind=term.kind, term=term.text)


def compile_terms(terms: Sequence[Term]) -> tuple[tuple[Term, re.Pattern[str]], ...]:
    """Each term with its expression. Raises UsageError for one that is none."""
    return tuple((term, compile_term(term)) for term in terms)
