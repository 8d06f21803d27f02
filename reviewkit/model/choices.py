"""A word that is none of those allowed: what may stand there, and which one was meant."""

import difflib
import re
from collections.abc import Iterable

from reviewkit.model.errors import UsageError

# From which likeness on a name is suggested: `--bogus` is no mistyped `--out`.
_ALIKE = 0.7
# Among a few short words: one letter of three may be wrong, as in "rsi" for "ris".
_ALIKE_AMONG_FEW = 0.6


def not_among(what: str, value: str, allowed: Iterable[str], *, where: str = "") -> UsageError:
    """Return the error for a value that is none of those allowed.

    `what` names the value. The hint has the nearest allowed one, then all of them.
    """
    names = [str(name) for name in allowed]
    hint = f"one of {', '.join(names)}"
    if near := nearest(value, names, alike=_ALIKE_AMONG_FEW):
        hint = f"did you mean {near}? {hint}"
    return UsageError(what, where=where, hint=hint)


def nearest(name: str, names: Iterable[str], *, alike: float = _ALIKE) -> str:
    """Return the name that is most like what was typed; empty where none is."""
    plain = {_plain(one): one for one in names}
    found = difflib.get_close_matches(_plain(name), plain, n=1, cutoff=alike)
    return plain[found[0]] if found else ""


def _plain(name: str) -> str:
    return re.sub(r"[-_ ]", "", name).casefold()
