"""What is wrong with an equation of a flow: a sentence with the slip and what would fit. Pure."""

from collections.abc import Iterable, Iterator

from reviewkit.model.flow import Broken, Severity
from reviewkit.model.messages import number, recognise, tr
from reviewkit.prisma.equation import Equation, Term, Values

_STUDIES = frozenset({"new_studies", "previous_studies", "total_studies", "total_studies_ma"})


def warning(equation: Equation, values: Values) -> Broken:
    """Return the warning for an equation that unusual, but possible, counts break."""
    identity, text = _warning(equation, values)
    return Broken(
        identity=identity,
        severity=Severity.WARNING,
        sentence=text,
        identities=equation.identities,
    )


def _warning(equation: Equation, values: Values) -> tuple[str, str]:
    names = equation.identities
    if "I6" in names:
        return "I6", _more_studies(equation, values)
    totals = [name for name in names if name in {"U1", "U2"}]
    if totals:
        return totals[0], _dropped(equation, values)
    if "O1" in names:
        return "O1", sentence(equation, values)

    return "I3", tr(
        "{sentence}; the flow says that some records led to several reports.",
        sentence=sentence(equation, values)[:-1],
    )


def _more_studies(equation: Equation, values: Values) -> str:
    """I6: an article may report several studies."""
    target = equation.target
    explanation = tr("one article may report several studies, or the two lines have changed places")
    if target.key not in _STUDIES:
        return f"{sentence(equation, values)[:-1]}; {explanation}."

    studies = values.shown(target)
    left = (values.greatest(equation.plus) or 0) - values.least(_solid(equation.minus))
    if len(equation.identities) == 1:
        return tr(
            "{studies} ({n}) outnumber their reports ({left}): {explanation}.",
            studies=_capital(recognise(target.label)),
            n=studies,
            left=left,
            explanation=explanation,
        )
    return tr(
        "At most {left} reports are left for {n} studies: {explanation}.",
        left=left,
        n=studies,
        explanation=explanation,
    )


def _dropped(equation: Equation, values: Values) -> str:
    """U1, U2: studies can be dropped between versions."""
    unit = tr("studies") if "U1" in equation.identities else tr("reports")
    most = values.greatest(equation.right) or 0
    least = values.least(equation.plus)
    dropped = number(least - most)
    if not all(values.is_known(term) for term in equation.terms):
        dropped = tr("{n} or more", n=least - most)

    return tr(
        "{total} are fewer than {n} ({parts}): {dropped} {unit} were dropped, "
        "which no box shows; say so in a footnote.",
        total=_capital(_listed(equation.right, "+", values)),
        n=least,
        parts=_listed(equation.plus, "+", values),
        dropped=dropped,
        unit=unit,
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def sentence(equation: Equation, values: Values) -> str:
    """Return what is wrong with an equation that no values fulfil."""
    text = _sentence(equation, values)
    return text[0].upper() + text[1:]


def _sentence(equation: Equation, values: Values) -> str:
    plus, right = _solid(equation.plus), _solid(equation.right)
    if all(values.is_known(term) for term in equation.terms):
        expected = values.least(plus) - values.least(_solid(equation.minus))
        if expected >= 0:
            return _wrong(equation, expected, values)
        return _too_much(equation, values)
    if values.exceed(equation.right, equation.plus):
        text = _impossible(right, plus, values, equation.excess)
    else:
        text = _impossible(plus, right, values, "")
    if any(not term.slack and not values.is_known(term) for term in equation.terms):
        text += tr(", whatever the counts are that are not reported")

    return f"{text}."


def _solid(terms: Iterable[Term]) -> tuple[Term, ...]:
    return tuple(term for term in terms if not term.slack)


def _wrong(equation: Equation, expected: int, values: Values) -> str:
    """Return the sentence for an equation whose counts are all known."""
    target, n = equation.target, values.shown(equation.target)
    minus = _solid(equation.minus)
    terms = _listed(equation.plus, "+", values)
    if values.least(minus):
        terms += f" - {_listed(minus, '-', values)}"
    places = {
        "count": recognise(target.label),
        "expected": expected,
        "terms": terms,
        "n": n,
        "change": abs(expected - n),
        "guess": _guess(equation, expected - n, values),
    }
    if n < expected:
        return tr(
            "{count} should be {expected} ({terms}), "
            "but the flow says {n}, {change} too few{guess}.",
            **places,
        )

    return tr(
        "{count} should be {expected} ({terms}), but the flow says {n}, {change} too many{guess}.",
        **places,
    )


def _too_much(equation: Equation, values: Values) -> str:
    """Return the sentence where more is taken away than there is: no target could mend it."""
    right, plus = _solid(equation.right), _solid(equation.plus)
    needed = values.least(right)
    first = plus[0]
    mend = needed - values.least(plus) + values.shown(first)

    return tr(
        "there can be at most {most} ({terms}), but the flow says {n} ({found}){guess}; "
        "{count} {mend} would fit.",
        most=values.least(plus),
        terms=_listed(plus, "+", values),
        n=needed,
        found=_listed(right, "+", values),
        guess=_guess(equation, values.least(plus) - needed, values),
        count=recognise(first.label),
        mend=mend,
    )


def _impossible(
    larger: tuple[Term, ...], smaller: tuple[Term, ...], values: Values, excess: str
) -> str:
    """Return the sentence for an equation that no value of the missing counts can fulfil."""
    most, found = values.greatest(smaller) or 0, values.least(larger)
    return tr(
        "there can be at most {most} ({terms}), but the flow says {n} ({found}){why}",
        most=most,
        terms=_listed(smaller, "+", values),
        n=found,
        found=_listed(larger, "+", values),
        why=f"{_clause(excess)}{_cut(larger, found - most, values)}",
    )


def _cut(larger: tuple[Term, ...], surplus: int, values: Values) -> str:
    """Return how the first count that is large enough would have to shrink."""
    for term in reversed(larger):
        n = values.shown(term)
        if values.is_known(term) and n >= surplus:
            label = recognise(term.label)
            return tr("; {count} can be at most {n}", count=label, n=n - surplus)
    return ""


def _clause(text: str) -> str:
    if text:
        return f": {recognise(text)}"
    return ""


def _listed(terms: Iterable[Term], sign: str, values: Values) -> str:
    """Return the terms that are not 0, or the first where all are."""
    known = [(recognise(term.label), values.shown(term)) for term in terms]
    shown = [f"{label} {number(n)}" for label, n in known if n]
    if not shown:
        shown = [f"{label} {n}" for label, n in known[:1]]
    return f" {sign} ".join(shown)


def _guess(equation: Equation, shortage: int, values: Values) -> str:
    """Return the usual slip that explains the difference, as a clause, or nothing."""
    for value, clause in equation.hints:
        if value and value == shortage:
            return f"; {recognise(clause)}"

    swaps = (
        *_swapped(equation.right, shortage, values),
        *_swapped(equation.plus, -shortage, values),
    )
    when_too_small, when_too_large = equation.otherwise
    fallback = when_too_small if shortage > 0 else when_too_large
    if equation.excess and values.exceed(equation.right, equation.plus):
        fallback = fallback or equation.excess
    clause = next(iter(swaps), fallback)
    if clause:
        return f"; {recognise(clause)}"
    return ""


def _swapped(terms: Iterable[Term], change: int, values: Values) -> Iterator[str]:
    """Yield the counts that fit once two neighbouring digits change places."""
    for term in terms:
        n = values.shown(term)
        if n >= 10 and str(n + change) in _digit_swaps(str(n)):
            yield tr(
                "{count} {n} may be {other} with two digits swapped",
                count=recognise(term.label),
                n=n,
                other=n + change,
            )


def _digit_swaps(digits: str) -> set[str]:
    return {
        digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(len(digits) - 1)
    }
