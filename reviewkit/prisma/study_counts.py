"""I6: where studies are counted, their reports are too. Pure."""

from collections.abc import Mapping, Sequence

from reviewkit.model.flow import Broken, Flow, Severity
from reviewkit.model.messages import mark, tr, tr_n
from reviewkit.prisma.chains import have_solution
from reviewkit.prisma.equation import Equation, Values
from reviewkit.prisma.identities import study_pairs

Pair = tuple[str, str]
_WHICH: Mapping[str, str] = {
    "new_studies": "",
    "previous_studies": mark(" of the previous version"),
    "total_studies": mark(" in total"),
    "total_studies_ma": mark(" in the meta-analysis"),
}
# Of an earlier version the reports may be counted where its studies are not.
_EARLIER = frozenset({"previous_studies", "total_studies"})


def studies_without_reports(
    flow: Flow, equations: Sequence[Equation], values: Values
) -> tuple[Broken, ...]:
    """Return the errors of flows with studies and no report of them, or with reports of no study.

    A new report of a study that was included before is sound, so an update's new ones are free.
    The equations must hold without this.
    """
    pairs = [pair for pair in study_pairs(flow) if pair[0] != "new_studies" or not flow.updated]
    return tuple(
        _broken(pair, _sentence(pair, values))
        for pair in pairs
        if not _is_possible(pair, equations, values)
    )


def _is_possible(pair: Pair, equations: Sequence[Equation], values: Values) -> bool:
    """Return whether the two counts can be both 0 or both 1 or more.

    Pairs that are possible one by one are possible together. No equation joins studies to reports.
    Of each, two totals fill a box of whole numbers that is cut by their difference alone: where
    either can be 0, both can. A count of the meta-analysis is stated, or stands in no equation.
    """
    for is_positive in (True, False):
        case = _case(pair, values, is_positive=is_positive)
        if case is not None and have_solution(equations, case):
            return True
    return False


def _case(pair: Pair, values: Values, *, is_positive: bool) -> Values | None:
    """Return the values where the pair is positive or 0; `None` where a reported count forbids."""
    case = Values(values)
    bound: tuple[str, ...] = pair
    if not is_positive and pair[0] in _EARLIER:
        bound = pair[:1]
    for key in bound:
        low, high = case[key]
        if (is_positive and high == 0) or (not is_positive and low > 0):
            return None
        case[key] = (max(low, 1), high) if is_positive else (0, 0)
    return case


def _sentence(pair: Pair, values: Values) -> str:
    studies, reports = values[pair[0]], values[pair[1]]
    which = tr(_WHICH[pair[0]])
    if studies == (0, 0):
        return _no_study(reports[0], which)
    if reports == (0, 0):
        return _no_report(studies[0], which)
    if studies[0] > 0:
        return tr_n(
            studies[0],
            "No report is left for the {n} study included{which}.",
            "No report is left for the {n} studies included{which}.",
            which=which,
        )

    return _impossible(which)


def _no_study(reports: int, which: str) -> str:
    """`reports` is how many there are at least; 0 where only that there are some is known."""
    if reports == 0:
        return tr(
            "No study is included{which}, but some reports of included studies are.", which=which
        )
    return tr_n(
        reports,
        "No study is included{which}, but {n} report of an included study is.",
        "No study is included{which}, but {n} reports of included studies are.",
        which=which,
    )


def _no_report(studies: int, which: str) -> str:
    """`studies` is how many there are at least; 0 where only that there are some is known."""
    if studies == 0:
        return tr(
            "No report is included{which}, but some studies are: each has at least one.",
            which=which,
        )
    return tr_n(
        studies,
        "No report is included{which}, but {n} study is: it has at least one.",
        "No report is included{which}, but {n} studies are: each has at least one.",
        which=which,
    )


def _impossible(which: str) -> str:
    return tr(
        "Studies and their reports{which} are both 0, or both 1 or more; "
        "no values of the counts that are not reported make that so.",
        which=which,
    )


def _broken(pair: Pair, text: str) -> Broken:
    return Broken(
        identity="I6",
        severity=Severity.ERROR,
        sentence=text,
        identities=("I6",),
        count=pair[0],
    )
