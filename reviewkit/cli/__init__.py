"""The command line: one file per verb.

Each parses its options, calls the workflow, prints, and sets the exit code.

Heavy libraries are imported inside the commands, so that `reviewkit --help` stays under 0.3 s.
"""

import os
import sys
from typing import Annotated

import typer

from reviewkit.cli import (
    access,
    agreement,
    amend,
    assign,
    audit,
    backup,
    check,
    citations,
    convert,
    decide,
    decisions,
    dedupe,
    demo,
    descriptors,
    diff,
    doctor,
    drift,
    export,
    import_files,
    init,
    journal_forms,
    lint,
    log,
    packaging,
    prisma,
    record,
    release,
    rename,
    repair,
    report,
    reproduce,
    resolve,
    reviewer,
    schedule,
    screen,
    search,
    simulate,
    source,
    start,
    status,
    stopping,
    study,
    translate,
    undo,
    update,
)
from reviewkit.cli.console import show_error
from reviewkit.cli.groups import Group, HelpByWork, add_groups
from reviewkit.cli.system import open_streams, run_and_flush, show_system_error
from reviewkit.model.errors import FileMistakes, ReviewkitError
from reviewkit.model.text import on_one_line
from reviewkit.model.version import __version__

_EPILOG = (
    "Exit codes: 0 done, 1 failed, 2 wrong use or wrong protocol, 3 a check is not met, "
    "4 a remote service failed, 130 interrupted."
)

_GROUPS: tuple[Group, ...] = (
    (
        "Start",
        {
            "init": (init.init, "Write a protocol from a few questions."),
            "demo": (demo.demo, "Write the files of a small made review, to learn with."),
            "check": (check.check, "Look at the protocol: mistakes, and what will be sent."),
            "status": (status.status, "Show how far the review is, and what to do next."),
        },
    ),
    (
        "Search and import",
        {
            "descriptors": (descriptors.descriptors, "Look up headings of MeSH and DeCS."),
            "lint": (lint.lint, "Name what is wrong with a query, and where."),
            "translate": (translate.translate, "Write a query in another search language."),
            "search": (search.search, "Search now, and store the records."),
            "citations": (citations.citations, "Search by citations, from chosen records."),
            "import": (import_files.import_files, "Import the export files of a search."),
            "log": (log.log, "List every search and import, oldest first."),
            "undo": (undo.app, "Take an import or a search out of the flow again."),
            "source": (source.app, "List the sources; take one out, or rename it."),
            "record": (record.app, "Show a record; correct it; add one by hand."),
            "export": (export.export, "Write records with their decisions to a file."),
        },
    ),
    ("Duplicates", {"dedupe": (dedupe.app, "Find duplicates, settle doubts, undo links.")}),
    (
        "Screening",
        {
            "screen": (screen.screen, "Screen records, on the full screen or line by line."),
            "resolve": (resolve.resolve, "Settle conflicts between reviewers."),
            "decide": (decide.decide, "Decide alike on many records at once."),
            "assign": (assign.assign, "Split the open records between reviewers."),
            "reviewer": (reviewer.app, "List, rename or merge reviewers."),
            "decisions": (decisions.app, "Carry decisions from one machine to another."),
            "agreement": (agreement.agreement, "Measure how far reviewers agree."),
            "stopping": (stopping.stopping, "Estimate what stopping now would miss."),
            "study": (study.app, "Link the reports of one study."),
            "amend": (amend.amend, "Record an amendment of the protocol."),
        },
    ),
    (
        "PRISMA and reports",
        {
            "prisma": (prisma.app, "Draw the PRISMA 2020 flow diagram, or check one."),
            "report": (report.report, "Write the report of the review."),
            "checklist": (journal_forms.checklist, "Fill a PRISMA checklist from the database."),
            "appendix": (journal_forms.appendix, "Write the appendix on searches."),
            "package": (packaging.package, "Pack the review into one file for others."),
            "verify": (packaging.verify, "Check a package without a network."),
        },
    ),
    (
        "Living reviews",
        {
            "update": (update.update, "Search again; store what is new; find retractions."),
            "diff": (diff.diff, "List what is new, gone or changed between two runs."),
            "schedule": (schedule.schedule, "Print a job that runs the update by itself."),
            "access": (access.access, "Find out which reports are free to read."),
            "release": (release.release, "Freeze a version of the review."),
        },
    ),
    (
        "Reruns",
        {
            "reproduce": (reproduce.reproduce, "Rerun a published review; compare with it."),
            "audit": (audit.audit, "Search by each reading of a reported method."),
            "drift": (drift.drift, "Count a search as of several days; compare a rerun."),
        },
    ),
    (
        "Tools",
        {
            "convert": (convert.convert, "Convert export files into another format."),
            "simulate": (simulate.simulate, "Measure the ranking on a finished review."),
            "backup": (backup.backup, "Copy the database, and check the copy."),
            "restore": (backup.restore, "Put a backup in the place of the database."),
            "repair": (repair.repair, "Build the database anew from a damaged one."),
            "rename": (rename.rename, "Give the review the id its protocol has now."),
            "doctor": (doctor.doctor, "Examine versions, settings, cache and database."),
        },
    ),
)


class _Root(HelpByWork):
    order = tuple(name for _, verbs in _GROUPS for name in verbs)


app = typer.Typer(
    name="reviewkit",
    help="Search, screen, update and draw a systematic review: your own, or a published one "
    "that is rerun.",
    epilog=_EPILOG,
    cls=_Root,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    # Plain help takes half the time of the framed one. It is the same in a pipe, on a dumb terminal
    # and for a screen reader.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
add_groups(app, _GROUPS)


def _show_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"reviewkit {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        start.start()


def main() -> None:
    """Run the command line.

    Every error ends as one message and an exit code; none as a traceback.
    """
    try:
        open_streams()
        run_and_flush(app)
    except ReviewkitError as error:
        show_error(str(error), hint=error.hint, paste=error.paste, details=_details(error))
        sys.exit(error.exit_code)
    except (OSError, MemoryError) as error:
        if os.environ.get("REVIEWKIT_DEBUG"):
            raise
        show_system_error(error)
        sys.exit(1)
    except Exception as error:  # the last line of defence: a bug, too, ends in one clear message
        if os.environ.get("REVIEWKIT_DEBUG"):
            raise
        show_error(
            f"a mistake in reviewkit itself: {type(error).__name__}: {error}",
            hint="set REVIEWKIT_DEBUG=1 to see where, and please report it",
        )
        sys.exit(1)


def _details(error: ReviewkitError) -> list[str]:
    """What the error is about; each mistake of a file has its line, and what would be right."""
    if not isinstance(error, FileMistakes):
        return [on_one_line(detail) for detail in error.details]
    return [
        "\n".join(map(on_one_line, (str(mistake), *mistake.lines))) for mistake in error.mistakes
    ]
