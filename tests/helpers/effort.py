"""How much a test tries: the usual number, or many times as much under `--exhaustive` (`make
exhaustive`).
"""

import os

EXHAUSTIVE = os.environ.get("EXHAUSTIVE") == "1"


def examples(usual: int, *, factor: int = 50) -> int:
    """The number of examples, histories or kills to try; `factor` times the usual one when
    exhaustive.
    """
    if EXHAUSTIVE:
        return usual * factor
    return usual
