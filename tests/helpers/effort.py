"""How much a test tries where chance is tested: the usual number, a tenth of it under `--quick`
(`make check`), or many times as much under `--exhaustive` (`make exhaustive`).
"""

import os

EXHAUSTIVE = os.environ.get("EXHAUSTIVE") == "1"
QUICK = os.environ.get("QUICK") == "1"
_QUICK_SHARE = 10


def examples(usual: int, *, factor: int = 50) -> int:
    """The number of examples, histories or kills to try; `factor` times the usual one when
    exhaustive, a tenth of it, and at least one, when quick.
    """
    if EXHAUSTIVE:
        return usual * factor
    if QUICK:
        return max(1, usual // _QUICK_SHARE)
    return usual
