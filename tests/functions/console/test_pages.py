"""The console as functions-framework serves it, on a day that went partly wrong."""

import json

import pytest

from common.pages.render import policy
from tests.functions.console.conftest import Get

DAY = "/day/2025-11-12"
ADDRESSES = ("/", "/index", DAY, "/season", "/season/2024", "/health")


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_page_is_html_that_loads_nothing(get: Get, path: str) -> None:
    """Its headers allow its own style alone, and nobody may keep or frame it."""
    found = get(path)
    assert (found.status_code, found.content_type) == (200, "text/html; charset=utf-8")
    assert found.headers["Content-Security-Policy"] == f"{policy()}; frame-ancestors 'none'"
    assert found.headers["Cache-Control"] == "no-store"
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert "unsafe" not in policy()


def test_today_is_the_day_of_the_clock(get: Get) -> None:
    """At midnight the day is the next one, on which nothing was decided."""
    assert "<h1>Thursday, 2025-11-13</h1>" in get("/").text
    assert "<h1>Wednesday, 2025-11-12</h1>" in get(DAY).text


def test_today_and_health_name_what_the_dates_before_lack(get: Get) -> None:
    """After midnight yesterday's lack stands above, and health says who fails and who is alive."""
    link = '<a href="/day/2025-11-12#games">2025-11-12</a>'
    today, health = json.loads(get("/index.json").text), json.loads(get("/health.json").text)
    assert link in get("/").text
    assert link in get("/health").text
    assert [one["date"] for one in today["before"]] == ["2025-11-12", "2025-11-11"]
    assert today["before"] == health["lacking"]
    assert "nbac_play_by_play" in health["failing"]
    assert not health["well"]
    assert [one["late"] for one in health["alive"]] == [False, False]


def test_the_form_asks_for_a_date(get: Get) -> None:
    """Its address shows the same as the date's own."""
    assert get("/day", date="2025-11-12").text == get(DAY).text


def test_the_page_and_its_json_tell_the_same(get: Get) -> None:
    """Each count, decision, run and datum of the one is in the other."""
    text, held = get(DAY).text, json.loads(get(f"{DAY}.json").text)
    for name, number in held["counts"].items():
        assert f"<b>{number}</b>{name}" in text
    for made in held["decisions"]:
        assert f"/decision/2025-11-12/{made['decision_id']}" in text
    for run in held["runs"]:
        assert f"/run/2025-11-12/{run['execution_id']}" in text
    for game in held["games"]:
        assert f"/game/2025-11-12/{game['game_id']}" in text
    assert len(held["decisions"]) > 100


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nothing", 404, "no page has the address"),
        ("/day/2025-13-12", 400, "is no date; write it as 2025-11-12"),
        ("/day/1999-01-01", 400, "is no date"),
        ("/day/2025-W46-3", 400, "is no date"),
        ("/day/%3Cscript%3E", 400, "&lt;script&gt;"),
        ("/day", 400, "is no date"),
        ("/game/2025-11-12/nope", 404, "the schedule lists no game"),
        ("/decision/2025-11-12/nope", 404, "no decision"),
        ("/run/2025-11-12/nope", 404, "no run &#39;nope&#39; on 2025-11-12"),
        ("/object/2025-11-12", 404, "no row of 2025-11-12 is about the object"),
        ("/season/25", 404, "no page has the address"),
    ],
)
def test_an_address_without_a_page_says_what_to_do(
    get: Get, path: str, status: int, said: str
) -> None:
    """It names what is wrong, leads on, and is as strict as any page."""
    found = get(path)
    assert found.status_code == status
    assert said in found.text
    assert "<script" not in found.text
    assert "start at today" in found.text.lower()
    assert found.headers["Content-Security-Policy"].startswith(policy())
    assert json.loads(get(f"{path}.json").text)["status"] == status


def test_head_is_answered_without_a_body(get: Get) -> None:
    """As a proxy may ask whether the console lives."""
    found = get("/season", "HEAD")
    assert (found.status_code, found.text) == (200, "")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_takes_no_events(get: Get, method: str) -> None:
    """Another method is refused before anything is read."""
    found = get("/", method)
    assert (found.status_code, found.headers["Allow"]) == (405, "GET, HEAD")
