"""`demo`: the files of a small made review, to learn with."""

from importlib.resources import files
from pathlib import Path

from reviewkit.model.errors import ReviewkitError, UsageError, system_reason


def write_demo(folder: Path) -> tuple[str, ...]:
    """Write the files into a new or an empty folder; return their names, sorted.

    60 made records in three exports of two sources, ten of them copies, and the decisions of two
    reviewers. Raises UsageError where the folder holds something already, and ReviewkitError where
    it cannot be written.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            raise UsageError(
                "is not empty", where=str(folder), hint="name a new folder: reviewkit demo FOLDER"
            )
        folder.mkdir(parents=True, exist_ok=True)
        shipped = sorted(files(__package__).joinpath("demo").iterdir(), key=lambda file: file.name)
        for file in shipped:
            (folder / file.name).write_bytes(file.read_bytes())
    except OSError as error:
        raise ReviewkitError(
            f"cannot be written: {system_reason(error)}",
            where=str(folder),
            hint="name another folder",
        ) from error

    return tuple(file.name for file in shipped)
