"""Whatever a source, an uploader or an address says is text on every page."""

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from common.handlers.console import answer
from common.runtime import Runtime, install
from local.simulator.ports.intercepted import Call, Do, intercepted
from tests.functions.conftest import app
from tests.functions.console.conftest import Get, reading
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
    "controls": "a\x00b\x1b[31mc\u202ed\ufeff",
}
FREE = ("reason", "error_message", "gcs_path", "detail", "key")
"""Columns that hold what others wrote."""
FORBIDDEN = {"script", "img", "iframe", "object", "embed", "link", "@style", "@src", "@onload"}


def poisoned(runtime: Runtime, text: str) -> Runtime:
    """Return a runtime whose tables say a text wherever they hold one of others."""

    def say(call: Call, do: Do) -> Any:
        rows = do()
        if call.name not in ("select", "view"):
            return rows
        return [
            {name: text if name in FREE and row[name] else row[name] for name in row}
            for row in rows
        ]

    return runtime.but(warehouse=intercepted(runtime.warehouse, say))


def addresses() -> list[str]:
    """Return the address of one page of each kind on which much has failed."""
    held = json.loads(answer(gone_wrong().runtime, f"/day/{DATE}.json", {})[0])
    run = next(one for one in held["runs"] if one["workflow"] == "post_game_window_2")
    game = held["games"][0]["game_id"]
    of_run = (f"/run/{DATE}/{run['execution_id']}", f"/decision/{DATE}/{run['decision_id']}")
    return [f"/day/{DATE}", *of_run, f"/game/{DATE}/{game}", "/season", "/health"]


@pytest.mark.parametrize("text", KINDS.values(), ids=KINDS)
def test_a_text_of_others_is_text_on_every_page(text: str) -> None:
    """It stands there as it was written, and makes no element, attribute or address."""
    install(reading(poisoned(gone_wrong().runtime, text)))
    client = app("console").test_client()
    shown = 0
    for path in addresses():
        found = client.get(path)
        assert found.status_code == 200, path
        page = Outline(found.text)
        assert page.names.isdisjoint(FORBIDDEN), path
        assert not any(name.startswith("@on") for name in page.names), path
        assert all(link[0] in "/#" and not link.startswith("//") for link in page.links), path
        shown += text.replace("\x00", "\ufffd") in page.text or text in page.text
    install(None)
    assert shown >= 4


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


@pytest.mark.parametrize("text", ["<b>&", "a/b", "%2e%2e", "x" * 5000])
def test_a_path_is_text(get: Get, text: str) -> None:
    """An id of any form is an id that is not there; a long one is cut."""
    found = get(f"/run/{DATE}/{text}")
    assert found.status_code == 404
    assert Outline(found.text).names.isdisjoint({"b", *FORBIDDEN})
    assert len(found.text) < 20_000
