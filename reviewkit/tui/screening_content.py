"""What the screening screen shows: the record in view, its criteria, and how far it is."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.text import Text

from reviewkit.model.messages import recognise, tr
from reviewkit.model.records import STAGE_WORDS
from reviewkit.model.text import duration
from reviewkit.screening.filters import describe_filter
from reviewkit.screening.models import Filter, Order, RecordView, ScreeningProgress
from reviewkit.tui.actions import ACTIONS, ScreenKind
from reviewkit.tui.keys import Keys
from reviewkit.tui.readable import readable
from reviewkit.tui.record_page import (
    MEASURE,
    criteria_panel,
    criteria_strip,
    facts,
    record_page,
)
from reviewkit.tui.screen_content import ScreenContent, Space
from reviewkit.tui.text_pane import wrap
from reviewkit.tui.text_parts import heading, indented, pace, shown_key, spread
from reviewkit.tui.theme import Theme
from reviewkit.workflow.session.screening import ScreeningSession

# From this width on the top line has the order, the review and the number of maybes.
_ROOM_FOR_ALL = 110
# The stage and the reviewer's name stay to be seen beside the figures.
_ROOM_FOR_STAGE = 26
_IN_LINE = ("done", "included", "maybe", "pace", "time")
FIRST_KEYS = ("include", "exclude", "maybe", "undo", "keys")


class ScreeningContent(ScreenContent):
    """The texts of the screening screen.

    `full_panel` shows all criteria in full, `show_hint` five keys to begin with.
    """

    def __init__(self, session: ScreeningSession, keys: Keys) -> None:
        self._session = session
        self._keys = keys
        self.show_hint = not session.has_decided
        self.full_panel = False

    @property
    def progress(self) -> ScreeningProgress:
        return self._session.progress

    def top_line(self, space: Space) -> Text:
        session, theme = self._session, space.theme
        parts = [readable(session.reviewer)]
        if session.blind:
            parts.append(tr("blind"))
        if space.width >= _ROOM_FOR_ALL:
            parts += [session.order_words, readable(session.review)]
        elif session.order is Order.RANKED and "random" in session.order_words:
            parts.append(tr("random for now"))

        rest = "".join(f" · {part}" for part in parts)
        left = Text.assemble(
            (tr(STAGE_WORDS[session.stage]).capitalize(), theme.label), (rest, theme.quiet)
        )
        progress = session.progress
        if session.view:
            progress = session.view.progress
        right = Text(progress_words(progress, space.width), style=theme.text)
        return spread(left, right, space.width)

    def filter_words(self) -> str:
        wanted = self._session.navigation.filter
        if wanted == Filter():
            return ""
        return tr("Filter: {filter}", filter=describe_filter(wanted))

    def body_lines(self, space: Space) -> list[Text]:
        view = self._session.view
        measure = min(space.width, MEASURE)
        if view is None:
            lines = self._nothing_left(space.narrowed(measure))
        else:
            hint = self._first_hint(space.theme, measure)
            lines = [*hint, *record_page(view, space.theme, measure)]
            if not space.wide:
                lines += [Text(""), *facts(view, space.theme, measure)]

        if space.width <= MEASURE:
            return lines
        margin = " " * ((space.width - measure) // 2)
        return [Text.assemble(margin, line) for line in lines]

    def _first_hint(self, theme: Theme, width: int) -> list[Text]:
        """Return five keys to begin with, for a reviewer who has decided on nothing yet."""
        if not self.show_hint:
            return []

        actions = {action.name: action for action in ACTIONS[ScreenKind.SCREEN]}
        lines = [heading(tr("Five keys to begin with"), theme)]
        for name in FIRST_KEYS:
            if key := self._keys.first_key(ScreenKind.SCREEN, name):
                first = Text(f"{shown_key(key)}  ", style=theme.key)
                words = Text(recognise(actions[name].words), style=theme.text)
                lines += indented(words, width, first=first, rest=first.cell_len)
        return [*lines, Text(tr("The first key closes this."), style=theme.quiet), Text("")]

    def panel_lines(self, space: Space) -> list[Text]:
        view = self._session.view
        if view is None:
            return []

        parts = [self._criteria(view, space), facts(view, space.theme, space.width)]
        if self.full_panel:
            parts.reverse()
        first, second = parts
        return [*first, Text(""), *second]

    def _criteria(self, view: RecordView, space: Space) -> list[Text]:
        return criteria_panel(view.criteria, self._session.reasons, space.theme, space.width)

    def strip_lines(self, space: Space) -> list[Text]:
        view = self._session.view
        if view is None:
            return []
        if self.full_panel:
            return self._criteria(view, space)
        return criteria_strip(view.criteria, self._session.reasons, space.theme, space.width)

    def strip_height(self, screen_height: int) -> int:
        if self.full_panel:
            return screen_height // 2
        return super().strip_height(screen_height)

    def _nothing_left(self, space: Space) -> list[Text]:
        progress, theme = self._session.progress, space.theme
        title = Text(self._session.nothing_left, style=theme.title)
        verdicts = tr(
            "{included} included, {excluded} excluded, {maybe} maybe.",
            included=progress.included,
            excluded=progress.excluded,
            maybe=progress.maybe,
        )
        lines = [*wrap(title, space.width), Text(""), Text(verdicts, style=theme.text)]

        if progress.maybe:
            key = shown_key(self._keys.first_key(ScreenKind.SCREEN, "filter"))
            hint = tr("The maybes wait under their filter: {key}, then 2.", key=key)
            lines.append(Text(hint, style=theme.quiet))
        hint = tr("Back, undo, find and list still go to any record.")
        lines.append(Text(hint, style=theme.quiet))
        return lines


def progress_words(progress: ScreeningProgress, width: int) -> str:
    """How far it is, in as much of `width` as leaves room for the stage: what is left comes first.

    Done and left, the time left at this pace, included, the pace, the maybes.
    """
    parts = _progress_parts(progress)
    shown = ["done"]
    for name in parts:
        wanted = [each for each in _IN_LINE if each in {*shown, name}]
        if cell_len(_line(parts, wanted)) > width - _ROOM_FOR_STAGE:
            break
        shown = wanted
    return _line(parts, shown)


def _progress_parts(progress: ScreeningProgress) -> dict[str, str]:
    """Return what can be said, by its name in `_IN_LINE`; what is wanted most comes first."""
    parts = {"done": tr("{done} done, {left} left", done=progress.done, left=progress.left)}
    if progress.seconds_left:
        parts["time"] = tr("about {left} more", left=duration(progress.seconds_left))
    parts["included"] = tr("{included} included", included=progress.included)

    if progress.seconds_left and progress.seconds_each:
        parts["pace"] = pace(progress.seconds_each)
    if progress.maybe:
        parts["maybe"] = tr("{maybe} maybe", maybe=progress.maybe)
    return parts


def _line(parts: Mapping[str, str], names: Sequence[str]) -> str:
    return " · ".join(parts[name] for name in names)
