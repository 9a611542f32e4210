"""The visitor that judges pages finds each kind of fault, and none where there is none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.kit.browsing import Visitor, chromium

GOOD = "<!doctype html><html lang=en><title>A page</title><main><h1>A page</h1>{}</main></html>"
BAD = {
    "the console": ("<script>console.error('oh')</script>", "oh"),
    "an error": ("<script>missing()</script>", "missing is not defined"),
    "another host": ("<img alt=x src='http://other.example/x.png'>", "asked http://other.example/"),
    "its width": ("<div style='width:500px'>wide</div>", "508 px wide in a window of 360 px"),
    "a barrier": ("<img src='data:,'>", "image-alt in light"),
    "a colour": (
        "<style>@media(prefers-color-scheme:dark){p{color:#eee}}</style><p>pale",
        "in dark",
    ),
    "a mute box": ("<div class=wide>table</div>", "1 boxes scroll without a name"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    with chromium() as started:
        yield started


def faults(browser: Browser, folder: Path, body: str) -> list[str]:
    """Judge a page."""
    file = folder / "page.html"
    file.write_text(GOOD.format(body))
    visitor = Visitor(browser, file.as_uri(), folder)
    visitor.open()
    found = visitor.judge("page")
    visitor.page.context.close()
    return found


def test_a_good_page_has_no_fault_and_four_pictures(browser: Browser, tmp_path: Path) -> None:
    """On a desk and on a phone, in light and in dark colours."""
    assert faults(browser, tmp_path, "<p>Nothing to see.</p>") == []
    assert len(list(tmp_path.glob("page-*.png"))) == 4


@pytest.mark.parametrize("kind", BAD)
def test_each_kind_of_fault_is_found(kind: str, browser: Browser, tmp_path: Path) -> None:
    """A page that has it is named with it."""
    body, said = BAD[kind]
    found = faults(browser, tmp_path, body)
    assert any(said in fault for fault in found), found
