"""`reviewkit schedule`: print a job that updates the review by itself, or install it where that is safe."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from reviewkit.cli.console import data_text, talk
from reviewkit.cli.options import DatabaseOption, ProtocolOption
from reviewkit.model.errors import UsageError


def schedule(
    every: Annotated[
        str | None,
        typer.Option(
            "--every", help="day, week, fortnight, month, quarter or year.", show_default="[living]"
        ),
    ] = None,
    format_name: Annotated[
        str, typer.Option("--format", "-f", help="cron, systemd, github, launchd or windows.")
    ] = "cron",
    summary: Annotated[
        str,
        typer.Option(help="Where the summary goes: stdout (cron mails it), webhook, or a file."),
    ] = "stdout",
    secrets: Annotated[
        Path | None,
        typer.Option(
            "--secrets", help="A file with NAME=value lines (keys, webhook) that the job reads."
        ),
    ] = None,
    install: Annotated[
        bool,
        typer.Option(
            "--install", help="Write systemd, launchd or GitHub files to their place, after asking."
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before installing.")] = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Print a job that runs `reviewkit update` by itself, with its paths, lock, log and summary.

    Example: reviewkit schedule --every week --format systemd
    """
    from reviewkit.workflow.project import find_protocol, open_project
    from reviewkit.workflow.updates.schedule import LONGEST_TASK, Job, time_of, write_job

    project = open_project(find_protocol(protocol, folder=Path.cwd()), database=db)
    often = every or (project.protocol.living.every if project.protocol.living else None)
    if often is None:
        raise UsageError(
            "how often?",
            where="--every",
            hint='--every week, or [living] every = "week" in the protocol',
        )
    hour, minute = time_of(project.protocol.review.id)
    database = project.database.resolve()
    job = Job(
        review=project.protocol.review.id,
        title=project.protocol.review.title,
        program=_program(),
        protocol=project.protocol_path.resolve(),
        database=database,
        log=database.parent / "update.log",
        every=often,
        hour=hour,
        minute=minute,
        summary=summary if summary in {"stdout", "webhook"} else str(Path(summary).resolve()),
        secrets_file=secrets.resolve() if secrets else None,
    )
    files = write_job(job, format_name, root=Path.cwd().resolve())
    planned = project.protocol.living.every if project.protocol.living else None
    if planned != often:
        told = f"says every {planned}" if planned else "does not say how often"
        talk(
            f'The protocol {told}, and reviewkit status goes by it: set [living] every = "{often}" there.'
        )
    if secrets and not secrets.exists():
        talk(f"{secrets}: is not there yet; the job fails without it.")
    if format_name == "windows" and len(" ".join(job.arguments)) > LONGEST_TASK:
        talk(
            f"Windows takes commands of {LONGEST_TASK} characters: save this one in a .cmd file, and plan that file."
        )
    if install:
        _install(files, format_name, yes=yes)
        return
    for name, text in files.items():
        if len(files) > 1:
            data_text(f"# {name}\n")
        data_text(text)


def _program() -> Path:
    """This very command: a scheduler would not find it by name."""
    beside = Path(sys.executable).parent / "reviewkit"
    found = shutil.which("reviewkit")
    return beside if beside.exists() else Path(found) if found else Path(sys.argv[0]).resolve()


def _install(files: dict[str, str], form: str, *, yes: bool) -> None:
    from reviewkit.workflow.files import write_output

    places = {
        "systemd": Path.home() / ".config" / "systemd" / "user",
        "launchd": Path.home() / "Library" / "LaunchAgents",
        "github": Path.cwd() / ".github" / "workflows",
    }
    if form not in places:
        raise UsageError(
            f"{form} jobs are not installed by reviewkit",
            where="--install",
            hint="print it and add it by hand",
        )
    for name in files:
        talk(f"{places[form] / name}{' (replaced)' if (places[form] / name).exists() else ''}")
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("nobody is there to be asked", where="--install", hint="add --yes")
        if not typer.confirm("Write these files?", err=True):
            talk("Nothing was written.")
            return
    for name, text in files.items():
        write_output(places[form] / name, text.encode())
    after = {
        "systemd": f"systemctl --user enable --now {next(name for name in files if name.endswith('.timer'))}"
        if form == "systemd"
        else "",
        "launchd": f"launchctl load -w {places['launchd'] / next(iter(files))}",
        "github": "git add .github/workflows, commit and push; set the keys under Settings, Secrets",
    }
    talk(f"Written. To start it: {after[form]}")
