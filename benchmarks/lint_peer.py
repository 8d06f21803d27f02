"""Lint queries with search-query, in a Python of its own; the last line of output is the report.

Run by lint.py, with one query per line of standard input (JSON: platform and text). search-query
is in that Python only. It prints while it parses, so that its output is caught.
"""

import contextlib
import io
import json
import sys
import time
from typing import Any

from search_query.linter import lint_query_string


def main() -> None:
    reports = []
    for line in sys.stdin:
        platform, text = json.loads(line)
        began = time.perf_counter()
        found, failed = linted(platform, text)
        taken = (time.perf_counter() - began) * 1000
        reports.append({"places": found, "failed": failed, "ms": taken})
    print(json.dumps(reports))


def linted(platform: str, text: str) -> tuple[list[list[int]], str]:
    """The place of each message; why there is none where it raised an error."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            messages: Any = lint_query_string(text, platform=platform)
    except Exception as error:  # noqa: BLE001  every error of a stranger is a finding
        return [], type(error).__name__
    return [list(place) for one in messages for place in one["position"] or [(0, len(text))]], ""


if __name__ == "__main__":
    main()
