"""One record as its reviewer reads it: pure texts from the session's view, wrapped to a width."""

import re
from collections.abc import Mapping, Sequence

from rich.style import Style
from rich.text import Text

from reviewkit.model.records import Answer, Record, Verdict
from reviewkit.screening.models import CriterionView, Link, RecordView, Span, TermKind
from reviewkit.tui.readable import readable
from reviewkit.tui.text_pane import clip, press, wrap
from reviewkit.tui.text_parts import (
    choices,
    columns,
    heading,
    indented,
    joined,
    legend,
    marked,
    said,
)
from reviewkit.tui.theme import Theme

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


def record_page(view: RecordView, theme: Theme, width: int) -> list[Text]:
    """The record itself: what stands on it, title, authors, place, abstract, keywords, links."""
    lines: list[Text] = []
    if status := _status(view, theme):
        lines += [*wrap(status, width), Text("")]
    return [*lines, *record_lines(view.record, view.links, view.highlights, theme, width)]


def record_lines(
    record: Record,
    links: Sequence[Link],
    highlights: Mapping[str, Sequence[Span]],
    theme: Theme,
    width: int,
) -> list[Text]:
    """A record with its highlights: title, authors, place, abstract, keywords, links."""
    title = record.title or "No title"
    lines = wrap(
        _highlit(title, highlights.get("title", ()) if record.title else (), theme, title=True),
        width,
    )
    if record.original_title and record.original_title != record.title:
        lines += wrap(said(record.original_title, theme.quiet), width)
    lines += wrap(joined([_authors(record, theme), _place(record, theme)], Text("\n")), width)
    lines += [
        Text(""),
        *_abstract(record.abstract, highlights.get("abstract", ()), theme, width),
        Text(""),
    ]
    if record.keywords:
        words = _highlit("; ".join(record.keywords), highlights.get("keywords", ()), theme)
        lines += wrap(Text.assemble(("Keywords  ", theme.label), words), width)
    if record.headings:
        lines += wrap(
            Text.assemble(
                ("Headings  ", theme.label), said("; ".join(record.headings), theme.quiet)
            ),
            width,
        )
    for place, link in enumerate(links):
        line = Text.assemble((f"{link.label}  ", theme.label), said(link.url, theme.accent))
        line.stylize(press(f"link:{place}"))
        lines += wrap(line, width)
    if not links:
        lines.append(Text("No DOI, PubMed identifier or link.", style=theme.quiet))
    return lines


def facts(view: RecordView, theme: Theme, width: int) -> list[Text]:
    """What the reviewer and the machine know beside the record: report, note, tags, why, others, copies."""
    parts = [
        _report(view, theme, width),
        _section("Note", [said(view.note, theme.text)] if view.note else [], theme, width),
        _section(
            "Tags", [said(" · ".join(view.tags), theme.text)] if view.tags else [], theme, width
        ),
        _why(view, theme, width),
        _others(view, theme, width),
        _history(view, theme, width),
        _section(
            "Copies", [said(view.copies_line, theme.quiet)] if view.copies else [], theme, width
        ),
        _section("Highlights", [legend(theme)], theme, width),
    ]
    lines: list[Text] = []
    for part in parts:
        lines += [Text(""), *part] if part and lines else part
    return lines


def criteria_panel(
    criteria: Sequence[CriterionView], reasons: Sequence[str], theme: Theme, width: int
) -> list[Text]:
    """The protocol's criteria in full, each with what the machine found and why, and the reasons with their digits."""
    lines = [heading("Include if", theme)]
    for criterion in _including(criteria):
        lines += _criterion(criterion, theme, width)
    by_wording = {c.wording: c for c in criteria}
    if reasons:
        lines += [Text(""), heading("Exclude for", theme)]
    for place, reason in enumerate(reasons):
        first = Text.assemble((f"{place + 1} ", theme.key))
        block = indented(said(reason, theme.text), width, first=first, rest=2)
        if reason in by_wording:
            block += _evidence(by_wording[reason], theme, width)
        for line in block:
            line.stylize(press(f"reason_{place + 1}"))
        lines += block
    if others := [c for c in criteria if c.kind != "inclusion" and c.wording not in set(reasons)]:
        lines += [Text(""), heading("Exclude if", theme)]
        for criterion in others:
            lines += _criterion(criterion, theme, width)
    return lines


def criteria_strip(
    criteria: Sequence[CriterionView], reasons: Sequence[str], theme: Theme, width: int
) -> list[Text]:
    """The same in a few lines, for small screens: a mark and the wording each."""
    entries = [
        Text.assemble(_mark(c, theme), " ", said(c.wording, theme.text))
        for c in _including(criteria)
    ]
    by_wording = {c.wording: c for c in criteria}
    for place, reason in enumerate(reasons):
        criterion = by_wording.get(reason)
        mark = (
            Text.assemble(_mark(criterion, theme), " ")
            if criterion and criterion.answer
            else Text("")
        )
        entry = Text.assemble((f"{place + 1} ", theme.key), mark, said(reason, theme.text))
        entry.stylize(press(f"reason_{place + 1}"))
        entries.append(entry)
    entries += [
        Text.assemble(_mark(c, theme), " not if: ", said(c.wording, theme.text))
        for c in criteria
        if c.kind != "inclusion" and c.wording not in set(reasons)
    ]
    return columns(entries, width)


def reason_choices(
    criteria: Sequence[CriterionView], reasons: Sequence[str], theme: Theme, width: int
) -> list[Text]:
    """The reasons to choose one from, with what the machine found beside those that it checked."""
    by_wording = {c.wording: c for c in criteria}
    marks = {
        place: _mark(by_wording[reason], theme)
        for place, reason in enumerate(reasons)
        if reason in by_wording and by_wording[reason].answer
    }
    return choices(reasons, theme, width, marks=marks)


def _including(criteria: Sequence[CriterionView]) -> list[CriterionView]:
    return [c for c in criteria if c.kind == "inclusion"]


def _criterion(criterion: CriterionView, theme: Theme, width: int) -> list[Text]:
    first = Text.assemble(_mark(criterion, theme), " ")
    lines = indented(said(criterion.wording, theme.text), width, first=first, rest=2)
    return [*lines, *_evidence(criterion, theme, width)]


def _evidence(criterion: CriterionView, theme: Theme, width: int) -> list[Text]:
    if criterion.answer is None:
        return []
    words = (
        f"{criterion.answer_words}: {readable(criterion.evidence)}"
        if criterion.evidence
        else criterion.answer_words
    )
    return indented(Text(words, style=theme.quiet), width, first=Text("  "), rest=2)


def _mark(criterion: CriterionView, theme: Theme) -> Text:
    """A sign: whether an inclusion criterion is met, or whether an exclusion criterion applies."""
    excludes = criterion.kind != "inclusion"
    match criterion.answer:
        case Answer.YES:
            return Text("–", style=theme.quiet) if excludes else Text("✓", style=theme.good)
        case Answer.NO:
            return Text("!" if excludes else "✗", style=theme.bad)
        case Answer.UNKNOWN:
            return Text("?", style=theme.doubt)
    return Text("·", style=theme.quiet)


def _status(view: RecordView, theme: Theme) -> Text:
    parts = []
    if view.own:
        words = _SAID[view.own.verdict] + (
            f": {readable(view.own.reason)}" if view.own.reason else ""
        )
        parts.append(Text(words, style=verdict_style(view.own.verdict, theme)))
        parts.append(Text(view.own.decided_at[:16].replace("T", " "), style=theme.quiet))
    if view.pilot:
        parts.append(Text("pilot: everybody screens this one", style=theme.accent))
    if view.earlier_stage:
        parts.append(Text(f"title and abstract: {DID[view.earlier_stage]}", style=theme.quiet))
    return joined(parts, Text(" · ", style=theme.quiet))


def verdict_style(verdict: Verdict, theme: Theme) -> Style:
    return {
        Verdict.INCLUDE: theme.good,
        Verdict.EXCLUDE: theme.bad,
        Verdict.MAYBE: theme.doubt,
    }.get(verdict, theme.quiet)


def _highlit(text: str, spans: Sequence[Span], theme: Theme, *, title: bool = False) -> Text:
    styles = {
        TermKind.INCLUDE: theme.include,
        TermKind.EXCLUDE: theme.exclude,
        TermKind.OWN: theme.own,
    }
    found = [(span.start, span.end, styles[span.kind]) for span in spans]
    return marked(text, found, theme.title if title else theme.text, lines=not title)


def _authors(record: Record, theme: Theme) -> Text:
    names = [*record.authors, *record.collective_authors]
    shown = "; ".join(names[:12]) + (f"; and {len(names) - 12} more" if len(names) > 12 else "")
    return said(shown, theme.quiet) if names else Text("No authors", style=theme.quiet)


def _place(record: Record, theme: Theme) -> Text:
    issue = (record.volume or "") + (f"({record.issue})" if record.issue else "")
    when = record.published or (str(record.year) if record.year else "no year")
    where = f"{when}{f'; {issue}' if issue else ''}{f': {record.pages}' if record.pages else ''}"
    kinds = ", ".join(record.types[:3])
    parts = [
        said(record.journal or record.journal_abbreviation or "No journal", theme.accent),
        said(where, theme.text),
        said(", ".join(record.languages), theme.quiet),
        said(kinds, theme.quiet),
        said(record.key, theme.quiet),
    ]
    return joined(parts, Text(" · ", style=theme.quiet))


def _abstract(abstract: str | None, spans: Sequence[Span], theme: Theme, width: int) -> list[Text]:
    if not abstract or not abstract.strip():
        return [Text("No abstract: the source gave none.", style=theme.quiet)]
    whole = _highlit(abstract, spans, theme)
    labels = list(_LABEL.finditer(whole.plain))
    for label in labels:
        whole.stylize_before(theme.label, label.start(), label.end())
    lines: list[Text] = []
    for part in whole.divide([label.start() for label in labels if label.start()]):
        lines += [Text("")] if lines and len(labels) > 1 else []
        lines += wrap(part, width)
    return lines


def _section(name: str, texts: Sequence[Text], theme: Theme, width: int) -> list[Text]:
    if not texts:
        return []
    return [heading(name, theme), *(line for text in texts for line in wrap(text, width))]


def _report(view: RecordView, theme: Theme, width: int) -> list[Text]:
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
                (words, theme.text), (f"  {readable(told.reviewer)}, {told.at[:10]}", theme.quiet)
            )
        )
    else:
        texts.append(Text("not sought yet", style=theme.doubt))
    for criterion in view.criteria:
        if criterion.checked_by == "access" and criterion.answer is not None:
            free = {
                Answer.YES: "free to read",
                Answer.NO: "not free to read",
                Answer.UNKNOWN: "access not known",
            }
            evidence = f": {readable(criterion.evidence)}" if criterion.evidence else ""
            texts.append(Text(f"{free[criterion.answer]}{evidence}", style=theme.quiet))
            break
    if view.pdf:
        path = Text.assemble(("PDF  ", theme.label), said(view.pdf, theme.accent))
        path.stylize(press("open_pdf"))
        texts.append(path)
    else:
        texts.append(Text("no local PDF", style=theme.quiet))
    return _section("Report", texts, theme, width)


def _why(view: RecordView, theme: Theme, width: int) -> list[Text]:
    if not view.why:
        return []
    texts = [
        Text.assemble(
            (readable(word), theme.good if weight > 0 else theme.bad),
            (f" {_weight(weight)}", theme.quiet),
        )
        for word, weight in view.why
    ]
    return _section("Words that weigh most", [joined(texts, Text("  "))], theme, width)


def _weight(weight: float) -> str:
    """In two places, or by its first digit where it is small."""
    return f"{weight:+.2f}" if abs(weight) >= 0.1 else f"{weight:+.1g}"


def _others(view: RecordView, theme: Theme, width: int) -> list[Text]:
    texts = []
    for other in view.others:
        told = other.decision
        mark = "the published review"
        who = readable(told.reviewer) + (
            f" ({mark})" if other.published and mark not in told.reviewer else ""
        )
        reason = f": {readable(told.reason)}" if told.reason else ""
        words = Text.assemble(
            (f"{who}  ", theme.quiet), (f"{DID[told.verdict]}{reason}", theme.text)
        )
        texts.append(words)
        if told.note:
            texts.append(Text(f"“{readable(told.note)}”", style=theme.quiet))
    if view.others_hidden:
        texts.append(Text("hidden until enough have decided", style=theme.quiet))
    return _section("Other reviewers", texts, theme, width)


def _history(view: RecordView, theme: Theme, width: int) -> list[Text]:
    if len(view.own_history) < 2:
        return []
    texts = [
        Text.assemble(
            (f"{told.decided_at[:16].replace('T', ' ')}  ", theme.quiet),
            (DID[told.verdict] + (f": {readable(told.reason)}" if told.reason else ""), theme.text),
        )
        for told in view.own_history
    ]
    return _section("Your decisions on it", texts, theme, width)


__all__ = [
    "MEASURE",
    "clip",
    "criteria_panel",
    "criteria_strip",
    "facts",
    "reason_choices",
    "record_page",
]
