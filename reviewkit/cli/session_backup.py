"""The backup after a session of `screen`, `resolve` or `dedupe review`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reviewkit.cli.console import talk
from reviewkit.model.errors import ReviewkitError

if TYPE_CHECKING:
    from reviewkit.workflow.project import ReviewProject


@contextmanager
def backed_up_after(project: "ReviewProject") -> Iterator[None]:
    """Back up when the session inside ends, interrupted or not, where the protocol asks for it."""
    is_over = True
    try:
        yield
    except ReviewkitError:
        is_over = False
        raise
    finally:
        if is_over and project.protocol.backups:
            _back_up(project)


def _back_up(project: "ReviewProject") -> None:
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.setup.session_backup import back_up_session

    try:
        path = back_up_session(project, now=read_clock(os.environ))
    except ReviewkitError:
        talk("The session is stored. Its backup could not be made:")
        raise
    if path:
        talk(f"Backed up: {path}")
