"""One record as its reviewer reads it: texts from the session's view, wrapped to a width. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence

from rich.style import Style
from rich.text import Text

from reviewkit.model.messages import mark, recognise, tr
from reviewkit.model.publication_types import type_words
from reviewkit.model.records import Answer, Decision, Record, Verdict
from reviewkit.screening.models import Link, RecordView, Span, TermKind
from reviewkit.screening.pace import pace_sentences
from reviewkit.screening.registrations import registration_facts
from reviewkit.tui.criteria_page import criteria_panel, criteria_strip, reason_choices
from reviewkit.tui.readable import readable
from reviewkit.tui.text_pane import clip, press, wrap
from reviewkit.tui.text_parts import data_text, heading, joined, legend, marked
from reviewkit.tui.theme import Theme

# In a longer line the beginning of the next one is hard to find.
MEASURE = 92
# "METHODS: ..." within an abstract that was put on one line: a paragraph of its own.
_LABEL = re.compile(r"(?:^|(?<=[.;:?!)\]] )|(?<=\n))[A-Z][A-Z0-9 ,/&'()-]{2,60}:(?= )")
_MOST_AUTHORS = 12
_OWN_WORDS = {
    Verdict.INCLUDE: mark("You included it"),
    Verdict.EXCLUDE: mark("You excluded it"),
    Verdict.MAYBE: mark("You said maybe"),
    Verdict.WITHDRAWN: mark("You took it back"),
}
_VERDICT_WORDS = {
    Verdict.INCLUDE: mark("included"),
    Verdict.EXCLUDE: mark("excluded"),
    Verdict.MAYBE: mark("maybe"),
    Verdict.WITHDRAWN: mark("taken back"),
}
_ACCESS_WORDS = {
    Answer.YES: mark("free to read"),
    Answer.NO: mark("not free to read"),
    Answer.UNKNOWN: mark("access not known"),
}


def record_page(view: RecordView, theme: Theme, width: int) -> list[Text]:
    """Return the record with the reviewer's decision on it."""
    record_texts = record_lines(view.record, view.links, view.highlights, theme, width)
    status = _status(view, theme)
    if not status.plain:
        return record_texts
    return [*wrap(status, width), Text(""), *record_texts]


def record_lines(
    record: Record,
    links: Sequence[Link],
    highlights: Mapping[str, Sequence[Span]],
    theme: Theme,
    width: int,
) -> list[Text]:
    """Return a record: title, authors, journal, abstract, keywords, links."""
    lines = wrap(_title(record, highlights, theme), width)
    if record.original_title and record.original_title != record.title:
        lines += wrap(data_text(record.original_title, theme.quiet), width)
    lines += wrap(joined([_authors(record, theme), _journal(record, theme)], Text("\n")), width)

    abstract = _abstract(record.abstract, highlights.get("abstract", ()), theme, width)
    lines += [Text(""), *abstract, Text("")]

    if record.keywords:
        keywords = "; ".join(record.keywords)
        words = _highlighted(keywords, highlights.get("keywords", ()), theme, theme.text)
        lines += wrap(Text.assemble((tr("Keywords") + "  ", theme.label), words), width)
    if record.headings:
        words = data_text("; ".join(record.headings), theme.quiet)
        lines += wrap(Text.assemble((tr("Headings") + "  ", theme.label), words), width)
    for name, value in registration_facts(record):
        words = data_text(value, theme.quiet)
        lines += wrap(Text.assemble((f"{tr(name)}  ", theme.label), words), width)
    return [*lines, *_link_lines(links, theme, width)]


def facts(view: RecordView, theme: Theme, width: int) -> list[Text]:
    """Return what is known beside the record: report, note, tags, ranking, others, copies."""
    sections = {
        tr("Report"): _report(view, theme),
        tr("Note"): _optional(view.note, theme.text),
        tr("Tags"): _optional(" · ".join(view.tags), theme.text),
        tr("Words that weigh most"): _ranking_words(view, theme),
        tr("Other reviewers"): _others(view, theme),
        tr("Your decisions on it"): _history(view, theme),
        tr("Corrected by hand"): _corrections(view, theme),
        tr("Copies"): _optional(view.copies_line, theme.quiet),
        tr("Your pace"): [
            Text(words, style=theme.quiet) for words in pace_sentences(view.progress)
        ],
        tr("Highlights"): [legend(theme)],
    }

    lines: list[Text] = []
    for name, texts in sections.items():
        if not texts:
            continue
        if lines:
            lines.append(Text(""))
        lines.append(heading(name, theme))
        for text in texts:
            lines += wrap(text, width)
    return lines


def verdict_style(verdict: Verdict, theme: Theme) -> Style:
    styles = {
        Verdict.INCLUDE: theme.good,
        Verdict.EXCLUDE: theme.bad,
        Verdict.MAYBE: theme.doubt,
    }
    return styles.get(verdict, theme.quiet)


def verdict_words(decision: Decision) -> str:
    """Return "excluded: off theme"."""
    return _with_reason(tr(_VERDICT_WORDS[decision.verdict]), decision)


def _with_reason(words: str, decision: Decision) -> str:
    if not decision.reason:
        return words
    return f"{words}: {readable(decision.reason)}"


def _minute(timestamp: str) -> str:
    """Return an ISO 8601 time to the minute."""
    return timestamp[:16].replace("T", " ")


def _status(view: RecordView, theme: Theme) -> Text:
    parts = []
    if own := view.own:
        words = _with_reason(tr(_OWN_WORDS[own.verdict]), own)
        parts.append(Text(words, style=verdict_style(own.verdict, theme)))
        parts.append(Text(_minute(own.decided_at), style=theme.quiet))

    if view.pilot:
        parts.append(Text(tr("pilot: everybody screens this one"), style=theme.accent))
    if view.earlier_stage:
        words = tr(
            "you, at title and abstract: {text}", text=tr(_VERDICT_WORDS[view.earlier_stage])
        )
        parts.append(Text(words, style=theme.quiet))

    return joined(parts, Text(" · ", style=theme.quiet))


def _title(record: Record, highlights: Mapping[str, Sequence[Span]], theme: Theme) -> Text:
    if not record.title:
        return Text(tr("No title"), style=theme.title)
    spans = highlights.get("title", ())
    return _highlighted(record.title, spans, theme, theme.title, lines=False)


def _highlighted(
    text: str, spans: Sequence[Span], theme: Theme, style: Style, *, lines: bool = True
) -> Text:
    styles = {
        TermKind.INCLUDE: theme.include,
        TermKind.EXCLUDE: theme.exclude,
        TermKind.OWN: theme.own,
    }
    marks = [(span.start, span.end, styles[span.kind]) for span in spans]
    return marked(text, marks, style, lines=lines)


def _authors(record: Record, theme: Theme) -> Text:
    names = [*record.authors, *record.collective_authors]
    if not names:
        return Text(tr("No authors"), style=theme.quiet)

    words = "; ".join(names[:_MOST_AUTHORS])
    if len(names) > _MOST_AUTHORS:
        words += tr("; and {text} more", text=len(names) - _MOST_AUTHORS)
    return data_text(words, theme.quiet)


def _journal(record: Record, theme: Theme) -> Text:
    """Journal, issue, languages, types and key on one line."""
    journal = record.journal_name or tr("No journal")
    parts = [
        data_text(journal, theme.accent),
        data_text(_issue_words(record), theme.text),
        data_text(", ".join(record.languages), theme.quiet),
        data_text(", ".join(map(type_words, record.types[:3])), theme.quiet),
        data_text(record.key, theme.quiet),
    ]

    return joined(parts, Text(" · ", style=theme.quiet))


def _issue_words(record: Record) -> str:
    """Return date, volume, issue and pages: "2020-04-01; 3(2): 10-19"."""
    words = str(record.published or record.year or tr("no year"))
    issue = record.volume or ""
    if record.issue:
        issue += f"({record.issue})"

    if issue:
        words += f"; {issue}"
    if record.pages:
        words += f": {record.pages}"
    return words


def _abstract(abstract: str | None, spans: Sequence[Span], theme: Theme, width: int) -> list[Text]:
    if not abstract or not abstract.strip():
        return [Text(tr("No abstract: the source gave none."), style=theme.quiet)]

    whole = _highlighted(abstract, spans, theme, theme.text)
    labels = list(_LABEL.finditer(whole.plain))
    for label in labels:
        whole.stylize_before(theme.label, label.start(), label.end())

    lines: list[Text] = []
    for part in whole.divide([label.start() for label in labels if label.start()]):
        if lines and len(labels) > 1:
            lines.append(Text(""))
        lines += wrap(part, width)
    return lines


def _link_lines(links: Sequence[Link], theme: Theme, width: int) -> list[Text]:
    if not links:
        return [Text(tr("No DOI, PubMed identifier or link."), style=theme.quiet)]

    lines = []
    for place, link in enumerate(links):
        line = Text.assemble((f"{link.label}  ", theme.label), data_text(link.url, theme.accent))
        line.stylize(press(f"link:{place}"))
        lines += wrap(line, width)
    return lines


def _optional(text: str | None, style: Style) -> list[Text]:
    if not text:
        return []
    return [data_text(text, style)]


def _report(view: RecordView, theme: Theme) -> list[Text]:
    """At full text: whether the report was retrieved, its access, and its PDF."""
    if view.stage != "full_text":
        return []
    return [
        _retrieval(view, theme),
        *_access(view, theme),
        _pdf(view, theme),
        *_optional("; ".join(_study_words(view)), theme.text),
    ]


def _study_words(view: RecordView) -> list[str]:
    return [tr("study: {name}", name=readable(name)) for name in view.studies]


def _retrieval(view: RecordView, theme: Theme) -> Text:
    retrieval = view.retrieval
    if retrieval is None:
        return Text(tr("not sought yet"), style=theme.doubt)

    words = tr(retrieval.outcome.replace("_", " "))
    if retrieval.detail:
        words += f": {readable(retrieval.detail)}"
    who = f"  {readable(retrieval.reviewer)}, {retrieval.at[:10]}"
    return Text.assemble((words, theme.text), (who, theme.quiet))


def _access(view: RecordView, theme: Theme) -> Iterator[Text]:
    """The first answer of a criterion that checks access."""
    for criterion in view.criteria:
        if criterion.checked_by == "access" and criterion.answer is not None:
            words = tr(_ACCESS_WORDS[criterion.answer])
            if criterion.evidence:
                words += f": {readable(recognise(criterion.evidence))}"
            yield Text(words, style=theme.quiet)
            return


def _pdf(view: RecordView, theme: Theme) -> Text:
    if not view.pdf:
        return Text(tr("no local PDF"), style=theme.quiet)
    path = Text.assemble(("PDF  ", theme.label), data_text(view.pdf, theme.accent))
    path.stylize(press("open_pdf"))
    return path


def _ranking_words(view: RecordView, theme: Theme) -> list[Text]:
    if not view.why:
        return []

    texts = []
    for word, weight in view.why:
        style = theme.bad
        if weight > 0:
            style = theme.good
        texts.append(Text.assemble((readable(word), style), (f" {_weight(weight)}", theme.quiet)))
    return [joined(texts, Text("  "))]


def _weight(weight: float) -> str:
    """Return a weight with two decimals, or with its first digit where it is small."""
    if abs(weight) < 0.1:
        return f"{weight:+.1g}"
    return f"{weight:+.2f}"


def _others(view: RecordView, theme: Theme) -> list[Text]:
    texts = []
    for other in view.others:
        who = (f"{readable(other.reviewer_words)}  ", theme.quiet)
        texts.append(Text.assemble(who, (verdict_words(other.decision), theme.text)))
        if other.decision.note:
            texts.append(Text(f"“{readable(other.decision.note)}”", style=theme.quiet))
    if view.others_hidden:
        texts.append(Text(tr("hidden until enough have decided"), style=theme.quiet))

    return texts


def _corrections(view: RecordView, theme: Theme) -> list[Text]:
    return [data_text(corrected.words, theme.quiet) for corrected in view.corrections]


def _history(view: RecordView, theme: Theme) -> list[Text]:
    if len(view.own_history) < 2:
        return []
    return [
        Text.assemble(
            (f"{_minute(decision.decided_at)}  ", theme.quiet),
            (verdict_words(decision), theme.text),
        )
        for decision in view.own_history
    ]


__all__ = [
    "MEASURE",
    "clip",
    "criteria_panel",
    "criteria_strip",
    "facts",
    "reason_choices",
    "record_page",
]
