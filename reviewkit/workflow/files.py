"""Output files, each written whole or not at all."""

from pathlib import Path

from reviewkit.cache.disk import write_whole
from reviewkit.model.errors import ReviewkitError, system_reason


def write_output(path: Path, content: bytes) -> None:
    """Replace a file in one step, and only if its content differs; raise ReviewkitError if it
    cannot.
    """
    try:
        if path.exists() and path.read_bytes() == content:
            return
        write_whole(path, content)
    except OSError as error:
        raise ReviewkitError(
            f"cannot be written: {system_reason(error)}",
            where=str(path),
            hint="check the folder and the space left, or name another place with --out",
        ) from error
