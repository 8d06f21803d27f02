"""What came of one step of a script."""

from dataclasses import dataclass

from reviewkit.model.messages import mark
from reviewkit.model.records import Decision
from reviewkit.screening.models import RecordSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """The result of one step: a sentence, and the records or decisions asked for.

    `stored` is true where something was stored, false where it was stored already, else `None`.
    """

    message: str
    stored: bool | None = None
    found: tuple[RecordSummary, ...] = ()
    history: tuple[Decision, ...] = ()


UNCHANGED = StepResult(message=mark("It was stored already."), stored=False)
