"""Updates that look for what newly cites the included records, where the protocol asks for it."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from reviewkit.model.errors import ProtocolError, UsageError
from reviewkit.protocol.parse import parse_protocol
from reviewkit.store import Store
from reviewkit.store.citations import citation_runs
from reviewkit.store.run_log import records_new_to_updates
from reviewkit.workflow.project import ReviewProject, open_project
from reviewkit.workflow.updates.update import update
from reviewkit.workflow.updates.update_models import UpdateOptions, UpdateResult
from reviewkit.workflow.updates.update_text import update_lines, update_markdown
from tests.servers.openalex_server import work
from tests.workflow.test_citations import CITED, DAY, Services, make_included, searcher_of


@pytest.fixture
def services() -> Iterator[Services]:
    with ExitStack() as stack:
        yield Services(stack)


def asking(project: ReviewProject, table: str) -> ReviewProject:
    """The project with a [citations] table in its protocol."""
    text = project.protocol_path.read_text(encoding="utf-8")
    project.protocol_path.write_text(f"{text}\n{table}\n", encoding="utf-8")
    return open_project(project.protocol_path)


FORWARD = '[citations]\ndirections = ["forward"]\nindexes = ["openalex"]'


def updated(project: ReviewProject, services: Services, *, days: int = 0) -> UpdateResult:
    result = update(project, searcher_of(services, days=days), UpdateOptions())
    assert result is not None
    return result


@pytest.mark.slow
def test_what_newly_cites_an_included_record_is_news(tmp_path: Path, services: Services) -> None:
    project = asking(make_included(tmp_path), FORWARD)
    first = updated(project, services)
    assert first.citations is not None
    assert [one.record for one in first.citations.new] == ["citations:W300"]
    assert first.is_news
    assert first.queued == 1

    calm = updated(project, services, days=7)
    assert calm.citations is not None
    assert (calm.citations.new, calm.is_news, calm.is_incomplete) == ((), False, False)

    services.openalex.works.append(work(301, refers=(101,)))
    third = updated(project, services, days=14)
    lines = "\n".join(update_lines(third))
    assert "Citation searching: 1 new record, from 2 included records (OpenAlex, forward)." in lines
    assert "  + Invented work on dysbiosis 301 (citations:W301)" in lines
    assert "Citation searching" in update_markdown(third, title="t")
    assert json.loads(json.dumps(third.as_json()))["citations"]["seeds"] == 2
    with Store(project.database, now=DAY) as store:
        assert records_new_to_updates(store) == {"citations:W300", "citations:W301"}


@pytest.mark.slow
def test_an_index_that_fails_makes_the_update_partial(tmp_path: Path, services: Services) -> None:
    project = asking(make_included(tmp_path), FORWARD)
    services.openalex.budget = 0
    result = updated(project, services)
    assert result.is_incomplete
    assert result.outcome == "failed"
    assert "Citation searching: failed. OpenAlex, forward" in "\n".join(update_lines(result))
    services.openalex.budget = None
    calm = updated(project, services)
    assert calm.citations is not None
    assert len(calm.citations.new) == 1


def test_a_dry_run_stores_nothing(tmp_path: Path, services: Services) -> None:
    project = asking(make_included(tmp_path), FORWARD)
    result = update(project, searcher_of(services), UpdateOptions(), dry_run=True)
    assert result is not None
    assert result.citations is not None
    assert len(result.citations.new) == 1
    with Store(project.database, now=DAY) as store:
        assert citation_runs(store) == ()


def test_without_the_table_no_index_is_asked(tmp_path: Path, services: Services) -> None:
    result = updated(make_included(tmp_path), services)
    assert result.citations is None
    assert services.asked() == 0
    assert "run `reviewkit citations`" in "\n".join(update_lines(result))


def test_the_table_is_checked(tmp_path: Path, services: Services) -> None:
    project = make_included(tmp_path)
    text = project.protocol_path.read_text(encoding="utf-8")
    with pytest.raises(ProtocolError) as wrong:
        parse_protocol(f'{text}\n[citations]\ndirections = ["up"]\n', where="here")
    assert "citations.directions" in str(wrong.value.mistakes)
    with pytest.raises(ProtocolError) as alone:
        parse_protocol(f"{text}\n{FORWARD}\n".replace(CITED, ""), where="here")
    assert 'role = "citations"' in str(alone.value.mistakes)
    unknown = asking(project, '[citations]\ndirections = ["forward"]\nindexes = ["lens"]')
    with pytest.raises(UsageError, match="no index of citations 'lens'"):
        update(unknown, searcher_of(services), UpdateOptions())
