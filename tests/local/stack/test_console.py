"""The console of a kept stack, in a real browser, after a day on which three sources refused."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from common.pages.day import read_day
from common.pages.render import render
from local.operate.reach import reach_stack
from local.stack.driver import KEPT_FILE
from tests.kit.browsing import Visitor, chromium, folder_of_pictures
from tests.local.stack import rough_day as rough
from tests.local.stack.rough_day import DAY, RoughDay

pytestmark = pytest.mark.stack
DATE, BEFORE = f"{DAY}", f"{rough.BEFORE}"
PRESSES = 120
"""Of Tab: through the menu, the time line and the games, into the decisions."""


@dataclass(frozen=True)
class Lived:
    """A day that was lived on a stack, which is kept.

    Attributes:
        console: its address.
        report: the path of the day's page.
    """

    console: str
    report: Path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def lived(
    browser: Browser, rough_day: RoughDay, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lived]:
    """Keep the stack and write the day's page, as `day --keep` does."""
    assert browser.is_connected()  # without one it skips before the day is lived
    if KEPT_FILE.exists():
        pytest.skip("a kept stack is up on this machine")
    report = tmp_path_factory.mktemp("day") / "day.html"
    report.write_text(render(read_day(reach_stack(rough_day.stack), DAY), alone=True))
    stack = rough_day.stack
    stack.keep()
    try:
        yield Lived(stack.where["functions"]["console"], report)
    finally:
        stack.stop()
        os.waitpid(stack.where["pid"], 0)  # `stop` would wait long for a child of this process
        KEPT_FILE.unlink()


@pytest.fixture(scope="module")
def pictures() -> Path:
    """Make the folder of the pictures."""
    return folder_of_pictures("kept-stack")


@pytest.fixture
def visitor(
    browser: Browser, lived: Lived, pictures: Path, record_property: Any
) -> Iterator[Visitor]:
    """Sit down before the console."""
    record_property("pictures", str(pictures))
    visitor = Visitor(browser, lived.console, pictures)
    yield visitor
    visitor.page.context.close()


def test_a_stranger_goes_from_the_day_to_an_object_and_back(visitor: Visitor) -> None:
    """Each page is reached by a click from the one before, says why, and has no fault."""
    page = visitor.page
    visitor.open("/")
    assert page.get_by_role("heading", level=1).inner_text() == f"Wednesday, {DATE}"
    faults = visitor.judge("day")
    visitor.click(re.compile("^missing$"))
    assert visitor.path.startswith(f"/game/{DATE}/")
    assert "answered 503" in visitor.text
    faults += visitor.judge("game")
    datum = page.locator(f"h2[id={visitor.fragment}] ~ details").first
    datum.locator("summary").click()
    visitor.follow(datum.get_by_role("link", name="RUN READY"))
    assert "What would have changed it" in visitor.text
    faults += visitor.judge("decision")
    visitor.click("the run")
    assert "503" in visitor.text
    faults += visitor.judge("run")
    visitor.click("failed/")
    assert "FAILED" in visitor.text
    faults += visitor.judge("object")
    visitor.click("its decision")
    assert visitor.path.startswith(f"/decision/{DATE}/")
    page.go_back()
    visitor.click("its game")
    visitor.click("The day")
    assert visitor.path == f"/day/{DATE}"
    assert faults == []


def test_every_other_page_has_no_fault(visitor: Visitor) -> None:
    """What is collected for the date, the season, health, and no page; a SKIP and a day lead on."""
    visitor.open(f"/day/{DATE}")
    visitor.click("nbac_referee_assignments")
    assert visitor.path == f"/date/{DATE}"
    faults = visitor.judge("date", known=True)
    visitor.page.go_back()
    visitor.click("SKIP")
    assert "Next check" in visitor.text
    visitor.click("Season", within="header")
    faults += visitor.judge("season")
    visitor.click(DATE)
    visitor.click("the day before")
    assert visitor.path == f"/day/{BEFORE}"
    visitor.click("Health", within="header")
    assert "Something is wrong" in visitor.text
    faults += visitor.judge("health")
    visitor.open("/nothing")
    faults += visitor.judge("no-page", missing=True)
    assert faults == []


def test_without_scripts_the_console_is_the_same(
    browser: Browser, lived: Lived, pictures: Path
) -> None:
    """A date is asked for, a story unfolded and a link followed with JavaScript switched off."""
    visitor = Visitor(browser, lived.console, pictures, scripts=False)
    page = visitor.page
    visitor.open("/season")
    page.get_by_label("Day", exact=True).fill(DATE)
    page.get_by_role("button", name="Show").press("Enter")
    page.wait_for_url(f"**/day?date={DATE}")
    assert page.get_by_role("heading", level=1).inner_text() == f"Wednesday, {DATE}"
    page.get_by_text("Reasons of betting_lines").click()
    visitor.follow(page.locator("details[open]").get_by_role("link", name="RUN READY").first)
    assert visitor.path.startswith(f"/decision/{DATE}/")
    assert visitor.told == []
    page.context.close()


STOPS = """
() => {
  window.stops = [];
  document.addEventListener('focusin', event => {
    const it = event.target;
    const drawn = it.querySelector(':scope > rect, :scope > circle');
    const seen = getComputedStyle(it).outlineStyle !== 'none' &&
      (!drawn || getComputedStyle(drawn).strokeWidth === '2px');
    window.stops.push([it.getAttribute('href') ?? it.getAttribute('aria-label') ?? '', seen]);
  });
}
"""
WANTED = """
() => [...document.querySelectorAll('a, input, button, summary, [tabindex="0"]')]
  .filter(it => it.tabIndex >= 0 && it.checkVisibility())
  .map(it => it.getAttribute('href') ?? it.getAttribute('aria-label') ?? '')
"""


def test_the_keyboard_reaches_every_cell_and_bar(visitor: Visitor) -> None:
    """Tab goes through the page in its order, from the link that skips the menu, and shows where.

    A SKIP is a stop among the decisions below the time line, not on it.
    """
    visitor.open(f"/day/{DATE}")
    page = visitor.page
    wanted = page.evaluate(WANTED)
    page.evaluate(STOPS)
    for _ in range(PRESSES):
        page.keyboard.press("Tab")
    stops = page.evaluate("window.stops")
    assert stops[0][0] == "#main"
    assert len(stops) > PRESSES - 4  # the field of a date has some parts
    assert [to for to, _ in stops] == wanted[: len(stops)]
    assert [to for to, seen in stops if not seen] == []
    linked = page.locator("svg a:not(.skip), td a").evaluate_all(
        "all => all.map(it => it.getAttribute('href'))"
    )
    assert len(linked) > 100
    assert set(linked) <= set(wanted)


def test_a_screen_reader_hears_what_is_drawn(visitor: Visitor) -> None:
    """Each part of the time line has a name in words, and so has each cell's row and column."""
    visitor.open(f"/day/{DATE}")
    page = visitor.page
    heard = page.get_by_role("region", name="Time line").aria_snapshot()
    for said in (
        f'group "Time line of {DATE}"',
        'link "BOS@CHA, tip-off 18:00 ET, final"',
        'img "betting_lines planned for 12:00 ET"',
        'link "betting_lines 12:00 ET RUN: Ready: 2 games today, 6h until first game"',
        "ET PARTIAL: 5 of 6 tasks, 1 failed",
    ):
        assert said in heard
    drawn = page.locator("svg a, svg g").count()
    assert len(re.findall(r'^ *- \'?(?:link|img) ".{9,}"', heard, re.MULTILINE)) == drawn
    table = page.get_by_role("region", name="Games and their data").aria_snapshot()
    assert 'columnheader "nbac_play_by_play"' in table
    assert 'rowheader "BOS@CHA"' in table


def test_the_report_is_a_file_of_its_own(
    browser: Browser, lived: Lived, pictures: Path, record_property: Any
) -> None:
    """Opened as a file it asks for nothing else, has no fault, and each link leads within it."""
    record_property("pictures", str(pictures))
    visitor = Visitor(browser, lived.report.as_uri(), pictures)
    visitor.open()
    assert visitor.judge("report", known=True) == []
    page = visitor.page
    assert page.locator("form, header").count() == 0
    links = page.locator("a").evaluate_all("all => all.map(it => it.getAttribute('href'))")
    ids = page.locator("[id]").evaluate_all("all => all.map(it => it.id)")
    assert len(links) > 100
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert [link for link in links if not link.startswith("#")] == []
    visitor.follow(page.get_by_role("link", name="RUN", exact=True).first)
    assert page.locator(":target").is_visible()
    page.context.close()
