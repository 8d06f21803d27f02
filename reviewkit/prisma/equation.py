"""One sum that the counts of a flow must fulfil, and the sentence for one that they break. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reviewkit.model.flow import Broken, Count, Severity

Term = tuple[str, Count]
Hint = tuple[Count, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """`target` should be the sum of `plus` less the sum of `minus`.

    A hint names a usual slip and the amount by which it makes `target` too small (negative: too
    large).
    """

    identity: str
    target: Term
    plus: tuple[Term, ...]
    minus: tuple[Term, ...] = ()
    severity: Severity = Severity.ERROR
    hints: tuple[Hint, ...] = ()
    # Where no usual slip fits: what to look for when `target` is too small, and when it is too
    # large.
    otherwise: tuple[str, str] = ("", "")


def stated(*terms: Term) -> tuple[Term, ...]:
    """Return the terms that have a count:
    those without a box in the templates count only where stated.
    """
    return tuple((label, n) for label, n in terms if n is not None)


def judge(equation: Equation) -> Iterator[Broken]:
    """Yield the broken identity, if the equation does not hold.

    A count that is not reported is at least 0, so one side may be too large whatever it is.
    """
    sentence = _sentence(equation)
    if sentence:
        yield Broken(
            identity=equation.identity,
            severity=equation.severity,
            sentence=sentence[0].upper() + sentence[1:],
        )


def _sentence(equation: Equation) -> str:
    """Return what is wrong with the equation, or nothing."""
    left, right = equation.plus, (*equation.minus, equation.target)
    shortage = _known(left) - _known(right)

    if _is_complete(left) and _is_complete(right):
        if shortage:
            return _wrong(equation, shortage)
        return ""
    if _is_complete(left) and shortage < 0:
        return _impossible(right, left)
    if _is_complete(right) and shortage > 0:
        return _impossible(left, right)
    return ""


def _known(terms: Iterable[Term]) -> int:
    """Return the sum of the counts that are reported."""
    return sum(n for _, n in terms if n is not None)


def _is_complete(terms: Iterable[Term]) -> bool:
    return all(n is not None for _, n in terms)


def _wrong(equation: Equation, shortage: int) -> str:
    """Return the sentence for an equation whose counts are all reported."""
    label, n = equation.target
    expected = _known(equation.plus) - _known(equation.minus)
    terms = _listed(equation.plus, "+")
    if _known(equation.minus):
        terms += f" - {_listed(equation.minus, '-')}"
    direction = "few" if shortage > 0 else "many"

    return (
        f"{label[0].upper()}{label[1:]} should be {expected:,} ({terms}), "
        f"but the flow says {n:,}, {abs(shortage):,} too {direction}{_guess(equation, shortage)}."
    )


def _impossible(larger: tuple[Term, ...], smaller: tuple[Term, ...]) -> str:
    """Return the sentence for an equation that no value of the missing counts can fulfil."""
    return (
        f"There can be at most {_known(smaller):,} ({_listed(smaller, '+')}), "
        f"but the flow says {_known(larger):,} ({_listed(larger, '+')}), "
        "whatever the counts are that are not reported."
    )


def _listed(terms: tuple[Term, ...], sign: str) -> str:
    """Return the terms that are not 0, or the first where all are."""
    shown = [f"{label} {n:,}" for label, n in terms if n]
    if not shown:
        shown = [f"{label} {n}" for label, n in terms[:1] if n is not None]
    return f" {sign} ".join(shown)


def _guess(equation: Equation, shortage: int) -> str:
    """Return the usual slip that explains the difference, as a clause, or nothing."""
    for value, clause in equation.hints:
        if value and value == shortage:
            return f"; {clause}"

    swaps = (
        *_swapped((*equation.minus, equation.target), shortage),
        *_swapped(equation.plus, -shortage),
    )
    when_too_small, when_too_large = equation.otherwise
    fallback = when_too_small if shortage > 0 else when_too_large
    clause = next(iter(swaps), fallback)
    if clause:
        return f"; {clause}"
    return ""


def _swapped(terms: Iterable[Term], change: int) -> Iterator[str]:
    """Yield the counts that fit once two neighbouring digits change places."""
    for label, n in terms:
        if n is not None and n >= 10 and str(n + change) in _digit_swaps(str(n)):
            yield f"{label} {n:,} may be {n + change:,} with two digits swapped"


def _digit_swaps(digits: str) -> set[str]:
    return {
        digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(len(digits) - 1)
    }
