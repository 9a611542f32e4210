"""Somebody who looks at pages in Debian's Chromium, follows their links, and judges them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from common.settings import ROOT

CHROMIUM = Path("/usr/bin/chromium")
DESK, PHONE = 1400, 360
HEIGHT = 900
SERIOUS = ("serious", "critical")
NOT_FOUND = "the server responded with a status of 404"
"""What Chromium's console says of a page that is not there."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium, or skip the test where it is not there."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there: no page was opened in a browser")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


class Visitor:
    """Looks at pages of one place in a window as wide as a desk's.

    Args:
        browser: opens the window.
        home: the address of the console, or of a file.
        pictures: the folder that gets a picture of each page that is judged.
        scripts: whether JavaScript is switched on.

    Attributes:
        page: what the window shows.
        pictures: that folder.
        told: the messages of its console, and its requests to other places, since the last judging.
    """

    def __init__(
        self, browser: Browser, home: str, pictures: Path, *, scripts: bool = True
    ) -> None:
        context = browser.new_context(
            viewport={"width": DESK, "height": HEIGHT}, java_script_enabled=scripts
        )
        self.page: Page = context.new_page()
        self.told: list[str] = []
        self._home, self.pictures = home.rstrip("/"), pictures
        self.page.on("console", lambda message: self.told.append(message.text))
        self.page.on("pageerror", lambda error: self.told.append(str(error)))
        self.page.on("request", lambda asked: self._note(asked.url))

    def _note(self, url: str) -> None:
        if not f"{url}/".startswith(f"{self._home}/"):
            self.told.append(f"asked {url}")

    def open(self, path: str = "") -> None:
        """Type an address."""
        self.page.goto(self._home + path)

    def click(self, link: str | re.Pattern[str], within: str = "main") -> None:
        """Click the first link whose name contains a text, or is of a form."""
        self.follow(self.page.locator(within).get_by_role("link", name=link).first)

    def follow(self, link: Locator) -> None:
        """Click a link, and wait until all of where it leads is there: a click alone does not."""
        with self.page.expect_navigation():
            link.click()

    @property
    def path(self) -> str:
        """The path of the address that is shown."""
        return urlsplit(self.page.url).path

    @property
    def fragment(self) -> str:
        """The part of the page to which the address leads."""
        return urlsplit(self.page.url).fragment

    @property
    def text(self) -> str:
        """What the page says."""
        return self.page.locator("main").inner_text()

    def judge(self, name: str, *, known: bool = False, missing: bool = False) -> list[str]:
        """Take pictures of the page, on a desk and on a phone (also in dark colours there).

        Args:
            name: of the pictures.
            known: whether the same template is judged with other contents: then it is not looked
                at in dark colours, and not for barriers, which takes most of the time.
            missing: whether the page says that there is none, which Chromium notes.

        Returns:
            What is wrong with it.
        """
        faults = [line for line in self.told if not (missing and NOT_FOUND in line)]
        self.told.clear()
        for width, form in ((PHONE, "phone"), (DESK, "desk")):
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            for scheme in ("light",) if known or form == "desk" else ("dark", "light"):
                self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                picture = self.pictures / f"{name}-{form}-{scheme}.jpg"
                self.page.screenshot(path=picture, full_page=True, type="jpeg", quality=60)
                if form == "phone" and not known:
                    faults += self._barriers(scheme)
            faults += self._wider_than(width)
        return [f"{name} ({self.path}): {fault}" for fault in faults]

    def _barriers(self, scheme: str) -> list[str]:
        """Return what axe finds that keeps somebody out; the dark differs in its colours alone."""
        options: dict[str, object] = {"resultTypes": ["violations"]}
        if scheme == "dark":
            options["runOnly"] = ["color-contrast"]
        found = Axe().run(self.page, options=options).response["violations"]
        return [
            f"{one['id']} in {scheme}: {one['nodes'][0]['html']}"
            for one in found
            if one["impact"] in SERIOUS
        ]

    def _wider_than(self, width: int) -> list[str]:
        """Return why the page is scrolled sideways; named boxes in it may be, by keyboard too."""
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        faults = [f"{wide} px wide in a window of {width} px"] * (wide > width)
        mute = self.page.locator(".wide:not([tabindex='0'][aria-label])").count()
        return faults + [f"{mute} boxes scroll without a name or without the keyboard"] * (mute > 0)


def folder_of_pictures(name: str) -> Path:
    """Make a folder for a test's pictures, and empty it."""
    folder = ROOT / "out" / "pictures" / name
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.jpg"):
        old.unlink()
    return folder
