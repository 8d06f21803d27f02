"""Write the reference from the code: `python tools/write_reference.py`.

It writes docs/reference/*.md, the picture of the database, and docs/settings.md.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.reference.codes import codes_page
from tools.reference.commands import commands_page
from tools.reference.database import database_page
from tools.reference.database_picture import database_picture
from tools.reference.protocol import protocol_page
from tools.reference.settings import settings_page

PAGES: Mapping[str, Callable[[], str]] = {
    "docs/reference/commands.md": commands_page,
    "docs/reference/protocol.md": protocol_page,
    "docs/reference/exit-codes.md": codes_page,
    "docs/reference/database.md": database_page,
    "docs/reference/database.svg": database_picture,
    "docs/settings.md": settings_page,
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (ROOT / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
