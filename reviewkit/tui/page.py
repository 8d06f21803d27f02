"""One record as its reviewer reads it: pure texts from the session's view, wrapped to a width."""

import re
from collections.abc import Mapping, Sequence

from rich.style import Style
from rich.text import Text

from reviewkit.model.records import Answer, Record, Verdict
from reviewkit.screening.models import CriterionView, Link, RecordView, Span, TermKind
from reviewkit.tui.readable import readable
from reviewkit.tui.text_pane import clip, press, wrap
from reviewkit.tui.theme import Look
from reviewkit.tui.write import choices, columns, heading, indented, joined, legend, marked, said

# A line longer than this is hard to find the next of.
MEASURE = 92
# "METHODS: ..." within an abstract that was put on one line: a paragraph of its own.
_LABEL = re.compile(r"(?:^|(?<=[.;:?!)\]] )|(?<=\n))[A-Z][A-Z0-9 ,/&'()-]{2,60}:(?= )")
_SAID = {
    Verdict.INCLUDE: "You included it",
    Verdict.EXCLUDE: "You excluded it",
    Verdict.MAYBE: "You said maybe",
    Verdict.WITHDRAWN: "You took it back",
}
DID = {
    Verdict.INCLUDE: "included",
    Verdict.EXCLUDE: "excluded",
    Verdict.MAYBE: "maybe",
    Verdict.WITHDRAWN: "taken back",
}


def record_page(view: RecordView, look: Look, width: int) -> list[Text]:
    """The record itself: what stands on it, title, authors, place, abstract, keywords, links."""
    lines: list[Text] = []
    if status := _status(view, look):
        lines += [*wrap(status, width), Text("")]
    return [*lines, *record_lines(view.record, view.links, view.highlights, look, width)]


def record_lines(
    record: Record,
    links: Sequence[Link],
    highlights: Mapping[str, Sequence[Span]],
    look: Look,
    width: int,
) -> list[Text]:
    """A record with its highlights: title, authors, place, abstract, keywords, links."""
    title = record.title or "No title"
    lines = wrap(
        _highlit(title, highlights.get("title", ()) if record.title else (), look, title=True),
        width,
    )
    if record.original_title and record.original_title != record.title:
        lines += wrap(said(record.original_title, look.quiet), width)
    lines += wrap(joined([_authors(record, look), _place(record, look)], Text("\n")), width)
    lines += [
        Text(""),
        *_abstract(record.abstract, highlights.get("abstract", ()), look, width),
        Text(""),
    ]
    if record.keywords:
        words = _highlit("; ".join(record.keywords), highlights.get("keywords", ()), look)
        lines += wrap(Text.assemble(("Keywords  ", look.label), words), width)
    if record.headings:
        lines += wrap(
            Text.assemble(("Headings  ", look.label), said("; ".join(record.headings), look.quiet)),
            width,
        )
    for place, link in enumerate(links):
        line = Text.assemble((f"{link.label}  ", look.label), said(link.url, look.accent))
        line.stylize(press(f"link:{place}"))
        lines += wrap(line, width)
    if not links:
        lines.append(Text("No DOI, PubMed identifier or link.", style=look.quiet))
    return lines


def facts(view: RecordView, look: Look, width: int) -> list[Text]:
    """What the reviewer and the machine know beside the record: report, note, tags, why, others, copies."""
    parts = [
        _report(view, look, width),
        _section("Note", [said(view.note, look.text)] if view.note else [], look, width),
        _section(
            "Tags", [said(" · ".join(view.tags), look.text)] if view.tags else [], look, width
        ),
        _why(view, look, width),
        _others(view, look, width),
        _history(view, look, width),
        _section(
            "Copies", [said(view.told_copies, look.quiet)] if view.copies else [], look, width
        ),
        _section("Highlights", [legend(look)], look, width),
    ]
    lines: list[Text] = []
    for part in parts:
        lines += [Text(""), *part] if part and lines else part
    return lines


def criteria_panel(
    criteria: Sequence[CriterionView], reasons: Sequence[str], look: Look, width: int
) -> list[Text]:
    """The protocol's criteria in full, each with what the machine found and why, and the reasons with their digits."""
    lines = [heading("Include if", look)]
    for criterion in _including(criteria):
        lines += _criterion(criterion, look, width)
    by_wording = {c.wording: c for c in criteria}
    if reasons:
        lines += [Text(""), heading("Exclude for", look)]
    for place, reason in enumerate(reasons):
        first = Text.assemble((f"{place + 1} ", look.key))
        block = indented(said(reason, look.text), width, first=first, rest=2)
        if reason in by_wording:
            block += _evidence(by_wording[reason], look, width)
        for line in block:
            line.stylize(press(f"reason_{place + 1}"))
        lines += block
    if others := [c for c in criteria if c.kind != "inclusion" and c.wording not in set(reasons)]:
        lines += [Text(""), heading("Exclude if", look)]
        for criterion in others:
            lines += _criterion(criterion, look, width)
    return lines


def criteria_strip(
    criteria: Sequence[CriterionView], reasons: Sequence[str], look: Look, width: int
) -> list[Text]:
    """The same in a few lines, for small screens: a mark and the wording each."""
    entries = [
        Text.assemble(_mark(c, look), " ", said(c.wording, look.text)) for c in _including(criteria)
    ]
    by_wording = {c.wording: c for c in criteria}
    for place, reason in enumerate(reasons):
        criterion = by_wording.get(reason)
        mark = (
            Text.assemble(_mark(criterion, look), " ")
            if criterion and criterion.answer
            else Text("")
        )
        entry = Text.assemble((f"{place + 1} ", look.key), mark, said(reason, look.text))
        entry.stylize(press(f"reason_{place + 1}"))
        entries.append(entry)
    entries += [
        Text.assemble(_mark(c, look), " not if: ", said(c.wording, look.text))
        for c in criteria
        if c.kind != "inclusion" and c.wording not in set(reasons)
    ]
    return columns(entries, width)


def reason_choices(
    criteria: Sequence[CriterionView], reasons: Sequence[str], look: Look, width: int
) -> list[Text]:
    """The reasons to choose one from, with what the machine found beside those that it checked."""
    by_wording = {c.wording: c for c in criteria}
    marks = {
        place: _mark(by_wording[reason], look)
        for place, reason in enumerate(reasons)
        if reason in by_wording and by_wording[reason].answer
    }
    return choices(reasons, look, width, marks=marks)


def _including(criteria: Sequence[CriterionView]) -> list[CriterionView]:
    return [c for c in criteria if c.kind == "inclusion"]


def _criterion(criterion: CriterionView, look: Look, width: int) -> list[Text]:
    first = Text.assemble(_mark(criterion, look), " ")
    lines = indented(said(criterion.wording, look.text), width, first=first, rest=2)
    return [*lines, *_evidence(criterion, look, width)]


def _evidence(criterion: CriterionView, look: Look, width: int) -> list[Text]:
    if criterion.answer is None:
        return []
    words = (
        f"{criterion.told}: {readable(criterion.evidence)}"
        if criterion.evidence
        else criterion.told
    )
    return indented(Text(words, style=look.quiet), width, first=Text("  "), rest=2)


def _mark(criterion: CriterionView, look: Look) -> Text:
    """A sign: whether an inclusion criterion is met, or whether an exclusion criterion applies."""
    excludes = criterion.kind != "inclusion"
    match criterion.answer:
        case Answer.YES:
            return Text("–", style=look.quiet) if excludes else Text("✓", style=look.good)
        case Answer.NO:
            return Text("!" if excludes else "✗", style=look.bad)
        case Answer.UNKNOWN:
            return Text("?", style=look.doubt)
    return Text("·", style=look.quiet)


def _status(view: RecordView, look: Look) -> Text:
    parts = []
    if view.own:
        words = _SAID[view.own.verdict] + (
            f": {readable(view.own.reason)}" if view.own.reason else ""
        )
        parts.append(Text(words, style=verdict_style(view.own.verdict, look)))
        parts.append(Text(view.own.decided_at[:16].replace("T", " "), style=look.quiet))
    if view.pilot:
        parts.append(Text("pilot: everybody screens this one", style=look.accent))
    if view.earlier_stage:
        parts.append(Text(f"title and abstract: {DID[view.earlier_stage]}", style=look.quiet))
    return joined(parts, Text(" · ", style=look.quiet))


def verdict_style(verdict: Verdict, look: Look) -> Style:
    return {Verdict.INCLUDE: look.good, Verdict.EXCLUDE: look.bad, Verdict.MAYBE: look.doubt}.get(
        verdict, look.quiet
    )


def _highlit(text: str, spans: Sequence[Span], look: Look, *, title: bool = False) -> Text:
    styles = {
        TermKind.INCLUDE: look.include,
        TermKind.EXCLUDE: look.exclude,
        TermKind.OWN: look.own,
    }
    found = [(span.start, span.end, styles[span.kind]) for span in spans]
    return marked(text, found, look.title if title else look.text, lines=not title)


def _authors(record: Record, look: Look) -> Text:
    names = [*record.authors, *record.collective_authors]
    shown = "; ".join(names[:12]) + (f"; and {len(names) - 12} more" if len(names) > 12 else "")
    return said(shown, look.quiet) if names else Text("No authors", style=look.quiet)


def _place(record: Record, look: Look) -> Text:
    issue = (record.volume or "") + (f"({record.issue})" if record.issue else "")
    when = record.published or (str(record.year) if record.year else "no year")
    where = f"{when}{f'; {issue}' if issue else ''}{f': {record.pages}' if record.pages else ''}"
    kinds = ", ".join(record.types[:3])
    parts = [
        said(record.journal or record.journal_abbreviation or "No journal", look.accent),
        said(where, look.text),
        said(", ".join(record.languages), look.quiet),
        said(kinds, look.quiet),
        said(record.key, look.quiet),
    ]
    return joined(parts, Text(" · ", style=look.quiet))


def _abstract(abstract: str | None, spans: Sequence[Span], look: Look, width: int) -> list[Text]:
    if not abstract or not abstract.strip():
        return [Text("No abstract: the source gave none.", style=look.quiet)]
    whole = _highlit(abstract, spans, look)
    labels = list(_LABEL.finditer(whole.plain))
    for label in labels:
        whole.stylize_before(look.label, label.start(), label.end())
    lines: list[Text] = []
    for part in whole.divide([label.start() for label in labels if label.start()]):
        lines += [Text("")] if lines and len(labels) > 1 else []
        lines += wrap(part, width)
    return lines


def _section(name: str, texts: Sequence[Text], look: Look, width: int) -> list[Text]:
    if not texts:
        return []
    return [heading(name, look), *(line for text in texts for line in wrap(text, width))]


def _report(view: RecordView, look: Look, width: int) -> list[Text]:
    if view.stage != "full_text":
        return []
    told = view.retrieval
    texts = []
    if told:
        words = (
            f"{told.outcome.replace('_', ' ')}{f': {readable(told.detail)}' if told.detail else ''}"
        )
        texts.append(
            Text.assemble(
                (words, look.text), (f"  {readable(told.reviewer)}, {told.at[:10]}", look.quiet)
            )
        )
    else:
        texts.append(Text("not sought yet", style=look.doubt))
    for criterion in view.criteria:
        if criterion.checked_by == "access" and criterion.answer is not None:
            free = {
                Answer.YES: "free to read",
                Answer.NO: "not free to read",
                Answer.UNKNOWN: "access not known",
            }
            evidence = f": {readable(criterion.evidence)}" if criterion.evidence else ""
            texts.append(Text(f"{free[criterion.answer]}{evidence}", style=look.quiet))
            break
    if view.pdf:
        path = Text.assemble(("PDF  ", look.label), said(view.pdf, look.accent))
        path.stylize(press("open_pdf"))
        texts.append(path)
    else:
        texts.append(Text("no local PDF", style=look.quiet))
    return _section("Report", texts, look, width)


def _why(view: RecordView, look: Look, width: int) -> list[Text]:
    if not view.why:
        return []
    texts = [
        Text.assemble(
            (readable(word), look.good if weight > 0 else look.bad),
            (f" {_weight(weight)}", look.quiet),
        )
        for word, weight in view.why
    ]
    return _section("Words that weigh most", [joined(texts, Text("  "))], look, width)


def _weight(weight: float) -> str:
    """In two places, or by its first digit where it is small."""
    return f"{weight:+.2f}" if abs(weight) >= 0.1 else f"{weight:+.1g}"


def _others(view: RecordView, look: Look, width: int) -> list[Text]:
    texts = []
    for other in view.others:
        told = other.decision
        mark = "the published review"
        who = readable(told.reviewer) + (
            f" ({mark})" if other.published and mark not in told.reviewer else ""
        )
        reason = f": {readable(told.reason)}" if told.reason else ""
        words = Text.assemble((f"{who}  ", look.quiet), (f"{DID[told.verdict]}{reason}", look.text))
        texts.append(words)
        if told.note:
            texts.append(Text(f"“{readable(told.note)}”", style=look.quiet))
    if view.others_hidden:
        texts.append(Text("hidden until enough have decided", style=look.quiet))
    return _section("Other reviewers", texts, look, width)


def _history(view: RecordView, look: Look, width: int) -> list[Text]:
    if len(view.own_history) < 2:
        return []
    texts = [
        Text.assemble(
            (f"{told.decided_at[:16].replace('T', ' ')}  ", look.quiet),
            (DID[told.verdict] + (f": {readable(told.reason)}" if told.reason else ""), look.text),
        )
        for told in view.own_history
    ]
    return _section("Your decisions on it", texts, look, width)


__all__ = [
    "MEASURE",
    "clip",
    "criteria_panel",
    "criteria_strip",
    "facts",
    "reason_choices",
    "record_page",
]
