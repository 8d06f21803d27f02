"""Files written whole or not at all."""

import os
import tempfile
from pathlib import Path

from reviewkit.model.errors import ReviewkitError


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step, and only if its content differs."""
    try:
        if path.exists() and path.read_bytes() == content:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            # mkstemp makes files for their owner only; outputs are for everybody whom the folder is for.
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ReviewkitError(
            f"cannot be written: {(error.strerror or str(error)).lower()}",
            where=str(path),
            hint="check the folder and the space left, or name another place with --out",
        ) from error
