"""Whatever a source, an uploader or an address says is text on every page."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from common.handlers.console import answer
from common.runtime import Runtime, install
from local.simulator.ports.intercepted import Call, Do, intercepted
from tests.functions.conftest import app
from tests.functions.console.conftest import Get, reading, served
from tests.kit.browsing import PHONE, Visitor, chromium
from tests.kit.operated import gone_wrong
from tests.kit.outline import Outline

DATE = "2025-11-12"
KINDS = {
    "element": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)" x="',
    "quote": "' onfocus='alert(1)' autofocus='",
    "style": "</style><script>alert(1)</script><style>",
    "title": "</title></svg><iframe src=//evil.example></iframe>",
    "comment": "--><svg onload=alert(1)><!--",
    "address": "javascript:alert(1)//https://evil.example/?a=1&b=2#c",
    "template": "{{ 7 * 7 }}{% raw %}",
    "entity": "&lt;b&gt;&amp;#60;script&amp;#62;",
    "colour": "red;background:url(//evil.example/x);--a:expression(alert(1))",
    "drawing": "</text><animate onbegin=alert(1)><use href=data:image/svg+xml;base64,PHN2Zy8+#x>",
    "data": '</script>{"__proto__": {"a": 1}}\\u003cscript\\u003e',
    "header": "x\r\nSet-Cookie: a=b\r\n\r\n<script>alert(1)</script>",
    "controls": "a\x00b\x1b[31mc\x7f",
    "directions": "abc\u202egpj.exe\u2066\u200f\u061c",
    "no width": "adm\u200bin\u2060\ufeff\u00ad\U000e0041",
}
SEEN = {
    "header": KINDS["header"].replace("\r", r"\u000d"),
    "controls": r"a\u0000b\u001b[31mc\u007f",
    "directions": r"abc\u202egpj.exe\u2066\u200f\u061c",
    "no width": r"adm\u200bin\u2060\ufeff\u00ad\ue0041",
}
"""How a text looks that is not what it looks like; the others stand there as they are."""
FREE = ("reason", "error_message", "gcs_path", "detail", "key", "error_class")
"""Columns that hold what others wrote."""
NAMES = ("workflow_name", "scraper_name", "reason_code", "alert_level", "config_hash")
"""Columns that others could write: an uploader labels an object as he likes."""
HEADERS = {
    *("Content-Type", "Content-Length", "Content-Security-Policy", "X-Content-Type-Options"),
    *("Referrer-Policy", "Cache-Control"),
}
FORBIDDEN = {"script", "img", "iframe", "object", "embed", "link", "@style", "@src", "@onload"}


def poisoned(runtime: Runtime, text: str, columns: Sequence[str] = FREE) -> Runtime:
    """Return a runtime whose tables say a text wherever some columns hold one."""

    def say(call: Call, do: Do) -> Any:
        rows = do()
        if call.name not in ("select", "view"):
            return rows
        return [
            {name: text if name in columns and row[name] else row[name] for name in row}
            for row in rows
        ]

    return runtime.but(warehouse=intercepted(runtime.warehouse, say))


@cache
def addresses() -> Sequence[str]:
    """Return the address of one page of each kind on which much has failed."""
    held = json.loads(answer(gone_wrong().runtime, f"/day/{DATE}.json", {})[0])
    run = next(one for one in held["runs"] if one["workflow"] == "post_game_window_2")
    game = held["games"][0]["game_id"]
    of_run = (f"/run/{DATE}/{run['execution_id']}", f"/decision/{DATE}/{run['decision_id']}")
    return [f"/day/{DATE}", *of_run, f"/game/{DATE}/{game}", "/season", "/health"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_of_others_is_text_on_every_page(kind: str) -> None:
    """It stands there as it was written, and makes no element, attribute or address."""
    said = SEEN.get(kind, KINDS[kind])
    pages = read(poisoned(gone_wrong().runtime, KINDS[kind]))
    assert sum(said in page.text for page in pages) >= 4


def test_a_name_of_others_is_text_on_every_page() -> None:
    """Workflows, scrapers and codes as well, whatever is in them."""
    pages = read(poisoned(gone_wrong().runtime, " ".join(KINDS.values()), NAMES))
    said = " ".join(SEEN.get(kind, text) for kind, text in KINDS.items())
    assert sum(said in page.text for page in pages) >= 4


def read(runtime: Runtime) -> list[Outline]:
    """Read one page of each kind; none has an element, attribute or address of others."""
    install(reading(runtime))
    client, pages = app("console").test_client(), []
    for path in addresses():
        found = client.get(path)
        assert found.status_code == 200, path
        page = Outline(found.text)
        assert page.names.isdisjoint(FORBIDDEN), path
        assert not any(name.startswith("@on") for name in page.names), path
        assert all(link[0] in "/#" and not link.startswith("//") for link in page.links), path
        pages.append(page)
    install(None)
    return pages


def test_a_browser_does_nothing_that_a_text_asks_for(tmp_path: Path) -> None:
    """All of them at once, and a long one: no message, no request, and a phone still fits."""
    runtime = poisoned(gone_wrong().runtime, " ".join(KINDS.values()) + "x" * 400)
    with chromium() as browser, served(runtime) as home:
        visitor, texts = Visitor(browser, home, tmp_path), ""
        visitor.page.set_viewport_size({"width": PHONE, "height": 900})
        for path in addresses():
            visitor.open(path)
            texts += visitor.page.locator("main").text_content() or ""
            assert visitor.page.evaluate("document.documentElement.scrollWidth") == PHONE
            assert visitor.told == []
    assert texts.count("evil.example") > 50


@pytest.mark.parametrize("text", KINDS.values(), ids=KINDS)
def test_an_address_is_text(get: Get, text: str) -> None:
    """What is asked for stands in the answer as text, wherever in the address it was."""
    answers: list[TestResponse] = [
        get(f"/object/{DATE}", path=text),
        get("/day", date=text),
        get(f"/game/{DATE}/x", path=text),
    ]
    for found in answers:
        assert found.status_code in (400, 404)
        page = Outline(found.text)
        assert page.names.isdisjoint(FORBIDDEN)
        assert not any(name.startswith("@on") for name in page.names)
        assert set(found.headers.keys()) == HEADERS


@pytest.mark.parametrize("text", ["<b>&", "a/b", "%2e%2e", "x" * 5000])
def test_a_path_is_text(get: Get, text: str) -> None:
    """An id of any form is an id that is not there; a long one is cut."""
    found = get(f"/run/{DATE}/{text}")
    assert found.status_code == 404
    assert Outline(found.text).names.isdisjoint({"b", *FORBIDDEN})
    assert len(found.text) < 20_000
