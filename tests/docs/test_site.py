"""The pages of docs/ as one site: every page is in its list, and every link leads somewhere."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT

DOCS = PROJECT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
WITH_LINKS = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *PAGES]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ +(.+?)\s*$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """What a link may name in a page, as code hosts and the site make it of headings."""
    found = list[str]()
    for heading in _HEADING.findall(re.sub(r"(?ms)^```.*?^```$", "", page.read_text("utf-8"))):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\s-]", "", text).strip().replace(" ", "-")
        found += [slug, f"{slug}-{found.count(slug)}"]
    return set(found)


def links(page: Path) -> Iterator[str]:
    """The links of a page to other files, and to its own headings."""
    for target in _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8"))):
        if not re.match(r"[a-z]+:", target):
            yield target


def dead(page: Path) -> list[str]:
    """The links that lead nowhere, or from the site to a file that is not in it."""
    found = []
    for link in links(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        is_outside = page.is_relative_to(DOCS) and not target.is_relative_to(DOCS)
        is_page = target.suffix == ".md" and target.exists()
        if (
            is_outside
            or not target.exists()
            or (anchor and is_page and anchor not in anchors(target))
        ):
            found.append(link)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_LINKS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_link_is_dead(page: Path) -> None:
    assert dead(page) == []


def test_dead_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A b\n[x](b.md) [y](a.md#a-b) [z](a.md#c)\n`[w](v.md)`")
    assert dead(tmp_path / "a.md") == ["b.md", "a.md#c"]


def test_every_page_is_in_the_list_of_the_site() -> None:
    site = tomllib.loads((PROJECT / "zensical.toml").read_text(encoding="utf-8"))["project"]
    listed = list(_listed(site["nav"]))
    # A decision is reached from their list.
    own = [page for page in PAGES if not re.match(r"\d", page.name)]
    assert sorted(listed) == sorted(str(page.relative_to(DOCS)) for page in own)
    text = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    assert all(page.name in text for page in (DOCS / "decisions").glob("0*.md"))


def _listed(nav: list[Any]) -> Iterator[str]:
    for entry in nav:
        for inside in entry.values() if isinstance(entry, dict) else [entry]:
            yield from _listed(inside) if isinstance(inside, list) else [inside]


@pytest.mark.slow
@pytest.mark.skipif(not find_spec("zensical"), reason="`make site` installs Zensical")
def test_the_site_builds_strictly_and_asks_nobody_else(tmp_path: Path) -> None:
    shutil.copytree(DOCS, tmp_path / "docs")
    shutil.copy(PROJECT / "zensical.toml", tmp_path)
    zensical = Path(sys.executable).with_name("zensical")
    built = subprocess.run(
        [zensical, "build", "--strict"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) >= len(PAGES)
    loaded = (
        r"<(?:script|img|iframe)[^>]* src=\"https?://|<link[^>]*stylesheet[^>]* href=\"https?://"
    )
    assert not [page.name for page in pages if re.search(loaded, page.read_text(encoding="utf-8"))]
    lost = r"<p>(?:(?!</p>).)*\n(?:- |\d+\. |\|)"
    texts = {page.name: re.sub(r"(?s)<pre.*?</pre>", "", page.read_text("utf-8")) for page in pages}
    assert [name for name, text in texts.items() if re.search(lost, text, re.DOTALL)] == [], (
        "a list or a table needs an empty line before it"
    )
    assert "stopping" in (tmp_path / "site" / "search.json").read_text(encoding="utf-8")
