"""`reviewkit search`: run the primary strategy now, in one source or in all."""

from pathlib import Path
from typing import Annotated

import typer

from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import (
    CacheOption,
    DatabaseOption,
    JsonOption,
    OfflineOption,
    ProtocolArgument,
    ProtocolOption,
)


def search(
    protocol: ProtocolArgument = None,
    option: ProtocolOption = None,
    source: Annotated[
        str | None, typer.Option("--source", help="Only this source.", show_default="every source of the protocol")
    ] = None,
    offline: OfflineOption = False,
    json: JsonOption = False,
    db: DatabaseOption = None,
    cache: CacheOption = None,
) -> None:
    """Search now, and take the records in.

    It runs the primary strategy in each source; a search that was cut off goes on where it was.

    Example: reviewkit search protocols/als_dysbiosis.toml --source pubmed
    """
    # Half a second of imports (sqlite-utils, pydantic, requests), paid for only when the command runs.
    from reviewkit.cli.asking import open_searcher
    from reviewkit.workflow.place import find_protocol, open_place
    from reviewkit.workflow.search import Asking
    from reviewkit.workflow.take_in import search_and_take_in

    place = open_place(find_protocol(protocol or option, folder=Path.cwd()), database=db, cache=cache)
    with open_searcher(Asking.NEVER if offline else Asking.ALWAYS) as searcher:
        found = search_and_take_in(place, searcher, only=source)
    if json:
        data_json({"searches": [told.as_json() for told in found]})
        return
    for told in found:
        data(told.sentence())
