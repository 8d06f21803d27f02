"""What a screen shows, as texts that fit a space. A subclass reads its session; nothing paints."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace

from rich.text import Text

from reviewkit.screening.models import SessionProgress
from reviewkit.tui.theme import Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """Where texts must fit: `width` columns of a pane, on a screen of `height` lines.

    `wide` is true where the screen has a panel beside the body.
    """

    width: int
    height: int
    wide: bool
    theme: Theme

    def narrowed(self, width: int) -> "Space":
        return replace(self, width=width)


class ScreenContent(ABC):
    """The texts of a full screen."""

    @property
    @abstractmethod
    def progress(self) -> SessionProgress:
        """How much of the work is done, for the bar under the top line."""

    @abstractmethod
    def top_line(self, space: Space) -> Text:
        """Who does what, and how far it is."""

    def filter_words(self) -> str:
        """What limits the items that are shown, to stand beside the bar at every width."""
        return ""

    @abstractmethod
    def body_lines(self, space: Space) -> list[Text]:
        """The item in view."""

    @abstractmethod
    def panel_lines(self, space: Space) -> list[Text]:
        """The panel beside the body, on wide screens."""

    @abstractmethod
    def strip_lines(self, space: Space) -> list[Text]:
        """The few lines below the body, on the others."""

    def strip_height(self, screen_height: int) -> int:
        """How many lines of the strip are in view."""
        return max(5, screen_height // 5)
