"""The packages that only some commands need, and the line that installs them for this program.

The line names those packages and never reviewkit itself: on the public index, `reviewkit` is
another program.
"""

import importlib.util
import sys
from collections.abc import Mapping
from enum import StrEnum
from itertools import chain
from pathlib import Path


class Way(StrEnum):
    """How the program was installed."""

    PIP = "pip"
    PIPX = "pipx"
    UV = "uv"


PACKAGES: Mapping[str, tuple[str, ...]] = {
    "docx": ("python-docx>=1.1",),
    "fast": ("scipy>=1.13",),
    "figures": ("pillow>=11", "typst>=0.15"),
    "pdf": ("typst>=0.15",),
    "pptx": ("python-pptx>=1.0",),
    "xlsx": ("openpyxl>=3.1", "xlrd>=2.0", "xlsxwriter>=3.2"),
}


USES: Mapping[str, str] = {
    "docx": "documents for Word",
    "fast": "a faster ranking of large reviews",
    "figures": "TIFF for publishers",
    "pdf": "PDF and PNG",
    "pptx": "diagrams for PowerPoint",
    "xlsx": "spreadsheets",
}


def install_hint(*extras: str) -> str:
    """The line that installs the packages of extras beside the program that runs."""
    return install_line(*extras, way=own_way(), python=Path(sys.executable))


def own_way() -> Way:
    """How the program that runs was installed."""
    has_pip = importlib.util.find_spec("pip") is not None
    return way_installed(Path(sys.prefix), has_pip=has_pip)


def way_installed(prefix: Path, *, has_pip: bool) -> Way:
    """How the environment at `prefix` was made.

    pipx and `uv tool` leave a file of their own in each. uv makes environments without pip.
    """
    if (prefix / "pipx_metadata.json").exists():
        return Way.PIPX
    if (prefix / "uv-receipt.toml").exists() or not has_pip:
        return Way.UV
    return Way.PIP


def install_line(*extras: str, way: Way, python: Path) -> str:
    """The line that installs the packages of extras for the environment of `python`.

    pipx knows a program by the name of its environment's folder.
    """
    wanted = dict.fromkeys(chain.from_iterable(PACKAGES[extra] for extra in extras))
    packages = " ".join(f'"{package}"' for package in wanted)
    if way is Way.PIPX:
        return f"pipx inject {python.parents[1].name} {packages}"
    if way is Way.UV:
        return f'uv pip install --python "{python}" {packages}'
    return f'"{python}" -m pip install {packages}'
