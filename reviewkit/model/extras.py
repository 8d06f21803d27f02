"""The packages that only some commands need, and the line that installs them for this program.

The line names those packages and never reviewkit itself: on the public index, `reviewkit` is
another program.
"""

import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path

PACKAGES: Mapping[str, tuple[str, ...]] = {
    "docx": ("python-docx>=1.1",),
    "fast": ("scipy>=1.13",),
    "figures": ("pillow>=11", "typst>=0.15"),
    "pdf": ("typst>=0.15",),
    "pptx": ("python-pptx>=1.0",),
    "xlsx": ("openpyxl>=3.1", "xlrd>=2.0", "xlsxwriter>=3.2"),
}


def install_hint(*extras: str) -> str:
    """The line that installs the packages of extras beside the program that runs."""
    has_pip = importlib.util.find_spec("pip") is not None
    return install_line(*extras, python=Path(sys.executable), has_pip=has_pip)


def install_line(*extras: str, python: Path, has_pip: bool) -> str:
    """The line that installs the packages of extras for one Python.

    pipx keeps each program in `pipx/venvs/NAME`. uv makes environments without pip.
    """
    wanted = dict.fromkeys(package for extra in extras for package in PACKAGES[extra])
    packages = " ".join(f'"{package}"' for package in wanted)
    parts = python.parts
    if "pipx" in parts and "venvs" in parts[parts.index("pipx") :]:
        program = parts[parts.index("venvs", parts.index("pipx")) + 1]
        return f"pipx inject {program} {packages}"
    if not has_pip:
        return f'uv pip install --python "{python}" {packages}'
    return f'"{python}" -m pip install {packages}'
