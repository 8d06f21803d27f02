"""Whether a strategy can return a record, judged from what is known of the record. Pure.

`complete_sources` are the ids of sources whose records carry every heading that they have, and the
whole text that they are searched by. Only there a missing term means "no".
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from reviewkit.model.messages import in_english, mark
from reviewkit.model.records import Answer, Record
from reviewkit.protocol.model import Descriptor, Protocol, SearchField, Strategy
from reviewkit.query.dialects.base import names_of
from reviewkit.query.read_record import author_keywords

_EVIDENCE = {
    Answer.YES: mark("found: {terms}"),
    Answer.NO: mark("not in the fields searched: {terms}"),
    Answer.UNKNOWN: mark("not seen, in fields not seen whole: {terms}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Returnable:
    """Whether a strategy can return a record, and why."""

    answer: Answer
    evidence: str


def can_return(
    protocol: Protocol, strategy: Strategy, record: Record, complete_sources: Collection[str]
) -> Returnable | None:
    """Whether the blocks of `strategy` match `record`, limits not counted.

    The answer is no only where the fields concerned were seen whole, and yes only where the term
    itself was seen. Everything else is unknown. Returns `None` for a query given as printed.
    """
    if not strategy.blocks:
        return None

    descriptors = {descriptor.id: descriptor for descriptor in protocol.descriptors}
    blocks = []
    for names in strategy.blocks:
        block = [descriptors[name] for name in names]
        answers = [_seen(item, strategy.field, record, complete_sources) for item in block]
        blocks.append((any_of(answers), " or ".join(item.term for item in block)))

    answer = all_of(block_answer for block_answer, _ in blocks)
    deciding = ", ".join(terms for block_answer, terms in blocks if block_answer is answer)
    return Returnable(answer=answer, evidence=in_english(_EVIDENCE[answer], terms=deciding))


def any_of(answers: Iterable[Answer]) -> Answer:
    """Three-valued OR."""
    return _first_of((Answer.YES, Answer.UNKNOWN, Answer.NO), answers)


def all_of(answers: Iterable[Answer]) -> Answer:
    """Three-valued AND."""
    return _first_of((Answer.NO, Answer.UNKNOWN, Answer.YES), answers)


def any_known(answers: Iterable[Answer]) -> Answer:
    """What several records of one work show together: yes, else no, where any of them shows it."""
    return _first_of((Answer.YES, Answer.NO, Answer.UNKNOWN), answers)


def _first_of(order: tuple[Answer, ...], answers: Iterable[Answer]) -> Answer:
    """The first answer of the order that is among the answers; the last one where none is."""
    present = set(answers)
    return next((answer for answer in order if answer in present), order[-1])


def _seen(
    descriptor: Descriptor,
    field: SearchField | None,
    record: Record,
    complete_sources: Collection[str],
) -> Answer:
    match field:
        case SearchField.HEADING:
            return seen_in_headings(descriptor, record, complete_sources)
        case SearchField.TITLE_ABSTRACT:
            # NLM: [tiab] searches author keywords too.
            return seen_in_text(descriptor, record, complete_sources)
        case _:
            return _seen_anywhere(descriptor, record, complete_sources)


def _seen_anywhere(
    descriptor: Descriptor, record: Record, complete_sources: Collection[str]
) -> Answer:
    return any_of(
        (
            seen_in_text(descriptor, record, complete_sources),
            seen_in_headings(descriptor, record, complete_sources),
        )
    )


def seen_in_headings(
    descriptor: Descriptor, record: Record, complete_sources: Collection[str]
) -> Answer:
    """Whether the record carries the heading; no only if its list of headings was seen whole.

    A trap: PubMed's [mh] also finds narrower headings, which are not known here. So "no" says that
    the heading itself is missing.
    """
    headings = {_bare_heading(heading) for heading in record.headings}
    if descriptor.term.casefold() in headings:
        return Answer.YES

    stated = record.other.get("headings_complete") == ("yes",)
    if headings and (record.source in complete_sources or stated):
        return Answer.NO
    return Answer.UNKNOWN


def _bare_heading(heading: str) -> str:
    """The heading without qualifiers and the star of a major topic."""
    return re.split(r"/|\*", heading.lstrip("* "))[0].strip().casefold()


def seen_in_title(descriptor: Descriptor, record: Record) -> Answer:
    """Whether the title names the descriptor by its term, a translation or its abbreviation."""
    titles = f"{record.title or ''} {record.original_title or ''}"
    for name in names_of(descriptor):
        if re.search(rf"\b{re.escape(name)}\b", titles, re.IGNORECASE):
            return Answer.YES

    # In capitals only: "als" is an ordinary word of other languages.
    if descriptor.abbreviation and re.search(rf"\b{re.escape(descriptor.abbreviation)}\b", titles):
        return Answer.YES
    if titles.strip():
        return Answer.NO
    return Answer.UNKNOWN


def seen_in_text(
    descriptor: Descriptor, record: Record, complete_sources: Collection[str]
) -> Answer:
    """Whether the term is in title, abstract or keywords; no only if they were seen whole."""
    texts = [record.title or "", record.abstract or "", record.original_title or ""]
    texts += author_keywords(record)
    pattern = re.compile(rf"\b{re.escape(descriptor.term)}\b", re.IGNORECASE)
    if any(pattern.search(text) for text in texts):
        return Answer.YES

    # A compiled record says, per concept, whether any word for it was seen in the readable text.
    if f"{descriptor.id}=no" in record.other.get("concepts", ()):
        return Answer.NO
    if record.source in complete_sources and record.abstract:
        return Answer.NO
    return Answer.UNKNOWN


def seen_at_all(
    descriptor: Descriptor, record: Record, complete_sources: Collection[str]
) -> Answer:
    """Whether the concept was seen anywhere: as a heading, as its term, or as any word for it."""
    if f"{descriptor.id}=yes" in record.other.get("concepts", ()):
        return Answer.YES
    return _seen_anywhere(descriptor, record, complete_sources)
