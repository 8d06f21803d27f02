"""One decision for all open records of the filter: the list first, then the verdict."""

from collections.abc import Sequence

from rich.text import Text

from reviewkit.model.messages import mark, tr, tr_n
from reviewkit.model.records import Verdict
from reviewkit.screening.filters import describe_filter
from reviewkit.screening.models import RecordSummary
from reviewkit.tui.modes import Choice
from reviewkit.tui.readable import readable
from reviewkit.tui.review_screen import Handler, ReviewScreen
from reviewkit.tui.text_parts import CHOICE_KEYS, choices
from reviewkit.workflow.session.screening import ScreeningSession

_SHOWN = 12
_WORDS = (mark("include all"), mark("exclude all"), mark("maybe for all"))
_VERDICTS = {"1": Verdict.INCLUDE, "2": Verdict.EXCLUDE, "3": Verdict.MAYBE}


class ManyActions:
    """Nothing is stored before the verdict, and for an exclusion the reason, is chosen."""

    def __init__(self, screen: ReviewScreen, session: ScreeningSession) -> None:
        self._screen = screen
        self._session = session

    def handlers(self) -> dict[str, Handler]:
        return {"decide_many": self.decide_many}

    def decide_many(self) -> None:
        matches = self._session.many.matching()
        records = [match.record for match in matches]
        chosen_by = describe_filter(self._session.navigation.filter)
        theme = self._screen.theme

        def take(key: str) -> None:
            if key == "2":
                self._ask_reason(records)
            else:
                self._decide(records, _VERDICTS[key], None)

        def lines(width: int) -> list[Text]:
            listed = [Text(title, style=theme.quiet) for title in _titles(matches)]
            return [*choices([tr(words) for words in _WORDS], theme, width), Text(""), *listed]

        number = tr_n(len(records), "{n} open record", "{n} open records")
        question = tr(
            "Which verdict for {number}? ({chosen_by})", number=number, chosen_by=chosen_by
        )
        self._screen.choose(
            Choice(
                question=question,
                lines=lines,
                options=[*_VERDICTS],
                take=take,
            )
        )

    def _ask_reason(self, records: Sequence[str]) -> None:
        reasons = self._session.reasons
        if not reasons:
            self._decide(records, Verdict.EXCLUDE, None)
            return

        numbers = dict(zip(CHOICE_KEYS, range(1, len(reasons) + 1), strict=False))
        self._screen.choose(
            Choice(
                question=tr_n(
                    len(records),
                    "Exclude {n} record, for which reason? Its key.",
                    "Exclude {n} records, for which reason? Its key.",
                ),
                lines=lambda width: choices([*reasons], self._screen.theme, width),
                options=[*numbers],
                take=lambda key: self._decide(records, Verdict.EXCLUDE, numbers[key]),
            )
        )

    def _decide(self, records: Sequence[str], verdict: Verdict, reason: int | None) -> None:
        self._screen.draw(self._session.many.decide(records, verdict, reason).message)


def _titles(matches: Sequence[RecordSummary]) -> list[str]:
    """Return the first titles, and how many more there are."""
    shown = [
        f"{match.year or '    '}  {readable(match.title) or tr('No title')}"
        for match in matches[:_SHOWN]
    ]
    if len(matches) > _SHOWN:
        shown.append(tr("and {n} more: the list of the filter shows them", n=len(matches) - _SHOWN))

    return shown
