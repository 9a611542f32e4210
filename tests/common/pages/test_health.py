"""What counts as well, and what as a trouble, on the page of the health."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from common.cloud.ports import Row
from common.look.sources import Sources
from common.look.verdict import Alive
from common.pages.health import FRESHNESS, INCIDENTS, HealthPage, read_health
from common.pages.render import render
from local.simulator.world import World
from tests.kit.desk import AFTERNOON
from tests.kit.outline import Outline
from tests.kit.tables import holding
from tests.kit.world import slate

WELL = HealthPage(
    now=AFTERNOON,
    day=AFTERNOON.date(),
    decided={},
    alerts=(),
    sweeps={},
    flows=(),
    scrapers=(),
    freshness=(),
    incidents=({"closed": AFTERNOON},),
    failures=(),
    sources=Sources((), {}, None),
    pauses={},
    lacking=(),
    alive=(Alive("the controller", AFTERNOON, is_late=False),),
)
CLOSED, OPEN = {"closed": AFTERNOON}, {"closed": None}
FAILING = SimpleNamespace(scraper="a", circuit=SimpleNamespace(failures=1))
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "trouble",
    [
        {"lacking": ("a date",)},
        {"blind": "no readable schedule"},
        {"sources": Sources((cast("Any", FAILING),), {}, None)},
        {"alive": (*WELL.alive, Alive("the cleanup", None, is_late=True))},
        {"incidents": (CLOSED, OPEN)},
    ],
    ids=str,
)
def test_one_trouble_is_enough(trouble: Mapping[str, Any]) -> None:
    """Whatever else is well; what is over is no trouble any more."""
    assert WELL.is_well
    assert not replace(WELL, **trouble).is_well


def read(**held: Sequence[Row]) -> HealthPage:
    """Read the health of a place whose tables hold these rows."""
    return read_health(holding(**held))


def test_rates_are_of_a_week_and_of_what_ended() -> None:
    """Seven Eastern days and today; neither what has nothing yet nor an upload is one."""
    midnight = AFTERNOON.replace(hour=5, minute=0)
    ends = [
        *((midnight - timedelta(days=7), "COMPLETED"), (AFTERNOON, "FAILED")),
        *((midnight - timedelta(days=7, seconds=1), "FAILED"), (AFTERNOON, None)),
        *((AFTERNOON, "NOTHING_READY"), (AFTERNOON, "NO_DATA")),
    ]
    ran = [{"at": at, "workflow_name": "flow", "outcome": outcome} for at, outcome in ends]
    log = [
        {"at": AFTERNOON, "scraper_name": name, "outcome": outcome}
        for name, outcome in (("upload", "UPLOADED"), ("quiet", "NOT_READY"), ("b", "SUCCESS"))
    ]
    found = read(workflow_executions=ran, scraper_execution_log=log)
    (flow,) = found.flows
    assert (flow.total, flow.good, flow.percent) == (2, 1, 50.0)
    assert flow.outcomes == {"COMPLETED": 1, "FAILED": 1, "NOTHING_READY": 1, "NO_DATA": 1}
    assert [(one.name, one.total, one.percent) for one in found.scrapers] == [
        ("b", 1, 100.0),
        ("quiet", 0, 100.0),
    ]


def test_the_worst_stand_first() -> None:
    """By their share of good ones, and then by name."""
    ends = [("c", "SUCCESS"), ("b", "FAILED"), ("a", "SUCCESS"), ("d", "FAILED"), ("d", "SUCCESS")]
    log = [{"at": AFTERNOON, "scraper_name": name, "outcome": end} for name, end in ends]
    assert [one.name for one in read(scraper_execution_log=log).scrapers] == ["b", "d", "a", "c"]


def test_today_s_decisions_and_sweeps_are_counted() -> None:
    """A row that a clock ahead of ours wrote is today's; a sweep may have looked for nothing."""
    levels = (("RUN", "INFO"), ("ABORT", "ERROR"), ("SKIP", "WARNING"), ("RUN", ""))
    made = [
        {"at": AFTERNOON + HOUR, "workflow_name": "f", "action": action, "alert_level": level}
        | {"slot": AFTERNOON - number * HOUR}
        for number, (action, level) in enumerate(levels)
    ]
    made.append({**made[2], "slot": None})  # of a controller before this one
    swept = [
        {"at": AFTERNOON, "status": "OK", "missing_files_found": 3, "republished_count": 2},
        {"at": AFTERNOON, "status": "OK", "quarantined": ["a", "b"]},
        {"at": AFTERNOON, "status": "ERROR", "missing_files_found": 1, "quarantined": ["c"]},
    ]
    found = read(workflow_decisions=made, cleanup_operations=swept)
    assert found.decided == {"f": {"RUN": 2, "SKIP": 2, "ABORT": 1}}
    assert [row["alert_level"] for row in found.alerts] == ["WARNING", "ERROR"]
    counted = {"found unlogged": 4, "sent again": 2, "given up": 3}
    assert found.sweeps == {"sweeps OK": 2, "sweeps ERROR": 1, **counted}


def test_failures_of_two_days_are_listed() -> None:
    """Those of the first hour of them as well, the latest first."""
    place = holding()
    for hours in (1, 48, 49):
        mark = f"alerts/scraper_logger/{AFTERNOON - hours * HOUR:%Y-%m-%dT%H}-{hours}"
        place.storage.create(place.settings.state_bucket, mark, b"")
    assert [one.error for one in read_health(place).failures] == [
        "1",
        "48",
    ]


def viewed(name: str, rows: Sequence[Row]) -> HealthPage:
    """Read the health of a place whose view has these rows, all other columns empty."""
    columns = {"freshness": FRESHNESS, "incidents": INCIDENTS}[name]
    place = holding()
    cast("Any", place.warehouse).views[name] = [dict.fromkeys(columns) | row for row in rows]
    return read_health(place)


def test_what_is_due_stands_first() -> None:
    """Then by kind and name."""
    rows = [("scraper", "a", False), ("workflow", "a", True), ("scraper", "b", True)]
    found = viewed("freshness", [{"kind": k, "name": n, "is_due": due} for k, n, due in rows])
    assert [(row["kind"], row["name"]) for row in found.freshness] == [
        *(("scraper", "b"), ("workflow", "a"), ("scraper", "a")),
    ]


def test_open_incidents_stand_before_the_twenty_that_were_last_seen() -> None:
    """Of both the latest is first."""
    closed = [
        {"key": f"closed {n}", "last_seen": AFTERNOON - n * HOUR, "closed": AFTERNOON}
        for n in reversed(range(22))
    ]
    lasting = [{"key": f"open {n}", "last_seen": AFTERNOON - n * HOUR} for n in (30, 40, 20)]
    found = [row["key"] for row in viewed("incidents", [*closed, *lasting]).incidents]
    assert found == ["open 20", "open 30", "open 40", *(f"closed {n}" for n in range(20))]


def test_yesterday_s_decisions_are_not_counted_today() -> None:
    """The Eastern date decides: 00:00 ET is today's, the microsecond before is not."""
    midnight = AFTERNOON.replace(hour=5, minute=0)
    made = [
        {"at": at, "workflow_name": "f", "action": "SKIP", "alert_level": "ERROR"}
        for at in (midnight, midnight - timedelta(microseconds=1))
    ]
    found = read(workflow_decisions=made)
    assert found.decided == {"f": {"SKIP": 1}}
    assert len(found.alerts) == 1


def test_the_document_has_the_failures_of_each_route() -> None:
    """Their number, which the page shows as well, and when it is asked again."""
    last = SimpleNamespace(verdict="BLOCKED", at=AFTERNOON)
    circuit = SimpleNamespace(failures=3, until=AFTERNOON + HOUR)
    route = SimpleNamespace(scraper="a", route="r", last=last, circuit=circuit)
    sources = Sources((cast("Any", route),), {}, None)
    held = replace(WELL, sources=sources, incidents=()).document()
    assert held["routes"] == [
        {
            "scraper": "a",
            "route": "r",
            "verdict": "BLOCKED",
            "at": AFTERNOON.isoformat(),
            "failures": 3,
            "open_until": (AFTERNOON + HOUR).isoformat(),
        }
    ]


def test_without_a_schedule_all_else_is_shown() -> None:
    """In the hour of trouble the page answers; what lacks is unknown, which is not well."""
    found = read_health(World(slate(), AFTERNOON).runtime)
    text = " ".join(Outline(render(found, alone=False)).text.split())
    assert "Something is wrong. It is not known what lacks: no readable schedule" in text
    assert "No data are late or missing" not in text
    assert found.document()["blind"] == found.blind
