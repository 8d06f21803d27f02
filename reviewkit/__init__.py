"""reviewkit: rerun, screen, keep up to date and draw a systematic review.

The names in `__all__` are the public API (docs/api.md). Everything else is internal and may change.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from reviewkit.model.version import __version__

if TYPE_CHECKING:
    from reviewkit.model.flow import Broken, Flow, Tally
    from reviewkit.model.records import Decision, Record
    from reviewkit.workflow.api import (
        FileContent,
        Review,
        check_flow,
        draw_flow,
        find_duplicates,
        open_review,
        read_file,
    )

__all__ = [
    "Broken",
    "Decision",
    "FileContent",
    "Flow",
    "Record",
    "Review",
    "Tally",
    "__version__",
    "check_flow",
    "draw_flow",
    "find_duplicates",
    "open_review",
    "read_file",
]

_MODULES = {
    "Broken": "reviewkit.model.flow",
    "Flow": "reviewkit.model.flow",
    "Tally": "reviewkit.model.flow",
    "Decision": "reviewkit.model.records",
    "Record": "reviewkit.model.records",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: `reviewkit --help` must not pay for all of it."""
    if name not in __all__:
        raise AttributeError(f"module 'reviewkit' has no attribute {name!r}")

    value = getattr(import_module(_MODULES.get(name, "reviewkit.workflow.api")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
