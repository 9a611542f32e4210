"""What counts as well, and what as a trouble, on the page of the health."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from common.cloud.ports import Row
from common.errors import TransientError
from common.look.sources import RouteSeen, Sources
from common.look.verdict import Alive
from common.pages.health import FRESHNESS, INCIDENTS, HealthPage, Rate, read_health
from common.pages.render import render
from common.sources.health import Circuit, SourceEvent
from common.sources.quota import Usage
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


def test_alerts_follow_each_other_as_their_slots_do() -> None:
    """Those of one slot by their workflows' names, whenever each was made."""
    made = [
        {"at": AFTERNOON - late * HOUR, "slot": AFTERNOON - back * HOUR, "workflow_name": name}
        | {"action": "ABORT", "alert_level": "ERROR", "reason_code": "EARLY", "reason": "Why"}
        for name, back, late in (("a", 1, 0), ("c", 2, 0), ("b", 2, 0), ("d", 3, -1))
    ]
    found = read(workflow_decisions=made)
    assert [row["workflow_name"] for row in found.alerts] == ["d", "b", "c", "a"]
    text = " ".join(Outline(render(found)).text.split())
    assert "11:00 d ERROR ABORT EARLY: Why 12:00 b ERROR ABORT EARLY: Why" in text


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


def test_yesterday_s_decisions_and_sweeps_are_not_counted_today() -> None:
    """The Eastern date decides: 00:00 ET is today's, the microsecond before is not."""
    midnight = AFTERNOON.replace(hour=5, minute=0)
    made = [
        {"at": at, "workflow_name": "f", "action": "SKIP", "alert_level": "ERROR"}
        for at in (midnight, midnight - timedelta(microseconds=1))
    ]
    found = read(workflow_decisions=made, cleanup_operations=made)
    assert found.decided == {"f": {"SKIP": 1}}
    assert len(found.alerts) == 1
    assert sum(number for name, number in found.sweeps.items() if name.startswith("sweeps")) == 1


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


def shown(**held: Any) -> str:
    """Return the HTML of a page that is well but for this."""
    return render(replace(WELL, **{"incidents": (), **held}))


@pytest.mark.parametrize(
    ("good", "state"), [(990, "there"), (989, "late"), (800, "late"), (799, "missing")]
)
@pytest.mark.parametrize("rates", ["flows", "scrapers"])
def test_a_rate_is_as_bad_as_its_share(rates: str, good: int, state: str) -> None:
    """Of 99 percent on it is good, of 80 on it is not yet bad."""
    text = shown(**{rates: (Rate("flow", 1000, good, {"SUCCESS": good}),)})
    assert f'<td class="{state}">{good / 10} %</td><td>{good}</td><td>1000</td>' in text


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (None, "asked at the next turn"),
        (AFTERNOON, "asked at the next turn"),
        (AFTERNOON + HOUR, "left alone until 15:00"),
    ],
)
def test_a_route_is_left_alone_until_its_time_is_up(until: datetime | None, said: str) -> None:
    """Its last failures are told all the same, and who is asked in its place."""
    event = SourceEvent(AFTERNOON - 3 * HOUR, "failed", "route-1", "-", "x")
    route = RouteSeen("ours", "route-1", event, Circuit(5, until))
    outline = Outline(
        shown(sources=Sources((route,), {"ours": "theirs"}, Usage(7, 3, 1, AFTERNOON)))
    )
    assert f"oursroute-1failed11-13 11:00, 3 h ago5{said}" in outline.text
    assert "theirs is asked in place of ours" in outline.text
    assert "The Odds API: 7 credits left at 11-13 14:00, 0 min ago." in outline.text


@pytest.mark.parametrize(
    ("open_ones", "said"),
    [(0, "no incidents open."), (1, "1 incident open."), (2, "2 incidents open.")],
)
def test_the_verdict_counts_the_open_incidents(open_ones: int, said: str) -> None:
    """Those that are closed are in the table alone."""
    row = {**dict.fromkeys(INCIDENTS), "opened": AFTERNOON, "last_seen": AFTERNOON}
    rows = [{**row, "closed": AFTERNOON}, *[row] * open_ones]
    text = Outline(shown(incidents=tuple(rows))).text
    assert said in text
    assert text.count("11-13 14:0011-13 14:00open") == open_ones


@pytest.mark.parametrize(("is_due", "said"), [(True, "due"), (False, "no")])
def test_what_is_due_says_so_whenever_it_last_came(said: str, *, is_due: bool) -> None:
    """A success of just now may be due again, and what never came need not be."""
    for last, when in ((AFTERNOON, "11-13 14:00"), (None, "never")):
        row = {**dict.fromkeys(FRESHNESS), "name": "n", "kind": "k", "is_due": is_due}
        row |= {"last_success": last, "last_asked": AFTERNOON + HOUR}
        text = Outline(shown(freshness=(row,))).text
        assert f"nk{when}11-13 15:00never{said}" in text


def test_an_alert_is_told_by_its_decision_and_reason() -> None:
    """As JSON holds it, and as a sentence."""
    alert: dict[str, Any] = {
        "decision_id": "d",
        "workflow_name": "f",
        "reason": "why",
        "reason_code": "X",
    }
    told = replace(WELL, incidents=(), alerts=(alert,)).document()["alerts"]
    assert told == [{"decision_id": "d", "workflow_name": "f", "reason": "why"}]
    alert |= {"slot": AFTERNOON, "alert_level": "ERROR", "action": "ABORT"}
    assert "14:00 f ERROR ABORT X: why" in Outline(shown(alerts=(alert,))).text


def test_a_scraper_that_fails_by_two_routes_is_named_once() -> None:
    """In the order of the names."""
    routes = (SimpleNamespace(scraper="b", circuit=FAILING.circuit), FAILING, FAILING)
    page = replace(WELL, sources=Sources(cast("Any", routes), {}, None))
    assert page.failing == ["a", "b"]


def test_where_a_date_before_cannot_be_read_there_is_no_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it lacks is not left out in silence: whoever looks is told to try again."""

    def away(*_: object) -> None:
        raise TransientError("Cloud Storage is away")

    monkeypatch.setattr("common.pages.health.lacking_before", away)
    with pytest.raises(TransientError, match="is away"):
        read()
