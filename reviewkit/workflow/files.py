"""Output files, each written whole or not at all."""

from pathlib import Path

from reviewkit.cache.disk import write_whole
from reviewkit.model.errors import ReviewkitError, system_reason


def write_output(path: Path, content: bytes) -> None:
    """Replace a file in one step, and only if its content differs; raise ReviewkitError if it
    cannot.

    A link stays a link. What is no file, such as /dev/null or a named pipe, is written to.
    """
    try:
        target = path.resolve()
        if target.exists() and not (target.is_file() or target.is_dir()):
            _write_to(target, content)
            return

        if target.exists() and target.read_bytes() == content:
            return
        write_whole(target, content)
    except OSError as error:
        raise ReviewkitError(
            f"cannot be written: {system_reason(error)}",
            where=str(path),
            hint="check the folder and the space left, or name another place with --out",
        ) from error


def _write_to(device: Path, content: bytes) -> None:
    with device.open("wb") as stream:
        stream.write(content)
