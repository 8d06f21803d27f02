"""The real command in a process of its own, and its database as rows."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.conftest import PROJECT
from tests.servers.eutils_server import EutilsServer


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """What the command needs of the machine's environment, and the settings of a test."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "XDG_CACHE_HOME", "SYSTEMROOT")
        if name in os.environ
    }
    return {**kept, "PYTHONPATH": str(PROJECT), **settings}


def reviewkit(
    *arguments: str | Path,
    cwd: Path = PROJECT,
    settings: Mapping[str, str] = MappingProxyType({}),
    stdin: str = "",
) -> subprocess.CompletedProcess[str]:
    """The command as users run it; settings become environment variables."""
    return subprocess.run(
        [sys.executable, "-m", "reviewkit", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=environment(settings),
        cwd=cwd,
        input=stdin,
        check=False,
    )


def rows_of(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the review, without sqlite-utils' own notes on when it made them."""
    with sqlite3.connect(database) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
            if not name.startswith(("_sqlite", "sqlite_", "records_fts"))
        ]
        rows = {
            name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in names
        }
    connection.close()
    return rows


def copy_project(home: Path) -> Path:
    """The shipped protocol and list in a folder of their own; the protocol's path."""
    shutil.copytree(PROJECT / "protocols", home / "protocols")
    shipped = PROJECT / "cache" / "als_dysbiosis"
    (home / "cache" / "als_dysbiosis").mkdir(parents=True)
    for name in ("compiled.ris", "manifest.json"):
        shutil.copy(shipped / name, home / "cache" / "als_dysbiosis" / name)
    return home / "protocols" / "als_dysbiosis.toml"


def outputs(home: Path) -> Path:
    """Where `copy_project`'s review leaves its outputs."""
    return home / "reviews" / "als_dysbiosis"


def reaching(server: EutilsServer) -> dict[str, str]:
    """The settings that lead to a local server, as fast as it goes."""
    return {"REVIEWKIT_EUTILS_URL": server.url, "REVIEWKIT_EUTILS_RATE": "unlimited"}
