"""The pages in a real browser: links, sorting, searching, light and dark, a phone, print; axe-core finds no fault."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.browser import AXE, Page, browsing
from tests.helpers.command import copy_project, outputs, reviewkit
from tests.helpers.reports import hostile_review

pytestmark = pytest.mark.slow

PAGES = ("report", "hostile", "flow")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A reproduction report, a review report full of hostile texts, and a diagram with its lists."""
    home = tmp_path_factory.mktemp("pages")
    protocol = copy_project(home)
    assert reviewkit("reproduce", protocol, "--offline").returncode == 0
    flow = home / "flow.html"
    assert reviewkit("prisma", "-p", protocol, "--lang", "pt", "--out", flow).returncode == 0
    hostile = home / "hostile.html"
    place = hostile_review(home / "hostile")
    assert reviewkit("report", "-p", place.protocol_path, "--out", hostile).returncode == 0
    return {"report": outputs(home) / "report.html", "hostile": hostile, "flow": flow}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browsing(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture
def page(browser: Page) -> Page:
    browser.look()
    browser.complaints.clear()
    browser.requests.clear()
    return browser


@pytest.mark.parametrize("name", PAGES)
def test_it_complains_of_nothing_and_asks_nobody(
    page: Page, pages: dict[str, Path], name: str
) -> None:
    page.open(pages[name].as_uri())
    assert page.run("document.readyState") == "complete"
    assert page.requests == [pages[name].as_uri()]
    assert page.complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_no_text_of_the_diagram_leaves_its_box(
    page: Page, pages: dict[str, Path], name: str
) -> None:
    """On every machine, also where the fonts that it names are missing."""
    page.open(pages[name].as_uri())
    outside = page.run(
        """document.fonts.ready.then(() => [...document.querySelectorAll('figure svg g')]
        .filter(g => g.querySelector('rect') && g.querySelector('text'))
        .filter(g => g.querySelector('text').getBoundingClientRect().right
            > g.querySelector('rect').getBoundingClientRect().right)
        .map(g => g.textContent))"""
    )
    assert outside == []
    assert page.run("document.querySelectorAll('figure svg rect + text').length") > 4


@pytest.mark.parametrize("name", PAGES)
def test_every_box_with_records_leads_to_its_list(
    page: Page, pages: dict[str, Path], name: str
) -> None:
    page.open(pages[name].as_uri())
    boxes = page.run(
        "[...document.querySelectorAll('figure svg a')].map(a => a.getAttribute('href'))"
    )
    assert len(boxes) > 2
    for link in boxes:
        found = page.run(
            "(() => {"
            f"const link = document.querySelector('figure svg a[href=\"{link}\"]');"
            "link.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}));"
            "const list = document.querySelector(':target');"
            "return [link.closest('g').id, list.id, list.closest('.list').querySelectorAll('tbody tr').length];"
            "})()"
        )
        assert found[0].removeprefix("flow-") == found[1].removeprefix("list-")
        assert found[2] > 0


def test_a_list_holds_as_many_records_as_its_box_counts(page: Page, pages: dict[str, Path]) -> None:
    page.open(pages["report"].as_uri())
    document = json.loads(
        (pages["report"].parent / "reproduction.json").read_text(encoding="utf-8")
    )["flow"]["rerun"]
    rows = "document.getElementById('list-{}').closest('.list').querySelectorAll('tbody tr').length"
    # Nobody screens in a rerun: the lists are of what is left to be screened, and of the works.
    assert document["records_screened"] is None
    assert page.run(rows.format("box4")) == document["awaiting_screening"]
    assert page.run("document.getElementById('list-box5')") is None
    assert page.run(rows.format("box10")) == sum(work["n"] for work in document["included_works"])


def test_tables_filter_and_say_how_many(page: Page, pages: dict[str, Path]) -> None:
    page.open(pages["report"].as_uri())
    shown = page.run(
        "(() => {"
        "const list = document.getElementById('list-box4').closest('.list');"
        "const field = list.querySelector('input');"
        "const visible = () => [...list.querySelectorAll('tbody tr')].filter(row => !row.hidden);"
        "const all = visible().length;"
        "field.value = 'ESCLERÓSE microbiota'; field.dispatchEvent(new Event('input'));"
        "const some = visible().map(row => row.cells[0].textContent);"
        "const words = list.querySelector('output').textContent;"
        "field.value = ''; field.dispatchEvent(new Event('input'));"
        "return [all, some, words, visible().length];"
        "})()"
    )
    everything, some, answer, again = shown
    assert 0 < len(some) < everything == again
    assert all("esclerose" in title.lower() for title in some)
    assert answer == f"{len(some)} of {everything} shown"


@pytest.mark.parametrize("column", [0, 2])
def test_tables_sort_up_and_down(page: Page, pages: dict[str, Path], column: int) -> None:
    page.open(pages["report"].as_uri())
    up, down, said = page.run(
        "(() => {"
        "const list = document.getElementById('list-box4').closest('.list');"
        f"const head = list.querySelectorAll('th')[{column}];"
        f"const cells = () => [...list.querySelectorAll('tbody tr')].map(row => row.cells[{column}].textContent);"
        "head.querySelector('button').click(); const up = cells();"
        "head.querySelector('button').click();"
        "return [up, cells(), head.getAttribute('aria-sort')];"
        "})()"
    )
    lines = [text for text in up if text]
    by_hand = "new Intl.Collator('en', {numeric: true, sensitivity: 'base'}).compare"
    assert lines == page.run(f"{json.dumps(lines)}.toSorted({by_hand})")
    assert up == lines + [""] * (len(up) - len(lines)), "cells without a value stand last"
    assert lines[0] != lines[-1]
    assert (down[0], down[len(lines) - 1]) == (lines[-1], lines[0])
    assert said == "descending"


@pytest.mark.parametrize("name", PAGES)
def test_it_fits_a_phone_and_a_sheet_of_paper(
    page: Page, pages: dict[str, Path], name: str
) -> None:
    page.look(width=390)
    page.open(pages[name].as_uri())
    assert page.run("document.documentElement.scrollWidth") == 390
    page.look(width=720, media="print")
    assert page.run("document.documentElement.scrollWidth") <= 720
    assert page.run(
        "[...document.querySelectorAll('.tools')].every(e => getComputedStyle(e).display === 'none')"
    )


def test_light_and_dark_are_two_looks(page: Page, pages: dict[str, Path]) -> None:
    page.open(pages["report"].as_uri())
    light = page.run("getComputedStyle(document.body).backgroundColor")
    page.look(scheme="dark")
    assert (light, page.run("getComputedStyle(document.body).backgroundColor")) == (
        "rgb(255, 255, 255)",
        "rgb(20, 23, 28)",
    )


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core (npm install --no-save axe-core@4)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_serious_fault(
    page: Page, pages: dict[str, Path], name: str, scheme: str
) -> None:
    page.look(scheme=scheme)
    page.open(pages[name].as_uri())
    assert page.serious_faults() == []


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core (npm install --no-save axe-core@4)")
def test_axe_would_find_a_fault(page: Page, tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    broken.write_text(
        "<!DOCTYPE html><title>x</title><p style='color:#ccc'>x<img src=''><input>",
        encoding="utf-8",
    )
    page.open(broken.as_uri())
    assert {fault.split(":")[0] for fault in page.serious_faults()} >= {"image-alt", "label"}
