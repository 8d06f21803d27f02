"""The full screens: screening, conflicts, uncertain pairs. They ask and show, and decide nothing.

Only the modules inside import Textual. Start with `run` in `screening_screen`, `conflicts_screen`
and `pairs_screen`.
"""

import os

# Textual reads this once, at its import. At its usual 60 frames a second a key waits up to 17 ms.
os.environ.setdefault("TEXTUAL_FPS", "240")
