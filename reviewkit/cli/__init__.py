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
    convert,
    decide,
    decisions,
    dedupe,
    descriptors,
    diff,
    doctor,
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
    report,
    reproduce,
    resolve,
    reviewer,
    schedule,
    screen,
    search,
    simulate,
    source,
    status,
    stopping,
    study,
    translate,
    undo,
    update,
)
from reviewkit.cli.console import show_error
from reviewkit.model.errors import FileMistakes, ReviewkitError
from reviewkit.model.version import __version__

_EPILOG = (
    "Exit codes: 0 done, 1 failed, 2 wrong use or wrong protocol, 3 a check is not met, "
    "4 a remote service failed, 130 interrupted."
)

app = typer.Typer(
    name="reviewkit",
    help="Search, screen, update and draw a systematic review: your own, or a published one "
    "that is rerun.",
    epilog=_EPILOG,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    # Plain help takes half the time of the framed one. It is the same in a pipe, on a dumb terminal
    # and for a screen reader.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("init")(init.init)
app.command("check")(check.check)
app.command("lint")(lint.lint)
app.command("translate")(translate.translate)
app.command("audit")(audit.audit)
app.command("descriptors")(descriptors.descriptors)
app.command("search")(search.search)
app.command("import")(import_files.import_files)
app.command("export")(export.export)
app.command("convert")(convert.convert)
app.command("reproduce")(reproduce.reproduce)
app.add_typer(dedupe.app, name="dedupe")
app.add_typer(prisma.app, name="prisma")
app.command("report")(report.report)
app.command("checklist")(journal_forms.checklist)
app.command("appendix")(journal_forms.appendix)
app.command("package")(packaging.package)
app.command("verify")(packaging.verify)
app.command("screen")(screen.screen)
app.command("resolve")(resolve.resolve)
app.command("agreement")(agreement.agreement)
app.command("assign")(assign.assign)
app.command("decide")(decide.decide)
app.command("amend")(amend.amend)
app.add_typer(decisions.app, name="decisions")
app.add_typer(record.app, name="record")
app.add_typer(reviewer.app, name="reviewer")
app.command("update")(update.update)
app.command("log")(log.log)
app.add_typer(undo.app, name="undo")
app.add_typer(source.app, name="source")
app.command("diff")(diff.diff)
app.command("schedule")(schedule.schedule)
app.command("access")(access.access)
app.command("release")(release.release)
app.command("rename")(rename.rename)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("status")(status.status)
app.command("stopping")(stopping.stopping)
app.add_typer(study.app, name="study")
app.command("simulate")(simulate.simulate)
app.command("doctor")(doctor.doctor)


def _show_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"reviewkit {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line.

    Every error ends as one message and an exit code; none as a traceback.
    """
    try:
        app()
    except ReviewkitError as error:
        show_error(str(error), hint=error.hint, details=_details(error))
        sys.exit(error.exit_code)
    except Exception as error:  # the last line of defence: a bug, too, ends in one clear message
        if os.environ.get("REVIEWKIT_DEBUG"):
            raise
        show_error(
            f"a mistake in reviewkit itself: {type(error).__name__}: {error}",
            hint="set REVIEWKIT_DEBUG=1 to see where, and please report it",
        )
        sys.exit(1)


def _details(error: ReviewkitError) -> list[str]:
    """Every mistake of a file, one line each."""
    if not isinstance(error, FileMistakes):
        return []
    return [str(mistake) for mistake in error.mistakes]
