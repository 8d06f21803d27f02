"""Where every record of a stage stands: what was decided on it, and who has to decide. Pure.

Most records of a large stage stand alike, so each standing is kept once, and each record has the
number of its own.
"""

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reviewkit.model.records import Verdict
from reviewkit.screening.rules import RecordRules, Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The rules for a record, the verdict of each who has decided, whether a conflict was settled.

    It says nothing of which record it is.
    """

    rules: RecordRules = field(default_factory=RecordRules)
    decided: tuple[tuple[str, Verdict], ...] = ()
    settled: bool = False

    @property
    def deciders(self) -> frozenset[str]:
        return frozenset(reviewer for reviewer, _ in self.decided)

    def is_open_to(self, reviewer: str) -> bool:
        """Whether a reviewer has to decide."""
        return self.rules.is_open_to(reviewer, self.deciders, settled=self.settled)

    @property
    def agreed(self) -> Verdict | None:
        """The verdict of all who have decided; `None` where they differ or nobody has."""
        verdicts = {verdict for _, verdict in self.decided}
        return verdicts.pop() if len(verdicts) == 1 else None


class Standings:
    """The records of a stage in their order, the pilot's first, and where each stands."""

    def __init__(
        self, order: Sequence[str], kinds: Iterable[Standing], numbers: Iterable[int]
    ) -> None:
        self.order = order
        self.kinds: list[Standing] = []
        self.numbers = array("I", numbers)
        self._number_of: dict[Standing, int] = {}
        for kind in kinds:
            self.number(kind)

    def number(self, standing: Standing) -> int:
        """Return the number of a standing; a new one gets the next."""
        number = self._number_of.setdefault(standing, len(self.kinds))
        if number == len(self.kinds):
            self.kinds.append(standing)
        return number

    def at(self, place: int) -> Standing:
        """Return where the record at a place of the order stands."""
        return self.kinds[self.numbers[place]]


def stand(
    order: Sequence[str],
    rules: Rules,
    decided: Mapping[str, Mapping[str, Verdict]] | None = None,
    settled: Collection[str] = (),
) -> Standings:
    """Return where the records stand; `decided` and `settled` may name others too."""
    pilot_first = _pilot_first(order, rules.pilot)
    standings = Standings(pilot_first, (), ())
    standings.numbers.extend(_numbers(standings, rules, decided or {}, settled))
    return standings


def _numbers(
    standings: Standings,
    rules: Rules,
    decided: Mapping[str, Mapping[str, Verdict]],
    settled: Collection[str],
) -> Iterator[int]:
    known = KnownStandings(rules, settled)
    numbers: dict[int, int] = {}
    nothing: dict[str, Verdict] = {}

    for record in standings.order:
        standing = known.of(record, decided.get(record, nothing))
        number = numbers.get(id(standing))
        if number is None:
            number = numbers[id(standing)] = standings.number(standing)
        yield number


class KnownStandings:
    """Says where records stand. Each standing is made once and kept."""

    def __init__(self, rules: Rules, settled: Collection[str]) -> None:
        self._rules = rules
        self._settled = settled
        self._assigned = rules.assigned or {}
        self._known: dict[object, Standing] = {}

    def of(self, record: str, verdicts: Mapping[str, Verdict]) -> Standing:
        """Return where a record stands on which these verdicts are."""
        rules = self._rules
        # All that a standing is made of: making one for each record would take four times as long.
        key = (
            tuple(verdicts.items()),
            record in self._settled,
            self._assigned.get(record),
            record in rules.pilot,
            record in rules.stopped,
            record in rules.not_retrieved,
        )

        standing = self._known.get(key)
        if standing is None:
            standing = Standing(rules=rules.about(record), decided=key[0], settled=key[1])
            self._known[key] = standing
        return standing


def _pilot_first(order: Sequence[str], pilot: Collection[str]) -> list[str]:
    """Return the order with the pilot's records first."""
    if not pilot:
        return [*order]
    rest = [record for record in order if record not in pilot]
    return [*(record for record in order if record in pilot), *rest]
