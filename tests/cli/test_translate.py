"""`reviewkit translate`."""

import json
from pathlib import Path

from tests.conftest import PROJECT
from tests.helpers.command import reviewkit
from tests.servers.bvs_server import KEY, BvsServer
from tests.workflow.test_descriptors import decs_record

ALS = PROJECT / "protocols" / "als_dysbiosis.toml"


def test_a_query_is_written_in_another_language_clause_by_clause() -> None:
    text = '"Gut"[mh] AND flora[tiab]'
    done = reviewkit("translate", "-", "--to", "ovid", stdin=text)
    assert (done.returncode, done.stdout) == (0, "exp Gut/ AND flora.ti,ab,kf.\n")
    assert done.stderr.count("exact: ") == 2


def test_a_gap_is_shown_and_ends_with_3() -> None:
    done = reviewkit("translate", "-", "--to", "embase", "--json", stdin='"Gut"[mh]')
    assert done.returncode == 3
    assert json.loads(done.stdout)["clauses"][0]["mark"] == "not expressible"


def test_lines_are_put_together_and_protocols_are_read(tmp_path: Path) -> None:
    path = tmp_path / "q.txt"
    path.write_text("1. exp Dysbiosis/\n2. als.tw.\n3. 1 and 2\n", encoding="utf-8")
    done = reviewkit("translate", path, "--to", "pubmed")
    assert done.stdout == '"Dysbiosis"[mh] AND als[tiab]\n'
    assert "wider: als.tw." in done.stderr
    assert "[mh" in reviewkit("translate", ALS, "--to", "cochrane").stdout


def test_limits_of_lines_are_clauses_and_a_field_on_a_parenthesis_shows_its_term() -> None:
    lines = (
        '1. (gut or flora).tw.\n2. drug therapy.fs.\n3. 1 and 2\n4. limit 3 to yr="2012 -Current"'
    )
    done = reviewkit("translate", "-", "--to", "pubmed", stdin=lines)
    assert done.stdout == (
        '((gut[tiab] OR flora[tiab]) AND "drug therapy"[sh:noexp]) AND 2012:3000[dp]\n'
    )
    assert "wider: gut (tw)  ->" in done.stderr


def test_decs_names_a_heading_in_three_languages_and_is_asked_once(tmp_path: Path) -> None:
    query = '"Amyotrophic Lateral Sclerosis"[mh] AND dysbiosis[tiab]'
    with BvsServer() as bvs:
        bvs.decs["amyotrophic lateral sclerosis|en"] = decs_record("en")
        settings = {
            "REVIEWKIT_BVS_URL": bvs.url,
            "REVIEWKIT_BVS_RATE": "unlimited",
            "BVS_API_KEY": KEY,
            "XDG_CACHE_HOME": str(tmp_path),
        }
        done = reviewkit(
            "translate", "-", "--to", "lilacs", "--ask", stdin=query, settings=settings
        )
        sent = len(bvs.asked)
        again = reviewkit(
            "translate", "-", "--to", "lilacs", "--ask", stdin=query, settings=settings
        )
        assert len(bvs.asked) == sent
    assert done.returncode == 0, done.stderr
    assert again.stdout == done.stdout
    names = ("Esclerose Lateral Amiotrófica", "Esclerosis Amiotrófica Lateral")
    for name in (*names, "Amyotrophic Lateral Sclerosis"):
        assert f'tw:("{name}")' in done.stdout
    assert 'mh:"Amyotrophic Lateral Sclerosis"' in done.stdout
    assert "narrower: " in done.stderr
    assert "DeCS has no heading called: dysbiosis." in done.stderr
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert KEY.encode() not in written


def test_without_a_key_no_name_is_guessed() -> None:
    query = '"Amyotrophic Lateral Sclerosis"[mh:noexp]'
    done = reviewkit("translate", "-", "--to", "lilacs", "--ask", stdin=query)
    assert "DeCS was not asked: BVS_API_KEY is not set" in done.stderr
    assert done.stdout == 'mh:"Amyotrophic Lateral Sclerosis"\n'


def test_mistakes() -> None:
    unknown = reviewkit("translate", "-", "--to", "klingon", stdin="a[ti]")
    assert (unknown.returncode, "no query language" in unknown.stderr) == (2, True)
    words = reviewkit("translate", "-", "--to", "crossref", stdin="a[ti]")
    assert (words.returncode, "Crossref has no Boolean search" in words.stderr) == (2, True)
    broken = reviewkit("translate", "-", "--to", "ovid", stdin="(a[ti]")
    assert (broken.returncode, "cannot be translated" in broken.stderr) == (2, True)
