"""The full-screen faces: screening, conflicts, uncertain pairs. They ask and show, and decide nothing.

Textual is imported by the modules inside only; `screen.run`, `resolve.run` and `pairs.run` are the ways in.
"""

import os

# Textual reads this once, at its import: at its usual 60 frames a second a key waits up to 17 ms to be painted.
os.environ.setdefault("TEXTUAL_FPS", "240")
