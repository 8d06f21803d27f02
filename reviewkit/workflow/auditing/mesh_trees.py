"""What lies below a MeSH heading, asked of Entrez once and cached.

A tree counts only where every heading of it came; else what an exploded heading takes in is
unknown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reviewkit.cache import RunKey
from reviewkit.model.errors import NotCached, RemoteError
from reviewkit.query.read_record import folded
from reviewkit.sources import eutils, mesh
from reviewkit.sources.headings import Heading, plain
from reviewkit.sources.page_source import PageSource, ask
from reviewkit.workflow.auditing.asker import Asker

MOST_NODES = 400
"""A heading with more below it is left unknown, to spare the service."""
MOST_REQUESTS = 60
_USUAL = 2
"""A heading without narrower ones takes so many requests."""
_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadingTree:
    """A heading, and the names of every narrower one; `None` where not all of them came."""

    heading: Heading
    narrower: frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """The trees that are known. `why_not` says why MeSH could not be asked for the others."""

    found: tuple[HeadingTree, ...] = ()
    why_not: str | None = None


def read_trees(asker: Asker, names: Iterable[str], *, most: int = MOST_REQUESTS) -> Trees:
    """The trees of these headings, as far as they are stored or MeSH answers.

    No heading is begun where fewer than `_USUAL` of `most` requests are left. Stored answers count
    like new ones, so that a second run asks for nothing more.
    """
    found: list[HeadingTree] = []
    used = 0
    for name in dict.fromkeys(names):
        if most - used < _USUAL:
            break
        try:
            tree, pages = _tree_of(asker, name)
        except NotCached:
            continue
        except RemoteError as error:
            return Trees(found=tuple(found), why_not=error.what)
        used += pages
        if tree:
            found.append(tree)

    return Trees(found=tuple(found))


def _tree_of(asker: Asker, name: str) -> tuple[HeadingTree | None, int]:
    """The tree of a heading, `None` where MeSH has none of this name; how many pages it took."""
    key = RunKey(source="mesh", strategy="tree", query=name)
    with asker.open_run(key, service=eutils.SERVICE.name) as pages:
        is_stored = pages.complete
        try:
            tree = _walk(pages, name)
        finally:
            asker.sent += 0 if is_stored else len(pages.used)
        pages.finish()
        return tree, len(pages.used)


def _walk(pages: PageSource, name: str) -> HeadingTree | None:
    found = ask(pages, mesh.ask_ids(name), mesh.judge_ids, where="MeSH")
    ids = mesh.read_ids(found.body)
    nodes = _nodes(pages, ids) if ids else ()
    top = next((node for node in nodes if node.heading.is_called(plain(name))), None)
    if top is None:
        return None
    return HeadingTree(heading=top.heading, narrower=_all_below(pages, top))


def _all_below(pages: PageSource, top: mesh.Node) -> frozenset[str] | None:
    """The names below a heading, level by level; `None` as soon as one is not known whole."""
    names: set[str] = set()
    seen, level = {top.uid}, [top]
    while level:
        below: dict[str, None] = {}
        for node in level:
            if node.narrower is None:
                return None
            below |= dict.fromkeys(uid for uid in node.narrower if uid not in seen)
        if len(seen) + len(below) > MOST_NODES:
            return None
        seen |= below.keys()
        level = _nodes(pages, tuple(below))
        if len(level) != len(below):
            return None
        names |= {folded(node.heading.name) for node in level}

    return frozenset(names)


def _nodes(pages: PageSource, ids: Sequence[str]) -> list[mesh.Node]:
    nodes: list[mesh.Node] = []
    for start in range(0, len(ids), _BATCH):
        request = mesh.ask_headings(ids[start : start + _BATCH])
        nodes += mesh.read_nodes(ask(pages, request, mesh.judge_headings, where="MeSH").body)
    return nodes
