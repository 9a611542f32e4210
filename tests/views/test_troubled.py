"""`incidents` of days on which every rule is broken, lived through by the real handlers."""

import re
from datetime import datetime

import pytest

from common.eastern import eastern
from common.incidents.incident import Incident, read_incidents
from tests.alerts.policies import ALERTS
from tests.kit.situations import WORKFLOWS
from tests.views.conftest import View
from tests.views.troubled import DAY, THURSDAY, on, troubled

pytestmark = pytest.mark.stack
END = on(THURSDAY, "05:45")
LINES = "oddsa_game_lines 2025-11-12"


@pytest.fixture(scope="module")
def incidents(view: View) -> dict[str, list[Incident]]:
    """The incidents by rule, each rule's by time and key."""
    viewed = view(troubled())
    read = read_incidents(viewed.emulator.warehouse(viewed.rows, END))  # as a sweep does
    found: dict[str, list[Incident]] = {}
    for each in sorted(read, key=lambda one: one.opened):
        found.setdefault(each.rule, []).append(each)
    return found


def spans(incidents: list[Incident]) -> list[tuple[str, str | None]]:
    """Return from when to when each lasted, in Eastern time."""
    return [(_shown(each.opened), each.closed and _shown(each.closed)) for each in incidents]


def _shown(instant: datetime) -> str:
    return f"{eastern(instant):%d %H:%M}"


EXPECTED: dict[str, list[tuple[str, str | None]]] = {
    "no-cleanup": [("11 09:30", "11 10:15"), ("12 07:30", "12 07:45")],
    "no-decision": [("11 13:00", "11 15:00")],
    "cleanup": [("12 07:30", "12 07:45")],
    "decision": [("12 09:00", "12 10:00")] * len(WORKFLOWS),
    "run-without-execution": [("12 11:10", "12 11:30")],
    "test": [("12 12:00", "12 12:30")],
    "quarantine": [("12 14:15", None)],
    "execution": [("12 15:00", "12 19:00")],
    "late-data": [("12 18:00", None)] * 2,
    "missing-files": [("12 20:15", "12 20:30")],
    "no-plan": [("13 05:30", None)],
}


def test_every_rule_is_seen_once(incidents: dict[str, list[Incident]]) -> None:
    """No rule of the list lacks its day, and none sees what is not there."""
    assert set(EXPECTED) == {rule.name for rule in ALERTS.rules}
    assert {rule: spans(found) for rule, found in incidents.items()} == EXPECTED


def test_each_says_what_happened(incidents: dict[str, list[Incident]]) -> None:
    """The texts are the handlers' own."""

    def said(rule: str) -> tuple[str, str]:
        return incidents[rule][0].key, incidents[rule][0].detail

    assert said("quarantine") == (
        "notes",
        "cleanup has given up gs://nba-scraped-data/notes/2025-11-12/never-logged.json",
    )
    key, detail = said("execution")
    assert key == "betting_lines"
    assert "answered 403: it refuses us" in detail
    assert "3 game(s) of yesterday are left to collect" in said("no-plan")[1]
    assert said("missing-files")[1] == "8 of 11 files had no log row"
    assert {each.key for each in incidents["late-data"]} > {LINES}
    assert re.search(r" was due at 2025-11-12 1[89]:[03]0:00 ET$", said("late-data")[1])
    assert {each.key for each in incidents["decision"]} == set(WORKFLOWS)


def test_it_is_over_when_it_is_over(incidents: dict[str, list[Incident]]) -> None:
    """What has closed has recovered by itself; nothing was given up in two days."""
    closed = [each for found in incidents.values() for each in found if each.closed]
    assert {each.recovered for each in closed} == {True}
    assert DAY < THURSDAY
