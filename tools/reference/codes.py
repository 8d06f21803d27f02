"""The page on exit codes: each code, and the errors that end with it."""

import inspect
from collections.abc import Iterator, Mapping

from reviewkit.model import errors
from tools.reference import NOTE

# What a code means to a script, and whether it helps to run the command again.
CODES: Mapping[int, tuple[str, str]] = {
    0: ("done", ""),
    1: (
        "failed: a file, the cache or the database cannot be used",
        "after what the message says is mended",
    ),
    2: ("wrong use, or a mistake in the protocol", "after the command or the file is corrected"),
    3: (
        "a check is not met: a rerun differs, conflicts remain, a flow does not add up",
        "after a person decided",
    ),
    4: ("a remote service failed", "later; what was fetched is kept"),
    10: ("`reviewkit update --exit-code`: there is something to look at", ""),
    130: ("interrupted with Ctrl-C", "at any time; what was stored is whole"),
}


def codes_page() -> str:
    """Return the page."""
    return "\n".join([NOTE, *_page()]) + "\n"


def error_codes() -> dict[int, list[type[errors.ReviewkitError]]]:
    """Return the errors that reviewkit raises on purpose, by exit code."""
    found: dict[int, list[type[errors.ReviewkitError]]] = {}
    for _, value in inspect.getmembers(errors, inspect.isclass):
        if issubclass(value, errors.ReviewkitError):
            found.setdefault(value.exit_code, []).append(value)
    return found


def _page() -> Iterator[str]:
    yield "# Exit codes\n"
    yield "Results go to standard output, messages to standard error. The code is for scripts.\n"
    yield "| code | what it means | when to run it again |\n| --- | --- | --- |"
    for code, (meaning, again) in CODES.items():
        yield f"| {code} | {meaning} | {again} |"
    yield "\n## Errors in Python\n"
    yield "The functions of the [Python API](../api.md) raise these. All are `ReviewkitError`.\n"
    yield "| error | exit code | is a kind of |\n| --- | --- | --- |"
    for code, kinds in sorted(error_codes().items()):
        for kind in kinds:
            yield f"| `{kind.__name__}` | {code} | `{kind.__mro__[1].__name__}` |"
