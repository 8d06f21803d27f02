"""Going to other records: back, forward, find, list, history, filter."""

from collections.abc import Callable, Sequence

from rich.text import Text

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import tr
from reviewkit.model.records import Decision, Verdict
from reviewkit.screening.filters import ONLY_WORDS, describe_filter, read_filter, show_filter
from reviewkit.screening.models import Filter, Only, RecordSummary
from reviewkit.tui.modes import Choice, Listing, Question
from reviewkit.tui.readable import readable
from reviewkit.tui.review_screen import Handler, ReviewScreen
from reviewkit.tui.text_pane import clip
from reviewkit.tui.text_parts import CHOICE_KEYS, choices, spread
from reviewkit.workflow.session.current_record import RecordStep
from reviewkit.workflow.session.screening import ScreeningSession

_SIGNS = {Verdict.INCLUDE: "+", Verdict.EXCLUDE: "−", Verdict.MAYBE: "?"}
_MOST_FOUND, _MOST_LISTED = 50, 1000
# On narrower lists a decision's day has no year, and its verdict is a sign.
_ROOM_FOR_YEAR, _ROOM_FOR_VERDICT = 80, 56


class NavigationActions:
    """Nothing here stores anything."""

    def __init__(self, screen: ReviewScreen, session: ScreeningSession) -> None:
        self._screen = screen
        self._session = session
        self._navigation = session.navigation

    def handlers(self) -> dict[str, Handler]:
        return {
            "back": lambda: self._draw(self._navigation.back()),
            "forward": lambda: self._draw(self._navigation.forward()),
            "find": self.find,
            "list": self.list_records,
            "history": self.history,
            "filter": self.filter,
        }

    def find(self) -> None:
        question = tr("Find, by words of the title or abstract:")
        self._screen.ask(Question(question=question, take=self._show_matches))

    def _show_matches(self, text: str) -> None:
        matches = self._navigation.find(text, limit=_MOST_FOUND + 1)
        if not matches:
            raise UsageError(
                tr("no record of this stage has {text} in its title or abstract", text=repr(text))
            )
        title = tr("{matches} found for {text}", matches=len(matches), text=text)
        if len(matches) > _MOST_FOUND:
            title = tr("More than {matches} found for {text}", matches=_MOST_FOUND, text=text)
        self._pick_record(title, matches[:_MOST_FOUND])

    def list_records(self) -> None:
        matches = self._navigation.list_records(limit=_MOST_LISTED)
        if not matches:
            raise UsageError(tr("the filter leaves nothing to list"), hint=tr("change the filter"))

        title = tr(
            "{matches} under the filter: {filter}",
            matches=len(matches),
            filter=describe_filter(self._navigation.filter),
        )
        if len(matches) == _MOST_LISTED:
            title += tr(" (the first of them)")
        self._pick_record(title, matches)

    def history(self) -> None:
        decisions = self._session.history()
        if not decisions:
            raise UsageError(tr("you have not decided on anything yet"))

        records = [decision.record for decision in decisions]
        titles = self._session.titles_of(decisions)
        self._pick(
            tr("Your decisions, the newest first"),
            records,
            lambda place, width: self._decision_row(
                decisions[place], titles.get(records[place], ""), width
            ),
        )

    def filter(self) -> None:
        names = [
            *map(tr, ONLY_WORDS.values()),
            tr("by words, tag, source or year"),
            tr("everything open again"),
        ]
        options = dict(zip(CHOICE_KEYS, [*ONLY_WORDS, "ask", "clear"], strict=False))
        current = describe_filter(self._navigation.filter)

        self._screen.choose(
            Choice(
                question=tr("Show only which records? Now: {current}.", current=current),
                lines=lambda width: choices(names, self._screen.theme, width),
                options=[*options],
                take=lambda key: self._take_filter(options[key]),
            )
        )

    def _take_filter(self, option: str) -> None:
        if option == "ask":
            self._ask_filter()
        elif option == "clear":
            self._set_filter(Filter())
        else:
            self._set_filter(Filter(only=Only(option)))

    def _ask_filter(self) -> None:
        self._screen.ask(
            Question(
                question=tr(
                    "only:maybe tag:methods source:pubmed year:2020-2024 "
                    "and words of the title or abstract"
                ),
                value=show_filter(self._navigation.filter),
                take=lambda text: self._set_filter(read_filter(text)),
            )
        )

    def _set_filter(self, wanted: Filter) -> None:
        self._draw(self._navigation.set_filter(wanted))

    def _pick_record(self, title: str, matches: Sequence[RecordSummary]) -> None:
        records = [match.record for match in matches]
        self._pick(title, records, lambda place, width: self._summary_row(matches[place], width))

    def _pick(self, title: str, records: Sequence[str], row: Callable[[int, int], Text]) -> None:
        self._screen.pick(
            Listing(
                title=title,
                count=len(records),
                row=row,
                take=lambda place: self._draw(self._navigation.jump(records[place])),
            )
        )

    def _summary_row(self, summary: RecordSummary, width: int) -> Text:
        theme = self._screen.theme
        sign = " "
        if summary.verdict:
            sign = _SIGNS.get(summary.verdict, " ")

        title = readable(summary.title) or tr("No title")
        row = Text.assemble(
            (f"{sign} ", theme.key),
            (f"{summary.year or '':>4}  ", theme.quiet),
            (title, theme.text),
        )
        return spread(row, Text(readable(summary.record), style=theme.quiet), width)

    def _decision_row(self, decision: Decision, title: str, width: int) -> Text:
        theme = self._screen.theme
        words = tr(decision.verdict)
        if decision.reason:
            words += f": {readable(decision.reason)}"
        at = decision.decided_at[:16].replace("T", " ")
        if width < _ROOM_FOR_YEAR:
            at = at[5:]
        if width < _ROOM_FOR_VERDICT:
            words = _SIGNS.get(decision.verdict, " ")

        verdict = clip(Text(words, style=theme.text), width // 3)
        title = readable(title) or tr("No title")
        row = Text.assemble((f"{at}  ", theme.quiet), verdict, "  ", (title, theme.text))
        return spread(row, Text(readable(decision.record), style=theme.quiet), width)

    def _draw(self, step: RecordStep) -> None:
        self._screen.draw(step.message)
