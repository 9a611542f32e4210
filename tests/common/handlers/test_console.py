"""Which address leads to which page, and what is told of one that leads to none."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from common.errors import BadInputError, ConfigError, TransientError
from common.handlers.console import answer
from common.pages.error import ErrorPage
from common.pages.render import policy
from tests.kit.situations import et
from tests.kit.tables import holding
from tests.kit.world import DAY


class Seen:
    """The pages that were read, by what they were read of."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.read: list[object] = []
        for name in ("read_day", "read_season"):
            patch.setattr(f"common.handlers.console.{name}", self._page)

    def _page(self, _: object, what: object) -> ErrorPage:
        self.read.append(what)
        return ErrorPage(400, "a page")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Have days and seasons only noted."""
    return Seen(monkeypatch)


@pytest.mark.parametrize(
    ("path", "asked", "read"),
    [
        ("/day/2000-01-01", {}, date(2000, 1, 1)),
        ("/day/2099-12-31.json", {}, date(2099, 12, 31)),
        ("/day/2025-11-12", {"date": "2025-11-13"}, DAY),
        ("/day", {"date": "2025-11-12"}, DAY),
        ("/season/2000", {}, 2000),
        ("/season/2099.json", {}, 2099),
    ],
)
def test_an_address_says_what_is_shown(
    path: str, asked: Mapping[str, str], read: object, seen: Seen
) -> None:
    """Its path before what stands behind it."""
    assert answer(holding(), path, asked)[1] == 200
    assert seen.read == [read]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        *(("/day", "html"), ("/index", "html"), ("/seasons", "html")),
        *(("/day.json", "json"), ("/index.json", "json"), ("/seasons.json", "json")),
    ],
)
@pytest.mark.usefixtures("seen")
def test_a_page_says_of_which_kind_it_is(path: str, kind: str) -> None:
    """What a browser shows and what a program reads, a refusal too."""
    body, _, headers = answer(holding(), path, {"date": "2025-11-12"})
    kinds = {"html": "text/html; charset=utf-8", "json": "application/json"}
    assert headers["Content-Type"] == kinds[kind]
    assert body.startswith("{" if kind == "json" else "<!doctype html>")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(("/day/1999-12-31", 400), ("/day/2100-01-01", 400), ("/day/2025-02-30", 400)),
        *(
            ("/day/\u0662\u0660\u0662\u0665-11-12", 400),
            ("/day/20251112", 400),
            ("/day", 400),
            ("/day/", 404),
        ),
        *(("/season/1999", 404), ("/season/2100", 404), ("/season/20255", 404), ("/seasons", 404)),
    ],
)
def test_an_address_that_says_nothing_is_refused(path: str, status: int, seen: Seen) -> None:
    """Nothing is read for it."""
    assert answer(holding(), path, {})[1] == status
    assert seen.read == []


@pytest.mark.parametrize(
    ("now", "day", "year"),
    [
        ("2026-07-31 23:59", date(2026, 7, 31), 2025),
        ("2026-08-01 00:00", date(2026, 8, 1), 2026),
        ("2026-01-01 00:00", date(2026, 1, 1), 2025),
    ],
)
def test_today_and_this_season_are_eastern(now: str, day: date, year: int, seen: Seen) -> None:
    """In UTC it is the next day already."""
    for path in ("/", "/index.json", "/season"):
        answer(holding(et(now)), path, {})
    assert seen.read == [day, day, year]


@pytest.mark.parametrize(
    ("error", "status", "said", "level"),
    [
        (BadInputError("no such day"), 404, "no such day", None),
        (TransientError("BigQuery is away"), 503, "BigQuery is away", "WARNING"),
        (ConfigError("no such table"), 500, "no such table", "ERROR"),
        (LookupError("host-of-ours/path"), 500, "LookupError", "ERROR"),
    ],
)
def test_an_error_is_told_and_logged(
    error: Exception,
    status: int,
    said: str,
    level: str | None,
    *,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Words of others stay in the log; what whoever asked can mend is no line."""

    def fails(*_: object) -> Any:
        raise error

    monkeypatch.setattr("common.handlers.console.read_day", fails)
    body, found, headers = answer(holding(), "/index.json", {})
    assert (found, json.loads(body)["error"]) == (status, said)
    assert headers == {
        "Content-Type": "application/json",
        "Content-Security-Policy": f"{policy()}; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    assert body.endswith("\n}\n")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["severity"] for line in lines] == ([level] if level else [])
    for line in lines:
        told = (line["function"], line["error_class"], line["error"])
        assert told == ("console", type(error).__name__, str(error))


@pytest.mark.parametrize("kind", [BadInputError, TransientError])
def test_what_is_told_of_an_error_has_300_characters(
    kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what whoever asked can mend, and of what failed here."""

    def fails(*_: object) -> Any:
        raise kind("y" * 900)

    monkeypatch.setattr("common.handlers.console.read_day", fails)
    body, _, _ = answer(holding(), "/index.json", {})
    assert json.loads(body)["error"] == "y" * 300
