"""Everything that reads what others wrote ends in an answer or in one clear error.

Here the corpus, what once broke a target, and a short run of changes that is the same every time.
`make fuzz SECONDS=...` goes on, guided by coverage.
"""

import json
import random
import zlib

import pytest

from reviewkit.model.errors import ReviewkitError
from tests.helpers.effort import examples
from tests.helpers.fuzz_targets import CORPUS, FINDS, TARGETS, corpus_of, run, seeds
from tests.importers.test_mutations import mutated

# Targets that take milliseconds for each input get fewer.
COSTLY = {"import": 3, "convert": 10, "package_forged": 3, "dedupe": 20}
USUAL = 60


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_and_what_once_broke(name: str) -> None:
    known = seeds(name)
    assert known
    for data in known:
        run(name, data)


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_changed_bytes(name: str) -> None:
    chance = random.Random(zlib.crc32(name.encode()))
    known = seeds(name)
    for _ in range(examples(COSTLY.get(name, USUAL))):
        data = mutated(chance.choice(known), chance)
        try:
            run(name, data)
        except Exception:
            print(data)  # noqa: T201  what to put into finds/
            raise


DEEP, DIGITS = 60_000, 5_000
HOSTILE = {
    "deep list": "[" * DEEP + "]" * DEEP,
    "deep object": '{"a":' * DEEP + "1" + "}" * DEEP,
    "deep table": "a = " + "[" * DEEP + "]" * DEEP,
    "long number": '{"record": "a", "verdict": "skip", "times": ' + "9" * DIGITS + "}",
    "large number": '{"hitCount": 1e999, "records": [1e999], "resultList": {"result": []}}',
    "not a number": '{"hitCount": NaN, "objects": [NaN], "result": {"uids": [NaN]}}',
    "half a character": '{"record": "\\ud800", "verdict": "skip", "title": "\\udfff"}',
    "long digits": "data,n\nduplicates," + "9" * DIGITS + "\n",
    "toml number": "format = " + "9" * DIGITS + "\n",
    "toml time": "format = 9999-99-99T99:99:99Z\n",
    "other digits": '{"record": "a", "verdict": "skip", "note": "²", "reason": "²"}',
    "open quote": 'record,verdict\n"a,include\n',
    "open quote in the first line": '"record,verdict\n',
    "long field": "record,verdict\n" + "a" * 200_000 + ",include\n",
    "NUL": "record,verdict\n\0,include\n",
    "a list of lines": "or/1-" + "9" * DIGITS + "\n#1 to #2\n{or #1-#" + "9" * DIGITS + "}",
    "deep brackets": "(" * DEEP + "a" + ")" * DEEP,
    "deep XML": "<?xml version='1.0'?>" + "<a>" * DEEP,
    "entities": '<!DOCTYPE a [<!ENTITY b "c">]><PubmedArticleSet>&b;</PubmedArticleSet>',
    "nothing": "",
    "blank": " \n\t",
    "no text": "\x1b[2J\x07\x00",
}


@pytest.mark.slow
@pytest.mark.parametrize("what", HOSTILE)
def test_any_size_and_depth(what: str) -> None:
    for name in TARGETS:
        run(name, HOSTILE[what].encode())


def test_an_exception_of_another_kind_is_a_find(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: bytes) -> None:
        json.loads(data)

    monkeypatch.setitem(TARGETS, "broken", broken)
    with pytest.raises(ValueError, match="Expecting"):
        run("broken", b"x")


def test_a_reviewkit_error_is_no_find(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(data: bytes) -> None:
        raise ReviewkitError("no")

    monkeypatch.setitem(TARGETS, "refuses", refuses)
    run("refuses", b"x")


def test_no_folder_is_without_a_target() -> None:
    corpora = {corpus_of(name) for name in TARGETS}
    assert {folder.name for folder in CORPUS.iterdir()} == corpora
    assert {folder.name for folder in FINDS.iterdir() if folder.is_dir()} <= set(TARGETS)


def test_the_corpus_is_small_and_holds_no_abstracts() -> None:
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 200_000
    assert not [path.name for path in files if b"BACKGROUND:" in path.read_bytes().upper()]
