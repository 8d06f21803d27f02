"""The compiled list: what the tool writes is what ships, and it claims nothing that it is not."""

import json
import runpy
from pathlib import Path

import pytest
import rispy

from tests.conftest import PROJECT, SHARED

SHIPPED = PROJECT / "cache" / "als_dysbiosis"
WORKS = SHARED / "als" / "records.json"


def test_any_reference_manager_s_reader_opens_it() -> None:
    entries = rispy.loads((SHIPPED / "compiled.ris").read_text(encoding="utf-8"))
    assert len(entries) == 84
    assert all(entry.get("title") or entry.get("primary_title") for entry in entries)
    assert {entry["type_of_reference"] for entry in entries} <= {
        "JOUR",
        "GEN",
        "UNPB",
        "CHAP",
        "BOOK",
    }


def test_the_manifest_says_what_it_is_and_what_was_left_out() -> None:
    manifest = json.loads((SHIPPED / "manifest.json").read_text(encoding="utf-8"))
    assert "not the result of a search" in manifest["what"]
    assert len(manifest["left_out"]) == 5
    assert len(manifest["records"]) == 84
    assert all(entry["read_at"] for entry in manifest["records"].values())
    assert "doi" in manifest["records"]["sun2024"]["not_seen"]


def test_it_holds_bibliographic_facts_and_no_abstract() -> None:
    text = (SHIPPED / "compiled.ris").read_text(encoding="utf-8")
    assert "\nAB  - " not in text
    assert max(len(line) for line in text.splitlines()) < 400


def test_the_tool_writes_what_ships(tmp_path: Path) -> None:
    if not WORKS.exists():
        pytest.skip("the list of works is not beside this project")
    concepts = "als=als,dysbiosis=dysbiosis,gut_microbiome_or_microbiota=microbiome"
    tool = runpy.run_path(str(PROJECT / "tools" / "compile_list.py"))
    tool["main"](str(WORKS), concepts, str(tmp_path), "2026-11-22")
    for name in ("compiled.ris", "manifest.json"):
        assert (tmp_path / name).read_bytes() == (SHIPPED / name).read_bytes()
