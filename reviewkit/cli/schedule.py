"""`reviewkit schedule`: print a job that updates the review by itself, or install it."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data_text, talk
from reviewkit.cli.options import DatabaseOption, ProtocolOption, chosen_project
from reviewkit.model.errors import UsageError

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.project import ReviewProject
    from reviewkit.workflow.updates.schedule import Job


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
    from reviewkit.workflow.updates.schedule import write_job

    project = chosen_project(protocol, database=db)
    planned = project.protocol.living.every if project.protocol.living else None
    often = every or planned
    if often is None:
        raise UsageError(
            "how often?",
            where="--every",
            hint='--every week, or [living] every = "week" in the protocol',
        )
    job = _job(project, every=often, summary=summary, secrets=secrets)
    files = write_job(job, format_name, root=Path.cwd().resolve())
    if planned != often:
        says = f"says every {planned}" if planned else "does not say how often"
        talk(
            f"The protocol {says}, and reviewkit status goes by it: "
            f'set [living] every = "{often}" there.'
        )
    _warn(job, format_name, secrets)
    if install:
        _install(files, format_name, yes=yes)
    else:
        _print(files)


def _job(project: "ReviewProject", *, every: str, summary: str, secrets: Path | None) -> "Job":
    """The job for a review; every path in it is absolute."""
    from reviewkit.workflow.files import named_place
    from reviewkit.workflow.updates.schedule import Job, time_of

    if summary not in {"stdout", "webhook"}:
        summary = str(named_place(Path(summary)).resolve())
    review = project.protocol.review
    hour, minute = time_of(review.id)
    database = project.database.resolve()
    return Job(
        review=review.id,
        title=review.title,
        program=_program(),
        protocol=project.protocol_path.resolve(),
        database=database,
        log=database.parent / "update.log",
        every=every,
        hour=hour,
        minute=minute,
        summary=summary,
        secrets_file=secrets.resolve() if secrets else None,
    )


def _program() -> Path:
    """This very command: a scheduler would not find it by name."""
    beside = Path(sys.executable).parent / "reviewkit"
    if beside.exists():
        return beside
    on_path = shutil.which("reviewkit")
    if on_path:
        return Path(on_path)

    return Path(sys.argv[0]).resolve()


def _warn(job: "Job", form: str, secrets: Path | None) -> None:
    """Say what would keep the job from running."""
    if secrets and not secrets.exists():
        talk(f"{secrets}: is not there yet; the job fails without it.")
    if form == "github":
        talk(
            "The workflow takes reviewkit, as the repository has it: "
            "put its source there, or its wheel into the folder wheels."
        )
    if form == "windows":
        talk(f"Save {job.name}.cmd in {job.log.parent}, then run the line of register.txt once.")


def _print(files: dict[str, str]) -> None:
    for name, text in files.items():
        if len(files) > 1:
            data_text(f"# {name}\n")
        data_text(text)


def _install(files: dict[str, str], form: str, *, yes: bool) -> None:
    """Write the files to their place, after asking.

    Raises UsageError where that is not possible.
    """
    from reviewkit.workflow.files import write_own

    folder = _folder(form)
    for name in files:
        replaced = " (replaced)" if (folder / name).exists() else ""
        talk(f"{folder / name}{replaced}")
    if not yes and not _is_agreed():
        talk("Nothing was written.")
        return

    for name, text in files.items():
        write_own(folder / name, text.encode())
    talk(f"Written. To start it: {_how_to_start(form, folder, files)}")


def _folder(form: str) -> Path:
    """Where the files of a format belong."""
    folders = {
        "systemd": Path.home() / ".config" / "systemd" / "user",
        "launchd": Path.home() / "Library" / "LaunchAgents",
        "github": Path.cwd() / ".github" / "workflows",
    }
    if form not in folders:
        raise UsageError(
            f"{form} jobs are not installed by reviewkit",
            where="--install",
            hint="print it and add it by hand",
        )

    return folders[form]


def _is_agreed() -> bool:
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to be asked", where="--install", hint="add --yes")
    return typer.confirm("Write these files?", err=True)


def _how_to_start(form: str, folder: Path, files: dict[str, str]) -> str:
    if form == "systemd":
        timer = next(name for name in files if name.endswith(".timer"))
        return f"systemctl --user enable --now {timer}"
    if form == "launchd":
        return f"launchctl load -w {folder / next(iter(files))}"
    return "git add .github/workflows, commit and push; set the keys under Settings, Secrets"
