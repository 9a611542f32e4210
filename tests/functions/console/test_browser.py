"""Each page in a real browser: no error, no other host, no barrier, and no sideways scrolling."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from common.runtime import install
from local.bench.console.pages import make_season
from tests.functions.conftest import app
from tests.functions.console.conftest import reading
from tests.kit.operated import gone_wrong

CHROMIUM = Path("/usr/bin/chromium")
DATE = "2025-11-12"
PAGES = ("day", "game", "decision", "run", "object", "season", "health", "no_page")
PHONE, DESK = 360, 1400
SEASON_DAYS = 60
SERIOUS = ("serious", "critical")
pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Serve the day that went partly wrong; yield the console's address."""
    install(reading(gone_wrong().runtime))
    made = make_server("127.0.0.1", 0, app("console"), threaded=True)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    thread.join()
    install(None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there: no page was opened in a browser")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.fixture(scope="module")
def addresses() -> dict[str, str]:
    """Return the path of one page of each kind."""
    client = app("console").test_client()
    held = json.loads(client.get(f"/day/{DATE}.json").text)
    run = next(one for one in held["runs"] if one["workflow"] == "post_game_window_2")
    task = held["tasks"][run["execution_id"]][0]
    return {
        "day": f"/day/{DATE}",
        "game": f"/game/{DATE}/{held['games'][0]['game_id']}",
        "decision": f"/decision/{DATE}/{run['decision_id']}",
        "run": f"/run/{DATE}/{run['execution_id']}",
        "object": f"/object/{DATE}?path={quote(task['gcs_path'])}",
        "season": "/season",
        "health": "/health",
        "no_page": "/nothing",
    }


class Opened:
    """A page that was opened, and what it did.

    Attributes:
        page: the page.
        told: the messages of its console, and its requests to other hosts.
    """

    def __init__(self, browser: Browser, *, width: int = DESK, dark: bool = False) -> None:
        scheme = "dark" if dark else "light"
        self.page: Page = browser.new_page(
            viewport={"width": width, "height": 800}, color_scheme=scheme
        )
        self.told: list[str] = []
        self.page.on("console", lambda message: self.told.append(message.text))
        self.page.on("pageerror", lambda error: self.told.append(str(error)))

    def go(self, server: str, path: str) -> None:
        """Open an address, and note what is asked of other hosts."""
        self.page.on("request", lambda asked: self._note(server, asked.url))
        self.page.goto(server + path)

    def _note(self, server: str, url: str) -> None:
        if not url.startswith(server):
            self.told.append(url)


def serious(page: Page) -> list[tuple[str, str]]:
    """Return what axe finds that keeps somebody out, with the first element of each kind."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in SERIOUS]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_quiet_and_has_no_barrier(
    name: str, browser: Browser, server: str, addresses: dict[str, str], tmp_path: Path
) -> None:
    """Light and dark: nothing is logged, no other host asked, and axe finds nothing serious."""
    for dark in (False, True):
        opened = Opened(browser, dark=dark)
        opened.go(server, addresses[name])
        opened.page.screenshot(path=tmp_path / f"{name}-{'dark' if dark else 'light'}.png")
        assert serious(opened.page) == []
        allowed = [line for line in opened.told if name == "no_page" and "404" in line]
        assert opened.told == allowed
        opened.page.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_needs_no_sideways_scrolling(
    name: str, browser: Browser, server: str, addresses: dict[str, str], tmp_path: Path
) -> None:
    """At 360 px only boxes of wide tables scroll; they can be reached by keyboard."""
    opened = Opened(browser, width=PHONE)
    opened.go(server, addresses[name])
    opened.page.screenshot(path=tmp_path / f"{name}-phone.png", full_page=True)
    assert opened.page.evaluate("document.documentElement.scrollWidth") == PHONE
    wide = opened.page.locator(".wide")
    for number in range(wide.count()):
        assert wide.nth(number).get_attribute("tabindex") == "0"
        assert wide.nth(number).get_attribute("aria-label")
    opened.page.close()


def test_a_season_of_days_has_no_barrier_and_fits_a_phone(
    browser: Browser, server: str, tmp_path: Path
) -> None:
    """Each day has a row, and each cell leads on."""
    runtime, _ = make_season(SEASON_DAYS)
    install(reading(runtime))
    opened = Opened(browser, width=PHONE)
    opened.go(server, "/season")
    opened.page.screenshot(path=tmp_path / "season-of-days.png")
    assert opened.page.locator("tbody tr").count() == SEASON_DAYS
    assert opened.page.evaluate("document.documentElement.scrollWidth") == PHONE
    assert serious(opened.page) == []
    assert opened.told == []
    opened.page.close()
    install(reading(gone_wrong().runtime))


def test_the_keyboard_reaches_the_content_first(
    browser: Browser, server: str, addresses: dict[str, str]
) -> None:
    """The first stop skips what is on every page, and a date can be typed and sent."""
    opened = Opened(browser)
    opened.go(server, addresses["health"])
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    opened.page.get_by_label("Day", exact=True).fill(DATE)
    opened.page.get_by_role("button", name="Show").press("Enter")
    opened.page.wait_for_url(f"**/day?date={DATE}")
    assert opened.page.get_by_role("heading", level=1).inner_text() == f"Wednesday, {DATE}"
    assert opened.told == []
    opened.page.close()


def test_a_stranger_finds_why_a_datum_is_missing(
    browser: Browser, server: str, addresses: dict[str, str]
) -> None:
    """From the day over the cell to the attempt, its object, its run and its decision."""
    opened = Opened(browser)
    page = opened.page
    opened.go(server, addresses["day"])
    page.get_by_role("link", name="missing", exact=True).first.click()
    assert "/game/" in page.url
    assert "answered 503" in page.locator("main").inner_text()
    page.get_by_role("link", name="run", exact=True).last.click()
    page.get_by_role("link", name="RUN READY").click()
    assert page.get_by_role("heading", name="What would have changed it").is_visible()
    page.get_by_role("link", name="The day").click()
    assert page.url.endswith(f"/day/{DATE}")
    page.close()
