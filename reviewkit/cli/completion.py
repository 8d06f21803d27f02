"""What the shell completes after Tab: choices, the protocol's sources, reviewers, record keys.

A completion reads only. Where it cannot (no protocol, no records yet), it offers nothing.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from reviewkit.model.errors import ReviewkitError

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.store import Store
    from reviewkit.workflow.project import ReviewProject

Complete = Callable[[typer.Context, str], list[str]]
_MOST = 50
# "html, pdf, md or json; by default ...", maybe behind "The diagram's language: ".
_LISTED = re.compile(r"(?:[^:.;]*: )?((?:[\w-]+, )*[\w-]+,? or [\w-]+)(?:[.;]|$)")


def listed_choices(words: str) -> list[str]:
    """Return the choices that a help text lists: "html, pdf or md" has three; else none."""
    found = _LISTED.match(words)
    if found is None:
        return []
    return re.split(r",? or |, ", found[1])


def source_ids(context: typer.Context, incomplete: str) -> list[str]:
    """Return the ids of the protocol's sources."""
    with suppress(ReviewkitError, OSError):
        sources = _project(context).protocol.sources
        return _beginning((source.id for source in sources), incomplete)
    return []


def record_keys(context: typer.Context, incomplete: str) -> list[str]:
    """Return keys of records that begin with the text, the first of them."""
    with suppress(ReviewkitError, OSError), _store(context) as store:
        from reviewkit.store.record_search import keys_beginning

        return keys_beginning(store, incomplete, limit=_MOST)
    return []


def reviewer_names(context: typer.Context, incomplete: str) -> list[str]:
    """Return the reviewers of the review."""
    with suppress(ReviewkitError, OSError), _store(context) as store:
        from reviewkit.store.reviewers import known_reviewers

        return _beginning(known_reviewers(store), incomplete)
    return []


def _beginning(names: Iterable[str], text: str) -> list[str]:
    return [name for name in names if name.startswith(text)]


def _project(context: typer.Context) -> "ReviewProject":
    """Return the review that the line names so far, or the one of this folder."""
    from reviewkit.cli.options import chosen_project

    return chosen_project(
        _path(context, "protocol", "REVIEWKIT_PROTOCOL"),
        database=_path(context, "db", "REVIEWKIT_DB"),
    )


def _path(context: typer.Context, name: str, variable: str) -> Path | None:
    given: Any = context.params.get(name) or os.environ.get(variable)
    return Path(given) if given else None


@contextmanager
def _store(context: typer.Context) -> "Iterator[Store]":
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.open_review import read_store

    with read_store(_project(context), now=read_clock(os.environ)) as store:
        yield store
