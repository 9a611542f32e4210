"""The visitor that judges pages finds each kind of fault, and none where there is none."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from time import sleep

import pytest
from playwright.sync_api import Browser

from tests.kit.browsing import Visitor, chromium
from tests.kit.serving import serving

GOOD = "<!doctype html><html lang=en><title>A page</title><main><h1>A page</h1>{}</main></html>"
BAD = {
    "oh": "<script>console.error('oh')</script>",
    "missing is not defined": "<script>missing()</script>",
    "asked http://other.example/": "<img alt=x src='http://other.example/x.png'>",
    "508 px wide in a window of 360 px": "<div style='width:500px'>wide</div>",
    "image-alt in light": "<img src='data:,'>",
    "color-contrast in dark": (
        "<style>@media(prefers-color-scheme:dark){p{color:#eee}}</style><p>pale"
    ),
    "1 boxes scroll without a name or without the keyboard": "<div class=wide>table</div>",
}
"""What is said of a page, and what makes it so."""


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


def test_a_good_page_has_no_fault_and_three_pictures(browser: Browser, tmp_path: Path) -> None:
    """On a desk and on a phone, in light and in dark colours."""
    assert faults(browser, tmp_path, "<p>Nothing to see.</p>") == []
    assert len(list(tmp_path.glob("page-*.jpg"))) == 3


def test_each_kind_of_fault_is_found(browser: Browser, tmp_path: Path) -> None:
    """A page that has all of them is named with each."""
    found = "\n".join(faults(browser, tmp_path, "".join(BAD.values())))
    assert [said for said in BAD if said not in found] == []
    assert "color-contrast in light" not in found


class Halting(BaseHTTPRequestHandler):
    """Answers with the first half of a page, and a moment later with the second."""

    def do_GET(self) -> None:
        """Stop in the middle."""
        half, rest = GOOD.format("<a href=/next>next</a><!---->").split("<!---->")
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(half.encode())
        sleep(0.2)
        self.wfile.write(f"<p>All of {self.path}{rest}".encode())

    def log_message(self, *_: object) -> None:
        """Write nothing."""


def test_a_click_waits_for_all_of_the_next_page(browser: Browser, tmp_path: Path) -> None:
    """What is read right after it is the page that the link leads to, to its end."""
    server = HTTPServer(("127.0.0.1", 0), Halting)
    with serving(server):
        visitor = Visitor(browser, f"http://127.0.0.1:{server.server_port}", tmp_path)
        visitor.open("/first")
        visitor.click("next")
        assert "All of /next" in visitor.page.content()
        visitor.page.context.close()
