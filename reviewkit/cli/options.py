"""The options that several verbs share."""

import getpass
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.completion import reviewer_names
from reviewkit.model.choices import not_among
from reviewkit.model.diagram_keys import LANGUAGES
from reviewkit.model.messages import ENGLISH
from reviewkit.model.records import Stage

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.project import ReviewProject

ProtocolArgument = Annotated[
    Path | None,
    typer.Argument(
        help="The protocol; by default the only one in protocols/.",
        show_default=False,
        metavar="PROTOCOL",
    ),
]
ProtocolOption = Annotated[
    Path | None,
    typer.Option(
        "--protocol", "-p", envvar="REVIEWKIT_PROTOCOL", help="The protocol.", show_default=False
    ),
]
DatabaseOption = Annotated[
    Path | None,
    typer.Option(
        "--db",
        envvar="REVIEWKIT_DB",
        help="The review's database.",
        show_default="reviews/<id>/review.db",
    ),
]
CacheOption = Annotated[
    Path | None,
    typer.Option(
        "--cache",
        envvar="REVIEWKIT_CACHE",
        help="The review's cache folder.",
        metavar="FOLDER",
        show_default="cache/<id>",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
OfflineOption = Annotated[
    bool, typer.Option("--offline", help="Use the cache only; ask no service.")
]
AcceptFallOption = Annotated[
    bool,
    typer.Option("--accept-fall", help="Believe a count that is far below the one before."),
]
ReviewerOption = Annotated[
    str | None,
    typer.Option(
        "--reviewer",
        "-r",
        envvar="REVIEWKIT_REVIEWER",
        help="Your name in the review.",
        show_default="your login name",
        autocompletion=reviewer_names,
    ),
]
LanguageOption = Annotated[
    str | None,
    typer.Option(
        "--lang", help="The diagram's language: en, pt or es.", show_default="the protocol's"
    ),
]
ReportLanguageOption = Annotated[
    str | None,
    typer.Option("--lang", help="In which language: en, pt or es.", show_default="the protocol's"),
]
StageOption = Annotated[Stage, typer.Option("--stage", help="Title and abstract, or full text.")]
PlainOption = Annotated[
    bool, typer.Option("--plain", help="Line by line, without a full-screen interface.")
]
KeysOption = Annotated[
    str | None,
    typer.Option(
        "--keys",
        help="Keys as in: reviewkit, rayyan or asreview.",
        show_default="as in your settings",
    ),
]


ScreenLanguageOption = Annotated[
    str | None,
    typer.Option(
        "--lang", help="The screen's language: en, pt or es.", show_default="your system's"
    ),
]


def in_a_folder(path: Path | None) -> Path | None:
    """Return the file that a command is to write, before it begins.

    Raises UsageError where the folder of the file is not there.
    """
    from reviewkit.workflow.files import named_place

    return None if path is None else named_place(path)


def screen_language(wanted: str | None, environment: Mapping[str, str]) -> str:
    """Return the language of a screen: the one asked for, else the system's, else English.

    Raises UsageError for one that has no sentences.
    """
    if wanted is not None and wanted not in LANGUAGES:
        raise not_among(f"no language {wanted!r}", wanted, LANGUAGES, where="--lang")
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    system = next((environment[name] for name in names if environment.get(name)), "")
    chosen = wanted or system[:2].lower()
    return chosen if chosen in LANGUAGES else ENGLISH


def reviewer_or_login(name: str | None) -> str:
    """The reviewer's name; the login name where none is given. An empty one is rejected later."""
    return login_name() if name is None else name


def login_name() -> str:
    """The name under which the person works on this machine; empty where it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without an entry, as in some containers
        return ""


def chosen_project(
    protocol: Path | None,
    *,
    database: Path | None = None,
    cache: Path | None = None,
    output: Path | None = None,
) -> "ReviewProject":
    """The review that the options name: by its protocol, or the only one in protocols/."""
    from reviewkit.workflow.project import find_protocol, open_project

    path = find_protocol(protocol, folder=Path.cwd())
    return open_project(path, database=database, cache=cache, output=output)
