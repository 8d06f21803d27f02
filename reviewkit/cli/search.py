"""`reviewkit search`: run the primary strategy now, in one source or in all."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reviewkit.cli.completion import source_ids
from reviewkit.cli.console import AFTER_RECORDS_CAME, data, data_json, talk
from reviewkit.cli.options import (
    AcceptFallOption,
    CacheOption,
    DatabaseOption,
    JsonOption,
    OfflineOption,
    ProtocolArgument,
    ProtocolOption,
    chosen_project,
)

if TYPE_CHECKING:
    from reviewkit.workflow.searching.ingest import StoredSearch


def search(
    protocol: ProtocolArgument = None,
    option: ProtocolOption = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            help="Only this source.",
            show_default="every source of the protocol",
            autocompletion=source_ids,
        ),
    ] = None,
    print_url: Annotated[
        bool,
        typer.Option(
            "--print-url", help="Ask nobody: print each exact query and the page that runs it."
        ),
    ] = False,
    allow_portal: Annotated[
        bool,
        typer.Option(
            "--allow-portal",
            help="Search LILACS through the BVS portal, made for people: 1 request a second.",
        ),
    ] = False,
    acknowledge: Annotated[
        list[str] | None,
        typer.Option(
            "--acknowledge",
            help="Search although the service does not know this phrase, or cuts it off; again "
            "for more.",
            show_default=False,
        ),
    ] = None,
    accept_fall: AcceptFallOption = False,
    offline: OfflineOption = False,
    json: JsonOption = False,
    db: DatabaseOption = None,
    cache: CacheOption = None,
) -> None:
    """Search now, and store the records.

    It runs the primary strategy in each source. A search that was cut off is continued.

    LILACS needs a key of your own (BVS_API_KEY). Without one, --source lilacs --print-url gives the
    query and the page to export from, and reviewkit import takes the file.

    Example: reviewkit search protocols/als_dysbiosis.toml --source pubmed
    """
    # Half a second of imports (sqlite-utils, pydantic, requests), paid for only when the command
    # runs.
    from reviewkit.cli.asking import open_searcher
    from reviewkit.workflow.searching.ingest import search_and_store
    from reviewkit.workflow.searching.search import NetworkUse
    from reviewkit.workflow.setup.check import search_pages

    project = chosen_project(protocol or option, database=db, cache=cache)
    if print_url:
        _print_pages(search_pages(project, only=source), json=json)
        return

    network_use = NetworkUse.NEVER if offline else NetworkUse.ALWAYS
    with open_searcher(
        network_use,
        by_portal=allow_portal,
        acknowledged=acknowledge or (),
        accepts_fall=accept_fall,
    ) as searcher:
        results = search_and_store(project, searcher, only=source)

    if json:
        data_json({"searches": [result.as_json() for result in results]})
        return
    for result in results:
        data(result.sentence())
    _say_what_next(results)


def _say_what_next(results: "Sequence[StoredSearch]") -> None:
    if any(result.search.run and result.new for result in results):
        talk(AFTER_RECORDS_CAME)


def _print_pages(pages: list[dict[str, Any]], *, json: bool) -> None:
    if json:
        data_json({"pages": pages})
        return

    for page in pages:
        query = page["query"] or page["why_not"]
        data(f"{page['name']}, strategy {page['strategy']}")
        data(f"  query  {query}")
        for name, value in page["parameters"]:
            data(f"  limit  {name} = {value}")
        data(f"  page   {page['url'] or 'reviewkit knows no page that takes the query'}")
        data(f"  then   reviewkit import FILE --source {page['source']}")
