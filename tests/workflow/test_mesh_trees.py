"""What lies below a heading is asked of MeSH once; what did not come whole is unknown."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.sources.registry import SOURCES
from reviewkit.workflow.auditing.asker import Asker
from reviewkit.workflow.auditing.mesh_trees import HeadingTree, read_trees
from reviewkit.workflow.project import open_project
from tests.helpers.command import copy_project
from tests.helpers.retrieval import transport_to
from tests.servers.eutils_corpus import Corpus
from tests.servers.eutils_server import EutilsServer, Fault
from tests.servers.mesh_answers import mesh_entry

MESH = [
    mesh_entry("1", "D1", "Motor Neuron Disease", trees=["C1"], below=[2, 3]),
    mesh_entry("2", "D2", "Bulbar Palsy", "Palsy, Bulbar", trees=["C1.1"]),
    mesh_entry("3", "D3", "Amyotrophic Lateral Sclerosis", "ALS", trees=["C1.2"], below=[4]),
    mesh_entry("4", "D4", "Young Sclerosis", trees=["C1.2.1"]),
    mesh_entry("5", "D5", "Half Known", trees=["C2"], below=[999]),
    mesh_entry("6", "D6", "Without Links"),
]


@pytest.fixture
def server() -> Iterator[EutilsServer]:
    with EutilsServer(Corpus()) as running:
        running.mesh = MESH
        yield running


def asker(folder: Path, server: EutilsServer | None) -> Asker:
    protocol = folder / "protocols" / "als_dysbiosis.toml"
    project = open_project(protocol if protocol.exists() else copy_project(folder))
    transport = transport_to(server.url) if server else None
    return Asker(
        project=project,
        source=SOURCES["pubmed"],
        transport=transport,
        started_at="2026-11-01T00:00:00Z",
    )


def narrower(tree: HeadingTree) -> set[str] | None:
    return None if tree.narrower is None else set(tree.narrower)


def test_every_heading_below_is_named_and_a_second_run_asks_nothing(
    tmp_path: Path, server: EutilsServer
) -> None:
    first = asker(tmp_path, server)
    (tree,) = read_trees(first, ["Motor Neuron Disease"]).found
    assert narrower(tree) == {"bulbar palsy", "amyotrophic lateral sclerosis", "young sclerosis"}
    assert first.sent == len(server.requests) == 4

    (again,) = read_trees(asker(tmp_path, server), ["Motor Neuron Disease"]).found
    (offline,) = read_trees(asker(tmp_path, None), ["Motor Neuron Disease"]).found
    assert narrower(again) == narrower(offline) == narrower(tree)
    assert len(server.requests) == 4


def test_a_heading_is_found_by_its_entry_term_and_a_leaf_has_nothing_below(
    tmp_path: Path, server: EutilsServer
) -> None:
    (tree,) = read_trees(asker(tmp_path, server), ["palsy, bulbar"]).found
    assert (tree.heading.name, narrower(tree)) == ("Bulbar Palsy", set())


@pytest.mark.parametrize("name", ["Half Known", "Without Links"])
def test_a_tree_that_did_not_come_whole_is_unknown(
    tmp_path: Path, server: EutilsServer, name: str
) -> None:
    (tree,) = read_trees(asker(tmp_path, server), [name]).found
    assert narrower(tree) is None


def test_a_name_that_mesh_lacks_and_a_service_that_fails_give_no_tree(
    tmp_path: Path, server: EutilsServer
) -> None:
    assert read_trees(asker(tmp_path, server), ["No Such Heading"]).found == ()
    assert read_trees(asker(tmp_path, None), ["Bulbar Palsy"]).found == ()
    server.on("esearch", range(1, 9), Fault.FORBIDDEN)
    trees = read_trees(asker(tmp_path, server), ["Young Sclerosis"])
    assert trees.found == ()
    assert trees.why_not
