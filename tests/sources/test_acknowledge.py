"""Phrases that PubMed does not know: all named at once, and searched where they are acknowledged."""

from pathlib import Path

import pytest

from reviewkit.http import Response
from reviewkit.model.errors import NotARealAnswer
from reviewkit.query.compile import EVERY_PHRASE
from reviewkit.sources import eutils
from tests.helpers.searching import search
from tests.servers.eutils_corpus import Corpus, made_entry
from tests.servers.eutils_server import EutilsServer

QUERY = '"Nowhere"[mh] OR "Neither"[mh] OR invented[ti]'


def test_all_unknown_phrases_are_named_at_once(tmp_path: Path) -> None:
    with EutilsServer(Corpus([made_entry(1, created=None)])) as server:
        with pytest.raises(NotARealAnswer) as caught:
            search(server, tmp_path, QUERY)
        assert "Nowhere" in caught.value.what
        assert "Neither" in caught.value.what
        with pytest.raises(NotARealAnswer) as caught:
            search(server, tmp_path, QUERY, acknowledged=('"Nowhere"[mh]',))
        assert "Neither" in caught.value.what
        assert "Nowhere" not in caught.value.what


def test_acknowledged_phrases_are_searched_and_stay_in_the_warnings(tmp_path: Path) -> None:
    with EutilsServer(Corpus([made_entry(1, created=None)])) as server:
        done = search(server, tmp_path, QUERY, acknowledged=(EVERY_PHRASE,))
    assert done.run.count == 1
    assert len([one for one in done.run.warnings if "NotFound" in one]) == 2


CUT = (
    b"<eSearchResult><Count>1</Count><IdList><Id>1</Id></IdList><WarningList><OutputMessage>"
    b"Wildcard search for 'micro*' used only the first 600 variations</OutputMessage>"
    b"</WarningList></eSearchResult>"
)


@pytest.mark.parametrize(
    ("acknowledged", "passes"), [((), False), ((EVERY_PHRASE,), False), (("micro*",), True)]
)
def test_a_wildcard_that_was_cut_off_makes_the_search_incomplete(
    acknowledged: tuple[str, ...], passes: bool
) -> None:
    judge = eutils.judge_list(acknowledged, most=10)
    request = eutils.ask_list("micro*", most=10)
    flaw = judge(
        Response(request=request, status=200, headers={}, body=CUT, received_at="2026-01-01")
    )
    assert (flaw is None) == passes
