"""`reviewkit descriptors`: one heading out of DeCS and MeSH, and plain words where one of them
cannot be asked.
"""

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from reviewkit.sources import decs
from tests.cli.test_main import told_once
from tests.helpers.command import reaching, reviewkit
from tests.servers.bvs_server import KEY, BvsServer
from tests.servers.eutils_corpus import Corpus
from tests.servers.eutils_server import EutilsServer, Fault
from tests.servers.http_server import Answered
from tests.servers.mesh_answers import mesh_entry

ALS = "esclerose lateral amiotrófica"
NAMES = {"en": "Amyotrophic Lateral Sclerosis", "pt-br": "Esclerose Lateral Amiotrófica"}
NAMES |= {"es": "Esclerosis Amiotrófica Lateral", "es-es": "esclerosis lateral amiotrófica"}
SYNONYMS = {
    "pt": ["Doença de Lou Gehrig"],
    "es": ["Enfermedad de Lou Gehrig"],
    "en": ["Lou Gehrig Disease"],
}
TREE = "C10.228.140.079.612"


def decs_record(language: str, *, alone: bool = False) -> dict[str, Any]:
    """DeCS's answer; `alone` writes lists of one as that one, as it is reported to."""
    trees: Any = [{"tree_id": TREE}]
    synonyms: Any = [{"synonym": one} for one in SYNONYMS[language]]
    record = {
        "attr": {"lang": language, "db": "decs", "mfn": "704"},
        "unique_identifier_nlm": "D000690",
        "descriptor_list": [
            {"descriptor": name, "attr": {"lang": code}} for code, name in NAMES.items()
        ],
        "synonym_list": synonyms[0] if alone else synonyms,
        "definition": {"occ": {"attr": {"n": "Doença degenerativa."}}},
        "tree_id_list": trees[0] if alone else trees,
    }
    return {
        "objects": [
            {"decsws_response": {"attr": {"tree_id": TREE}, "record_list": {"record": record}}}
        ]
    }


class Decs(BvsServer):
    """DeCS knows the heading by its Portuguese words, and by its place in the tree in every
    language.
    """

    def answer(self, asked: Any) -> Answered:
        reply: Answered = super().answer(asked)
        if (
            reply.status == 200
            and asked.path == "decs/v2/get-tree"
            and asked.get("tree_id") == TREE
        ):
            return Answered(200, json.dumps(decs_record(asked.get("lang"))).encode())
        return reply


@pytest.fixture
def vocabularies() -> Iterator[tuple[Decs, EutilsServer]]:
    with Decs() as bvs, EutilsServer(Corpus()) as eutils:
        bvs.decs[f"{ALS}|pt"] = decs_record("pt")
        eutils.mesh = [
            mesh_entry(
                "68000690",
                "D000690",
                NAMES["en"],
                "ALS",
                "Gehrig's Disease",
                trees=(TREE, "C10.574.562.250"),
            ),
            mesh_entry("67531617", "C531617", "Amyotrophic Lateral Sclerosis 1"),
        ]
        yield bvs, eutils


def settings(bvs: Decs, eutils: EutilsServer) -> dict[str, str]:
    return {
        **reaching(eutils),
        "REVIEWKIT_BVS_URL": bvs.url,
        "REVIEWKIT_BVS_RATE": "unlimited",
        "BVS_API_KEY": KEY,
    }


def test_both_vocabularies_make_one_heading(vocabularies: tuple[Decs, EutilsServer]) -> None:
    done = reviewkit("descriptors", ALS, "--json", settings=settings(*vocabularies))
    assert done.returncode == 0, done.stderr
    (heading,) = json.loads(done.stdout)["headings"]
    assert (heading["mesh"], heading["decs"], heading["exact"]) == ("D000690", "704", True)
    assert heading["terms"] == {"en": NAMES["en"], "pt": NAMES["pt-br"], "es": NAMES["es"]}
    assert heading["synonyms"]["pt"] == SYNONYMS["pt"]
    assert heading["synonyms"]["es"] == SYNONYMS["es"]
    assert heading["synonyms"]["en"] == ["Lou Gehrig Disease", "ALS", "Gehrig's Disease"]
    assert heading["tree"] == [TREE, "C10.574.562.250"]
    assert json.loads(done.stdout)["why_not"] == {}
    assert KEY not in done.stdout + done.stderr


def test_for_people_and_for_a_protocol(vocabularies: tuple[Decs, EutilsServer]) -> None:
    shown = reviewkit("descriptors", ALS, settings=settings(*vocabularies)).stdout
    assert "Amyotrophic Lateral Sclerosis (MeSH D000690, DeCS 704)" in shown
    assert "  pt    Esclerose Lateral Amiotrófica; Doença de Lou Gehrig" in shown
    assert f"  tree  {TREE}" in shown
    entry = reviewkit("descriptors", ALS, "--toml", settings=settings(*vocabularies)).stdout
    (descriptor,) = tomllib.loads(entry)["descriptors"]
    assert (descriptor["mesh"], descriptor["decs"]) == ("D000690", "704")
    assert descriptor["translations"]["es"] == [NAMES["es"]]


def test_without_a_key_mesh_answers_and_it_is_said(vocabularies: tuple[Decs, EutilsServer]) -> None:
    bvs, eutils = vocabularies
    environment = settings(bvs, eutils) | {"BVS_API_KEY": ""}
    english = reviewkit("descriptors", "amyotrophic lateral sclerosis", settings=environment)
    assert english.returncode == 0
    assert "MeSH D000690" in english.stdout
    assert "C531617" not in english.stdout
    assert "DeCS was not asked: BVS_API_KEY is not set" in english.stderr
    portuguese = reviewkit("descriptors", ALS, settings=environment)
    assert f"No heading for “{ALS}” in MeSH." in portuguese.stdout
    assert "MeSH knows English only" in portuguese.stdout
    assert bvs.asked == []


def test_without_key_and_network_it_is_one_clear_error() -> None:
    nobody = {"REVIEWKIT_EUTILS_URL": "http://127.0.0.1:9/"}
    told_once(reviewkit("descriptors", ALS, settings=nobody), 4, "cannot be reached")


@pytest.mark.slow
def test_a_refused_key_and_a_broken_decs_leave_mesh(
    vocabularies: tuple[Decs, EutilsServer],
) -> None:
    bvs, eutils = vocabularies
    environment = settings(bvs, eutils) | {"BVS_API_KEY": "another-key-000"}
    done = reviewkit("descriptors", "amyotrophic lateral sclerosis", settings=environment)
    assert (done.returncode, "MeSH D000690" in done.stdout) == (0, True)
    assert "DeCS did not answer: " in done.stderr
    assert "refused the key for DeCS" in done.stderr
    bvs.on(range(1, 20), Answered(200, b"<html>Erro 504</html>", "text/html"))
    done = reviewkit("descriptors", "amyotrophic lateral sclerosis", settings=settings(bvs, eutils))
    assert "answered with a page" in done.stderr
    eutils.on("esearch", range(1, 20), Fault.FORBIDDEN)
    bvs.on(range(1, 20), Answered(200, b"<html>Erro 504</html>", "text/html"))
    told_once(reviewkit("descriptors", "x", settings=settings(bvs, eutils)), 4, "PubMed")


@pytest.mark.parametrize("alone", [False, True])
def test_a_list_of_one_may_come_as_that_one(alone: bool) -> None:
    (heading,) = decs.read_headings(json.dumps(decs_record("pt", alone=alone)).encode(), "pt")
    assert (heading.decs, heading.trees, heading.synonyms["pt"]) == (
        "704",
        (TREE,),
        ("Doença de Lou Gehrig",),
    )
    assert heading.note == "Doença degenerativa."


def test_one_object_alone() -> None:
    document = decs_record("pt")
    document["objects"] = document["objects"][0]
    assert len(decs.read_headings(json.dumps(document).encode(), "pt")) == 1
