"""Measure how alike two records are, field by field. Nothing is decided here."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reviewkit.dedupe.compare.fields import Likeness, compare

# The fields are compared with NumPy. An import, which only compares titles, starts without it.
_NAMES = frozenset({"Likeness", "compare"})


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.fields"), name)


__all__ = ["Likeness", "compare"]
