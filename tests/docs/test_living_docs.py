"""The commands of docs/living.md run, in their order, on a review with a release and two runs."""

import re
from pathlib import Path

import pytest

from reviewkit.model.records import Verdict
from tests.conftest import PROJECT
from tests.helpers.command import reaching, reviewkit
from tests.helpers.living import corpus_of, make_living, work
from tests.servers.eutils_server import EutilsServer


@pytest.mark.slow
def test_the_commands_of_the_guide_run(tmp_path: Path) -> None:
    text = (PROJECT / "docs" / "living.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines()]
    assert len(commands) > 10
    with EutilsServer(corpus_of(4)) as server:
        review = make_living(tmp_path, server)
        review.update()
        review.decide("pubmed:1000", Verdict.EXCLUDE)
        server.corpus.add(work(2000, day="2026/01/09"))
        review.update()
        for command in commands:
            words = [word.strip('"') for word in command.split()][1:]
            if words[0] == "access":
                continue  # asks three other services; test_access does
            done = reviewkit(*words, cwd=tmp_path, settings=reaching(server))
            assert done.returncode == 0, (command, done.stderr)
            assert done.stdout or "--quiet" in words
