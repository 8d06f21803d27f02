"""Reports of many records: a page stays small, its long lists are beside it and can be searched."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reviewkit.prisma.diagram.writers.long_lists import FIRST_SHOWN, LONGEST_IN_PAGE
from tests.helpers.browser import Page, browsing
from tests.helpers.command import reviewkit
from tests.helpers.screening_review import make_records, make_review

pytestmark = pytest.mark.slow

COUNT = 2_500
RARE = "</script><b>zebra</b>\u2028 fish"
SHOWN = "document.querySelectorAll('#list-box2 ~ .scroll tbody tr').length"
COUNT_LINE = "document.querySelector('#list-box2 ~ .count').textContent"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a review with 2,500 records, of which the last has a rare title."""
    home = tmp_path_factory.mktemp("many")
    records = make_records(COUNT)
    records[7] = replace(records[7], title=RARE, year=1900)
    project = make_review(home, records=records)
    page = home / "a report.html"
    done = reviewkit("report", "-p", project.protocol_path, "--out", page)
    assert done.returncode == 0, done.stderr
    return page


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browsing(tmp_path_factory.mktemp("profile")) as page:
        yield page


def wait_for(browser: Page, expression: str) -> None:
    for _ in range(100):
        if browser.run(expression):
            return
        time.sleep(0.1)
    raise AssertionError(browser.run(COUNT_LINE))


def search(browser: Page, words: str) -> None:
    browser.run(
        "(() => { const field = document.querySelector('#list-box2 ~ .tools input');"
        f"field.value = {json.dumps(words)}; field.dispatchEvent(new Event('input')); }})()"
    )


def test_the_page_has_the_first_records_and_the_folder_all(page: Path) -> None:
    files = sorted((page.parent / "a report.records").iterdir())
    of_all = [file for file in files if file.name.startswith("box2-")]
    rows = [row for file in of_all for row in json.loads(file.read_text()[22:-3].lstrip(","))]
    assert len(rows) == COUNT > LONGEST_IN_PAGE
    assert page.stat().st_size < 500_000
    text = page.read_text(encoding="utf-8")
    assert text.count("pubmed:0") < 10 * FIRST_SHOWN


def test_a_search_looks_through_all_records_and_keeps_what_fits(page: Path, browser: Page) -> None:
    browser.complaints.clear()
    browser.open(page.as_uri())
    assert browser.run(SHOWN) == FIRST_SHOWN
    search(browser, "ZEBRA fish")
    wait_for(browser, f"{SHOWN} === 1")
    assert browser.run("document.querySelectorAll('#list-box2 ~ .scroll tbody b').length") == 0
    wait_for(browser, f"{COUNT_LINE} === '1 of 2500 shown'")
    search(browser, "on mice")
    wait_for(browser, f"{SHOWN} === 100 && {COUNT_LINE} === '100+ of 2500 shown'")
    browser.run("document.querySelector('#list-box2 ~ p .more').click()")
    wait_for(browser, f"{SHOWN} === 200")
    search(browser, "no such words")
    wait_for(browser, f"{COUNT_LINE} === '0 of 2500 shown'")
    assert browser.complaints == []
    assert all(address.startswith("file:") for address in browser.requests)


def test_the_list_can_be_read_on_without_a_search(page: Path, browser: Page) -> None:
    browser.open(page.as_uri())
    browser.run("document.querySelector('#list-box2 ~ p .more').click()")
    wait_for(browser, f"{SHOWN} === 200 && {COUNT_LINE} === '200 of 2500 shown'")
    first = browser.run("document.querySelector('#list-box2 ~ .scroll tbody a').href")
    assert first.startswith("https://doi.org/10.1000/")


def test_a_page_without_its_folder_says_so(page: Path, browser: Page, tmp_path: Path) -> None:
    alone = tmp_path / page.name
    alone.write_bytes(page.read_bytes())
    browser.open(alone.as_uri())
    search(browser, "mice")
    wait_for(browser, f"{COUNT_LINE}.includes('a report.records')")


def test_the_page_on_standard_output_tells_where_the_others_are(page: Path) -> None:
    shown = reviewkit("report", "-p", page.parent / "protocols" / "guts.toml", "--format", "html")
    assert "100 of 2500 shown. The others are in" in shown.stdout
    assert "strict-dynamic" not in shown.stdout


def test_a_smaller_page_takes_the_folder_away(page: Path, tmp_path: Path) -> None:
    project = make_review(tmp_path, count=3)
    out = tmp_path / "a report.html"
    folder = tmp_path / "a report.records"
    folder.mkdir()
    (folder / "box2-0.js").write_text("old")
    assert reviewkit("report", "-p", project.protocol_path, "--out", out).returncode == 0
    assert not folder.exists()
