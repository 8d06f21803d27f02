"""sqlite-utils without NumPy and pandas.

sqlite-utils imports both where they are installed, for values that no review has. NumPy would cost
every command 50 ms and 12 MB (reviewkit brings it), pandas far more.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Imports of these modules fail inside, unless they were imported before."""
    hidden = [name for name in names if name not in sys.modules]
    # An import of a name that is None here fails.
    nothing: dict[str, Any] = dict.fromkeys(hidden)
    sys.modules.update(nothing)

    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


with _without("numpy", "pandas"):
    from sqlite_utils import Database, Migrations

__all__ = ["Database", "Migrations"]
