"""A Searcher for the command line: settings from the environment, progress on stderr."""

import datetime
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reviewkit.cli.console import talk
from reviewkit.cli.progress import show_progress
from reviewkit.model.errors import UsageError
from reviewkit.model.text import printable

if TYPE_CHECKING:  # the real imports cost half a second, and are made when a search is
    from reviewkit.http import Transport
    from reviewkit.workflow.searching.search import NetworkUse, Searcher
    from reviewkit.workflow.setup.vocabulary import Vocabulary


@contextmanager
def open_transport(*, quiet: bool = False) -> Iterator["tuple[Transport, frozenset[str]]"]:
    """Open a transport to every service; give it with the names of the services that have a key.

    Raises UsageError for a setting that cannot be used.
    """
    from platformdirs import user_cache_path

    from reviewkit.http import Transport, system_clock
    from reviewkit.sources.services import services_from
    from reviewkit.workflow.clock import read_clock

    def say(line: str) -> None:
        if not quiet:
            talk(printable(line))

    services = services_from(os.environ)
    clock, cache = system_clock(lambda: read_clock(os.environ)), user_cache_path("reviewkit")
    paces = None
    # Without a home folder the path begins with a plain ~.
    if cache.is_absolute():
        paces = cache / "pace"
    with Transport(services, clock=clock, on_wait=say, paces=paces) as transport:
        with_key = [name for name, service in services.items() if service.all_secrets]
        yield transport, frozenset(with_key)


@contextmanager
def open_vocabulary() -> Iterator["tuple[Vocabulary, frozenset[str]]"]:
    """Open what asks MeSH, DeCS and PubMed's index, with the services that have a key.

    What was asked this year is kept in the user's cache folder and is not asked again.
    """
    from tempfile import TemporaryDirectory

    from platformdirs import user_cache_path

    from reviewkit.cache import Cache
    from reviewkit.workflow.clock import read_clock, timestamp
    from reviewkit.workflow.setup.vocabulary import Vocabulary

    folder = user_cache_path("reviewkit")
    with TemporaryDirectory() as passing, open_transport() as (transport, with_key):
        kept = folder / "vocabularies" if folder.is_absolute() else Path(passing)
        yield (
            Vocabulary(
                cache=Cache(kept),
                transport=transport,
                started_at=timestamp(read_clock(os.environ)),
            ),
            with_key,
        )


@contextmanager
def open_searcher(
    network_use: "NetworkUse",
    *,
    by_portal: bool = False,
    quiet: bool = False,
    acknowledged: Sequence[str] = (),
    accepts_fall: bool = False,
) -> Iterator["Searcher"]:
    """Open a Searcher that asks services as `network_use` says, by a source's portal if allowed.

    With `quiet` it reports no progress: for a job that nobody watches. Raises UsageError for a
    setting that cannot be used.
    """
    from reviewkit.model.progress import silent
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.searching.search import NetworkUse, Searcher

    def say(line: str) -> None:
        if not quiet:
            talk(printable(line))

    with open_transport(quiet=quiet) as (transport, services_with_key), show_progress() as progress:
        yield Searcher(
            network_use=network_use,
            transport=None if network_use is NetworkUse.NEVER else transport,
            started_at=read_clock(os.environ),
            say=say,
            progress=silent if quiet else progress,
            services_with_key=services_with_key,
            by_portal=by_portal,
            acknowledged=tuple(acknowledged),
            accepts_fall=accepts_fall,
        )


def read_day(text: str | None, *, where: str) -> datetime.date | None:
    """Return a day typed as 2026-04-10; `None` for `None`. Raises UsageError for another text."""
    if text is None:
        return None
    return read_days([text], where=where)[0]


def read_days(texts: Sequence[str], *, where: str) -> tuple[datetime.date, ...]:
    """Return the days in their order. Raises UsageError with every text that is no day."""
    days, wrong = [], []
    for text in texts:
        try:
            days.append(datetime.date.fromisoformat(text.strip()))
        except ValueError:
            wrong.append(repr(text))
    if wrong:
        what = f"{', '.join(wrong)}: no such day"
        raise UsageError(what, where=where, hint="write it as 2026-04-10")
    return tuple(days)
