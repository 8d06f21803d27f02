"""Screening on the full screen: the session's record, its criteria, one key each. The session decides and stores."""

import os
from collections.abc import Callable, Sequence

from rich.text import Text

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Stage, Verdict
from reviewkit.model.text import duration
from reviewkit.screening.filters import ONLY_WORDS, describe_filter, read_filter, show_filter
from reviewkit.screening.models import (
    Filter,
    LinkLabel,
    Only,
    Order,
    Progress,
    RecordSummary,
    RetrievalOutcome,
    Step,
    TermKind,
)
from reviewkit.tui.actions import ScreenKind
from reviewkit.tui.app import run_screen
from reviewkit.tui.keys import Keys
from reviewkit.tui.modes import Choice, Listing, Question
from reviewkit.tui.readable import readable
from reviewkit.tui.record_page import (
    MEASURE,
    criteria_panel,
    criteria_strip,
    facts,
    reason_choices,
    record_page,
)
from reviewkit.tui.review_screen import ReviewScreen
from reviewkit.tui.text_pane import wrap
from reviewkit.tui.text_parts import CHOICE_KEYS, choices, count, pace, shown_key, spread
from reviewkit.tui.theme import choose_theme
from reviewkit.workflow.session.screening import ScreeningSession

_STAGES = {Stage.TITLE_ABSTRACT: "Title and abstract", Stage.FULL_TEXT: "Full text"}
_SIGNS = {Verdict.INCLUDE: "+", Verdict.EXCLUDE: "−", Verdict.MAYBE: "?", None: " "}
_RETRIEVALS = {
    "1": ("sought", RetrievalOutcome.SOUGHT),
    "2": ("retrieved", RetrievalOutcome.RETRIEVED),
    "3": ("not retrieved", RetrievalOutcome.NOT_RETRIEVED),
}


def run(session: ScreeningSession, keys: Keys) -> None:
    """Screen on the full screen until the reviewer leaves. Raises KeyboardInterrupt for Ctrl-C; all is stored then."""
    theme = choose_theme(keys.theme, os.environ)
    run_screen(ScreeningScreen(session, keys), theme)


class ScreeningScreen(ReviewScreen):
    """The screening session's full screen."""

    KIND = ScreenKind.SCREEN

    def __init__(self, session: ScreeningSession, keys: Keys) -> None:
        super().__init__(keys, choose_theme(keys.theme, os.environ))
        self.session = session
        self._full_panel = False
        self.say_start()

    def say_start(self) -> None:
        ways = self.keys.by_key(self.KIND)
        key = next((key for key, action in ways.items() if action.name == "keys"), "")
        self._message = Text(
            f"{key} shows all keys. Every decision is stored at once." if key else ""
        )

    # What is shown.

    def top_line(self, width: int) -> Text:
        session, theme = self.session, self.theme
        known = self.session.view.progress if self.session.view else self.session.progress
        parts = [
            _STAGES[session.stage],
            readable(session.reviewer),
            *(["blind"] if session.blind else []),
        ]
        if width >= 110:
            parts += [session.order_words, readable(session.review)]
        elif session.order is Order.RANKED and "random" in session.order_words:
            parts.append("random for now")
        if session.filter != Filter():
            parts.append(f"showing {readable(describe_filter(session.filter))}")
        left = Text.assemble((parts[0], theme.label), (" · " + " · ".join(parts[1:]), theme.quiet))
        return spread(left, Text(told_progress(known, width), style=theme.text), width)

    def done(self) -> float:
        known = self.session.progress
        return known.done / known.total if known.total else 1.0

    def body_lines(self, width: int) -> list[Text]:
        view = self.session.view
        measure = min(width, MEASURE)
        if view is None:
            lines = self._nothing_left(measure)
        else:
            lines = record_page(view, self.theme, measure)
            if not self.wide:
                lines += [Text(""), *facts(view, self.theme, measure)]
        left = (width - measure) // 2 if width > MEASURE else 0
        return [Text.assemble(" " * left, line) for line in lines] if left else lines

    def panel_lines(self, width: int) -> list[Text]:
        view = self.session.view
        if view is None:
            return []
        beside = facts(view, self.theme, width)
        if self._full_panel:
            return [
                *beside,
                Text(""),
                *criteria_panel(view.criteria, self.session.reasons, self.theme, width),
            ]
        return [
            *criteria_panel(view.criteria, self.session.reasons, self.theme, width),
            Text(""),
            *beside,
        ]

    def strip_lines(self, width: int) -> list[Text]:
        view = self.session.view
        if view is None:
            return []
        show = criteria_panel if self._full_panel else criteria_strip
        return show(view.criteria, self.session.reasons, self.theme, width)

    def strip_height(self) -> int:
        return self.size.height // 2 if self._full_panel else super().strip_height()

    def _nothing_left(self, width: int) -> list[Text]:
        known, theme = self.session.progress, self.theme
        lines = [*wrap(Text(self.session.nothing_left, style=theme.title), width), Text("")]
        told = f"{count(known.included)} included, {count(known.excluded)} excluded, {count(known.maybe)} maybe."
        lines.append(Text(told, style=theme.text))
        if known.maybe:
            key = next(
                (key for key, action in self._actions.items() if action.name == "filter"), ""
            )
            lines.append(
                Text(
                    f"The maybes wait under their filter: {shown_key(key)}, then 2.",
                    style=theme.quiet,
                )
            )
        lines.append(Text("Back, undo, find and list still go to any record.", style=theme.quiet))
        return lines

    # Decisions.

    def act_include(self) -> None:
        self._decided(self.session.include)

    def act_maybe(self) -> None:
        self._decided(self.session.maybe)

    def act_skip(self) -> None:
        self._stepped(self.session.skip())

    def act_undo(self) -> None:
        self._stepped(self.session.undo())

    def act_reason(self, number: int) -> None:
        self._decided(lambda: self.session.exclude(number))

    def act_exclude(self) -> None:
        view, reasons = self.session.view, self.session.reasons
        if view is None:
            raise UsageError("no record is in view", hint="undo, or look for one by find or list")
        if not reasons:
            self._decided(self.session.exclude)
            return
        options = dict(zip(CHOICE_KEYS, range(1, len(reasons) + 1), strict=False))
        free = "" if self.session.reason_needed else ", or Enter for none"

        def take(key: str) -> None:
            self._decided(lambda: self.session.exclude(options.get(key)))

        self.choose(
            Choice(
                question=f"Exclude, for which reason? Its key{free}.",
                lines=lambda width: reason_choices(view.criteria, reasons, self.theme, width),
                options=[*options, *(["enter"] if free else [])],
                take=take,
            )
        )

    def _decided(self, decide: Callable[[], Step]) -> None:
        before = self.session.view
        step = decide()
        title = readable(before.record.title) if before else ""
        self._stepped(step, after=title)

    def _stepped(self, step: Step, *, after: str = "", keep_place: bool = False) -> None:
        self.draw(f"{step.message}  {after}" if after else step.message, keep_place=keep_place)

    # What is said of a record.

    def act_note(self) -> None:
        self._need_view()
        note = self.session.view.note if self.session.view else None
        self.ask(
            Question(
                question="Note: Enter keeps it, Esc leaves it as it was, an empty one removes it.",
                value=readable(note),
                take=lambda text: self._stepped(self.session.write_note(text), keep_place=True),
            )
        )

    def act_tag(self) -> None:
        self._need_view()
        used = self.session.all_tags
        known = f" In use: {', '.join(used[:8])}." if used else ""
        self.ask(
            Question(
                question=f"Tag to put on, or to take off.{known}",
                suggestions=[readable(tag) for tag in used],
                take=lambda text: self._stepped(self.session.toggle_tag(text), keep_place=True),
            )
        )

    def act_term_add(self) -> None:
        def take(text: str) -> None:
            kind = {"+": TermKind.INCLUDE, "-": TermKind.EXCLUDE}.get(text[:1], TermKind.OWN)
            words = text[1:] if kind is not TermKind.OWN else text
            pattern = len(words) > 2 and words.startswith("/") and words.endswith("/")
            step = self.session.add_term(
                words[1:-1] if pattern else words, kind=kind, pattern=pattern
            )
            self._stepped(step, keep_place=True)

        question = "Highlight: word* · +word for inclusion · -word for exclusion · /pattern/"
        self.ask(Question(question=question, take=take))

    def act_term_remove(self) -> None:
        own = [term.text for term in self.session.own_terms]
        if not own:
            raise UsageError(
                "you have no highlight terms of your own",
                hint="the protocol's stand in the protocol",
            )
        options = dict(zip(CHOICE_KEYS, own, strict=False))
        self.choose(
            Choice(
                question="No longer highlight which of your own terms?",
                lines=lambda width: choices(own, self.theme, width),
                options=[*options],
                take=lambda key: self._stepped(
                    self.session.remove_term(options[key]), keep_place=True
                ),
            )
        )

    def act_retrieval(self) -> None:
        if self.session.stage is not Stage.FULL_TEXT:
            raise UsageError(
                "reports are sought at full text", hint="open the session with --stage full_text"
            )
        self._need_view()

        def take(key: str) -> None:
            words, outcome = _RETRIEVALS[key]
            self.ask(
                Question(
                    question=f"Report {words}: where, or why not? Enter keeps it.",
                    take=lambda text: self._stepped(
                        self.session.set_retrieval(outcome, text.strip() or None), keep_place=True
                    ),
                )
            )

        self.choose(
            Choice(
                question="What came of seeking the report?",
                lines=lambda width: choices(
                    [words for words, _ in _RETRIEVALS.values()], self.theme, width
                ),
                options=[*_RETRIEVALS],
                take=take,
            )
        )

    # Going elsewhere.

    def act_back(self) -> None:
        self._stepped(self.session.back())

    def act_forward(self) -> None:
        self._stepped(self.session.forward())

    def act_find(self) -> None:
        def take(text: str) -> None:
            found = self.session.find(text)
            if not found:
                raise UsageError(f"no record of this stage has {text!r} in its title or abstract")
            self._list(f"{count(len(found))} found for {text}", found)

        self.ask(Question(question="Find, by words of the title or abstract:", take=take))

    def act_list(self) -> None:
        found = self.session.list_records()
        if not found:
            raise UsageError("the filter leaves nothing to list", hint="change the filter")
        more = " (the first of them)" if len(found) == 1000 else ""
        self._list(
            f"{count(len(found))} under the filter: {describe_filter(self.session.filter)}{more}",
            found,
        )

    def act_history(self) -> None:
        made = self.session.history()
        if not made:
            raise UsageError("you have not decided on anything yet")

        def row(place: int, _width: int) -> Text:
            told = made[place]
            words = f"{told.verdict}{f': {readable(told.reason)}' if told.reason else ''}"
            at = told.decided_at[:16].replace("T", " ")
            return Text.assemble(
                (f"{at}  ", self.theme.quiet),
                (f"{words}  ", self.theme.text),
                (told.record, self.theme.quiet),
            )

        self._pick(
            "Your decisions, the newest first", len(made), row, [told.record for told in made]
        )

    def _list(self, title: str, found: Sequence[RecordSummary]) -> None:
        def row(place: int, _width: int) -> Text:
            hit = found[place]
            year = str(hit.year) if hit.year else "    "
            return Text.assemble(
                (f"{_SIGNS.get(hit.verdict, ' ')} ", self.theme.key),
                (f"{year}  ", self.theme.quiet),
                (readable(hit.title) or "No title", self.theme.text),
            )

        self._pick(title, len(found), row, [hit.record for hit in found])

    def _pick(
        self, title: str, size: int, row: Callable[[int, int], Text], records: Sequence[str]
    ) -> None:
        def take(place: int) -> None:
            self._stepped(self.session.jump(records[place]))

        self.pick(Listing(title=title, count=size, row=row, take=take))

    def act_filter(self) -> None:
        names = [*ONLY_WORDS.values(), "by words, tag, source or year", "everything open again"]
        options = dict(zip(CHOICE_KEYS, [*ONLY_WORDS, "ask", "clear"], strict=False))

        def take(key: str) -> None:
            wanted = options[key]
            if wanted == "ask":
                self._ask_filter()
            elif wanted == "clear":
                self._stepped(self.session.set_filter(Filter()))
            else:
                self._stepped(self.session.set_filter(Filter(only=Only(wanted))))

        self.choose(
            Choice(
                question=f"Show only which records? Now: {describe_filter(self.session.filter)}.",
                lines=lambda width: choices(names, self.theme, width),
                options=[*options],
                take=take,
            )
        )

    def _ask_filter(self) -> None:
        self.ask(
            Question(
                question="only:maybe tag:methods source:pubmed year:2020-2024 and words of the title or abstract",
                value=show_filter(self.session.filter),
                take=lambda text: self._stepped(self.session.set_filter(read_filter(text))),
            )
        )

    # Opening and copying.

    def act_open_doi(self) -> None:
        self._open_labelled(LinkLabel.DOI, "this record has no DOI")

    def act_open_pubmed(self) -> None:
        self._open_labelled(LinkLabel.PUBMED, "this record has no PubMed identifier")

    def act_open_link(self) -> None:
        self._open_labelled(LinkLabel.LINK, "this record has no other link")

    def _open_labelled(self, label: LinkLabel, otherwise: str) -> None:
        self._need_view()
        links = self.session.view.links if self.session.view else ()
        link = next((link for link in links if link.label == label), None)
        if link is None:
            raise UsageError(
                otherwise,
                hint=f"it has: {', '.join(one.label for one in links) or 'no link at all'}",
            )
        self.open_address(link.url, label)

    def act_open_pdf(self) -> None:
        self._need_view()
        path = self.session.view.pdf if self.session.view else None
        if path is None:
            raise UsageError(
                "there is no local PDF of this record",
                hint="put it into the review's folder fulltext/",
            )
        self.open_address(path, "PDF")

    def act_copy(self) -> None:
        self._need_view()
        if self.session.view:
            self.copy(self.session.view.citation)

    def act_panel(self) -> None:
        self._full_panel = not self._full_panel
        self.draw(keep_place=True)

    def press_name(self, name: str) -> None:
        kind, _, rest = name.partition(":")
        view = self.session.view
        if kind == "link" and view and self.mode is None:
            link = view.links[int(rest)]
            self.open_address(link.url, link.label)
        else:
            super().press_name(name)

    def _need_view(self) -> None:
        if self.session.view is None:
            raise UsageError("no record is in view", hint="undo, or look for one by find or list")


def told_progress(known: Progress, width: int) -> str:
    """How far it is, nothing rounded in the reviewer's favour: done, left, included, pace, time left at this pace."""
    parts = [
        f"{count(known.done)} done, {count(known.left)} left",
        f"{count(known.included)} included",
    ]
    if width >= 110 and known.maybe:
        parts.append(f"{count(known.maybe)} maybe")
    if known.seconds_each is not None and known.seconds_left is not None and known.left:
        if width >= 96:
            parts.append(pace(known.seconds_each))
        parts.append(f"about {duration(known.seconds_left)} more")
    return " · ".join(parts)


__all__ = ["ScreeningScreen", "run"]
