"""`reviewkit doctor`: is everything in order?"""

import os
from pathlib import Path

from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import CacheOption, DatabaseOption, JsonOption, ProtocolOption
from reviewkit.model.errors import ReviewkitError
from reviewkit.model.text import plural


def doctor(
    protocol: ProtocolOption = None,
    json: JsonOption = False,
    db: DatabaseOption = None,
    cache: CacheOption = None,
) -> None:
    """Look at versions, settings, the cache and the database.

    It changes nothing and shows no secret. Exit code 1 where something is wrong. Example: reviewkit doctor
    """
    from reviewkit.workflow.clock import (
        read_clock,  # the rest is paid for only when the command runs
    )
    from reviewkit.workflow.project import find_protocol, open_project
    from reviewkit.workflow.setup.doctor import examine

    found = protocol or (
        find_protocol(None, folder=Path.cwd()) if Path("protocols").is_dir() else None
    )
    project = open_project(found, database=db, cache=cache) if found else None
    examined = examine(project, os.environ, now=read_clock(os.environ))
    if json:
        data_json({"seen": dict(examined.seen), "faults": list(examined.faults)})
    else:
        for name, told in examined.seen:
            data(f"{name}: {told}")
        for fault in examined.faults:
            data(f"fault: {fault}")
        data("" if examined.faults else "Nothing is wrong.")
    if examined.faults:
        raise ReviewkitError(
            plural(len(examined.faults), "fault was found", "faults were found"),
            hint="restore the files named above from a backup, or remove that search's folder and search again",
        )
