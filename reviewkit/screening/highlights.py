"""The places of highlighted terms in a text. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import tr
from reviewkit.protocol.model import Protocol
from reviewkit.screening.models import Span, Term, TermKind

# Scripts that put no space between words, where a word boundary is never found.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")
_PRECEDENCE = {TermKind.OWN: 0, TermKind.EXCLUDE: 1, TermKind.INCLUDE: 2}


def protocol_terms(protocol: Protocol) -> tuple[Term, ...]:
    """Return the terms that a protocol highlights.

    Those of [screening.highlight] come first, then the descriptors' own words as inclusion terms.
    """
    wanted = protocol.screening.highlight
    terms = [
        *(Term(text=text, kind=TermKind.INCLUDE) for text in wanted.include),
        *(Term(text=text, kind=TermKind.EXCLUDE) for text in wanted.exclude),
        *(Term(text=text, kind=TermKind.INCLUDE, pattern=True) for text in wanted.include_patterns),
        *(Term(text=text, kind=TermKind.EXCLUDE, pattern=True) for text in wanted.exclude_patterns),
    ]

    known = {term.text.casefold() for term in terms}
    for text in _descriptor_words(protocol):
        if text.casefold() not in known:
            known.add(text.casefold())
            terms.append(Term(text=text, kind=TermKind.INCLUDE))
    return tuple(terms)


def _descriptor_words(protocol: Protocol) -> Iterator[str]:
    for descriptor in protocol.descriptors:
        yield descriptor.term
        if descriptor.abbreviation:
            yield descriptor.abbreviation
        for words in descriptor.translations.values():
            yield from filter(None, words)


def compile_term(term: Term) -> re.Pattern[str]:
    """Return the expression that finds a term. Raises UsageError for a wrong pattern."""
    if term.pattern:
        return _compile_pattern(term.text)

    words = term.text.removesuffix("*").split()
    if not words:
        raise UsageError(
            tr("a highlight term must not be empty"), hint=tr("name a word, such as microbiom*")
        )

    # Journals print the same term with a space, a hyphen or a line break.
    inner = r"[\s\-\u2010\u2011]+".join(re.escape(word) for word in words)
    if _UNSPACED.search(term.text):
        return re.compile(inner, re.IGNORECASE)
    if term.text.endswith("*"):
        inner += r"\w*"
    flags = re.IGNORECASE
    # An abbreviation in capitals is not the word that it looks like: ALS, als.
    if term.text.isupper() and len(term.text) <= 5:
        flags = re.NOFLAG
    return re.compile(rf"(?<!\w){inner}(?!\w)", flags)


def _compile_pattern(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        message = tr(
            "{pattern} is no regular expression: {error}", pattern=repr(pattern), error=error
        )
        raise UsageError(message) from error


def find_spans(text: str, terms: Iterable[tuple[Term, re.Pattern[str]]]) -> tuple[Span, ...]:
    """Return the spans of all terms in `text`, in order and without overlap.

    Where two overlap, the reviewer's own term goes before the protocol's, exclusion before
    inclusion, then the longer one.
    """

    def precedence(span: Span) -> tuple[int, int, int]:
        return _PRECEDENCE[span.kind], span.start - span.end, span.start

    kept: list[Span] = []
    taken = bytearray(len(text))
    for span in sorted(_all_spans(text, terms), key=precedence):
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
    """Return each term with its expression. Raises UsageError for a wrong pattern."""
    return tuple((term, compile_term(term)) for term in terms)
