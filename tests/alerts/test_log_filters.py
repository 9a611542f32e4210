"""Which of our log lines raise which alert: real lines of the code through the shipped filters."""

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, get_args

import pytest
from google.api_core.exceptions import ServiceUnavailable

from common.entry.respond import Route, respond
from common.errors import BadInputError, ClaimBusyError, ConfigError
from common.incidents.incident import Incident, Level
from common.incidents.notice import Change, Notice
from common.incidents.roads import log_notice
from common.logs import ALLOWED
from common.messages.envelope import Event
from common.messages.models import Tick
from common.runtime import Runtime
from common.settings import Settings
from common.sources.health import ALERTS as SOURCE_ALERTS
from common.sources.health import Code, alert_once
from local.simulator.ports.memory import MemoryStorage
from local.simulator.ports.memory_publisher import MemoryPublisher
from local.simulator.world import ROUTES, ManualClock
from tests.alerts.log_filter import entry_of, matches
from tests.alerts.policies import ALERTS
from tests.kit.breaks import failing, tapped
from tests.kit.state import new_state
from tests.kit.sweeps import sweep
from tests.kit.world import new_world

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
OUR_FUNCTIONS = "|".join(name.replace("_", "-") for name in ROUTES)
FILTERS = {
    alert.name: alert.filter.replace("OUR_FUNCTIONS", OUR_FUNCTIONS) for alert in ALERTS.logs
} | {"incidents": ALERTS.policies.incidents.filter.replace("OUR_FUNCTIONS", OUR_FUNCTIONS)}
Raised = Callable[..., set[str]]


@pytest.fixture
def raised(capsys: pytest.CaptureFixture[str]) -> Raised:
    """The alerts that the lines logged since the last look raise."""

    def look(function: str = "scraper_runner") -> set[str]:
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        assert lines, "nothing was logged"
        entries = [entry_of(line, function) for line in lines]
        return {
            name
            for name, query in FILTERS.items()
            if any(matches(query, entry) for entry in entries)
        }

    return look


class UnreachableStorage(MemoryStorage):
    """A bucket that does not answer."""

    def create(self, *_: Any, **__: Any) -> Any:
        """Refuse as Cloud Storage does when it is down."""
        raise ServiceUnavailable("down")

    stat = create


def deliver(
    function: str,
    error: Exception | None,
    *,
    attempt: int = 1,
    storage: type[MemoryStorage] = MemoryStorage,
) -> int:
    """Push one tick to a handler that raises the error, or succeeds; returns the HTTP status."""

    def handle(runtime: Runtime, event: Event, tick: Tick) -> dict[str, object]:
        if error is not None:
            raise error
        return {"result": "locked"}

    clock = ManualClock(NOON)
    runtime = Runtime(
        Settings(), clock=clock, storage=storage(clock), publisher=MemoryPublisher(clock)
    )
    message = {"data": base64.b64encode(b"{}").decode(), "messageId": "1"}
    body = {"message": message, "subscription": "s", "deliveryAttempt": attempt}
    return respond(runtime, {}, json.dumps(body).encode(), Route(function, Tick, handle))[1]


def test_a_handled_event_raises_no_alert(raised: Raised) -> None:
    """The line of a success matches no filter, not even that of the locker."""
    assert deliver("schedule_locker", None) == 200
    assert raised("schedule_locker") == set()


@pytest.mark.parametrize("error", [BadInputError("no such field"), ConfigError("no such file")])
def test_a_locker_that_refuses_or_fails_raises_its_own_alert(
    raised: Raised, error: Exception
) -> None:
    """A day without a plan is serious at the first delivery that fails, whatever the reason."""
    deliver("schedule_locker", error)
    assert raised("schedule_locker") == {"locker-failing", "function-failing"}


def test_a_locker_whose_source_is_down_for_a_moment_raises_its_own_alert(raised: Raised) -> None:
    """The first transient error is no incident of the function yet, but the plan is late."""
    assert deliver("schedule_locker", ServiceUnavailable("later")) == 503
    assert raised("schedule_locker") == {"locker-failing"}


def test_two_deliveries_of_a_locker_that_meet_raise_no_alert(raised: Raised) -> None:
    """The second one finds a busy claim; its redelivery finds the work done."""
    assert deliver("schedule_locker", ClaimBusyError("held")) == 503
    assert raised("schedule_locker") == set()


@pytest.mark.parametrize(
    ("error", "attempt", "alerts"),
    [
        (ServiceUnavailable("later"), 1, set()),
        (ServiceUnavailable("later"), 3, {"function-failing"}),
        (ConfigError("no such file"), 1, {"function-failing"}),
        (BadInputError("no such field"), 1, {"function-failing"}),
    ],
    ids=["transient, first delivery", "transient, third delivery", "bug", "refused"],
)
def test_a_failure_that_retries_do_not_mend_raises_an_alert(
    raised: Raised, error: Exception, attempt: int, alerts: set[str]
) -> None:
    """A transient error does from its third delivery on, any other at once."""
    deliver("scraper_runner", error, attempt=attempt)
    assert raised() == alerts


def test_an_unreachable_state_bucket_raises_an_alert(raised: Raised) -> None:
    """It does at the first delivery, although the error is transient."""
    deliver("scraper_runner", ServiceUnavailable("down"), storage=UnreachableStorage)
    assert raised() == {"function-failing"}


@pytest.mark.parametrize("code", SOURCE_ALERTS)
def test_a_source_in_trouble_raises_an_alert(raised: Raised, code: Code) -> None:
    """It does with each code that docs/failures.md explains, but a mismatch is a warning only."""
    alert_once(new_state(), code, "oddsa_events", (), NOON)
    assert raised() == (set() if code == "ANSWER_MISMATCH" else {"source"})


@pytest.mark.parametrize("change", get_args(Change))
@pytest.mark.parametrize("level", get_args(Level))
def test_a_notice_is_a_message_of_the_policy_of_incidents(
    raised: Raised, change: Change, level: Level
) -> None:
    """Whatever it tells, also the daily test; no other policy sends it a second time."""
    log_notice(Notice(change, (incident(level=level),)))
    assert raised("cleanup_processor") == {"incidents"}


def test_the_policy_s_labels_tell_every_two_notices_apart(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Monitoring notifies once of each combination: what opens, what is over, the next one."""
    later = NOON + timedelta(hours=1)
    for change, told in product(get_args(Change), (incident(), incident(opened=later))):
        log_notice(Notice(change, (told,)))
    extracted = [
        re.fullmatch(r"EXTRACT\(jsonPayload\.(\w+)\)", source)
        for source in ALERTS.policies.incidents.labels.values()
    ]
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert len({tuple(line[found[1]] for found in extracted if found) for line in lines}) == 6
    assert all(extracted)


def test_notices_that_cannot_be_sent_are_an_alert_of_the_lines(raised: Raised) -> None:
    """The other road is the way to tell it."""
    world = new_world()
    with tapped(world, failing(ServiceUnavailable("BigQuery is away"), "view"), "warehouse"):
        sweep(world)
    assert raised("cleanup_processor") == {"notices-failing"}


def test_a_function_of_another_deployment_raises_no_alert(raised: Raised) -> None:
    """The filters select this deployment's functions by their whole names."""
    deliver("scraper_runner", ConfigError("no such file"))
    assert raised("staging-scraper_runner") == set()


def test_no_filter_on_our_lines_goes_by_their_message() -> None:
    """They go by fields that are allow-listed, so that a message can be reworded freely."""
    ours = [query for query in FILTERS.values() if "cloud_run_revision" in query]
    fields = {name for query in ours for name in re.findall(r"jsonPayload\.(\w+)", query)}
    assert {"result", "reason_code", "code"} <= fields <= ALLOWED


def incident(level: Level = "ERROR", opened: datetime = NOON) -> Incident:
    """Return an incident."""
    return Incident(rule="execution", key="lines", level=level, opened=opened, last_seen=opened)


@pytest.mark.parametrize(
    ("text", "alert"),
    [
        ("Job query_1 failed with error INVALID_ARGUMENT: ALERT no-cleanup: last", "watchdog"),
        ("Summary: succeeded 0 jobs, failed 1 jobs.", None),
        ("Job query_1 failed with error PERMISSION_DENIED: no table", "alert-query-broken"),
        ("Job query_1 failed with error: no ALERTS, no Summary", "alert-query-broken"),
    ],
)
def test_a_failed_query_of_the_watchdog_has_a_reason_or_is_broken(
    text: str, alert: str | None
) -> None:
    """Neither line of a run with a reason is one of a broken query."""
    entry = {
        "severity": "ERROR",
        "resource.type": "bigquery_dts_config",
        "resource.labels.config_id": "OUR_QUERIES",
        "jsonPayload.message": text,
    }
    assert [name for name, query in FILTERS.items() if matches(query, entry)] == (
        [alert] if alert else []
    )


@pytest.mark.parametrize(("severity", "alerts"), [("ERROR", ["tick-failing"]), ("WARNING", [])])
def test_a_job_that_could_not_publish_its_tick_raises_an_alert(
    severity: str, alerts: list[str]
) -> None:
    """Cloud Scheduler logs what failed as an error; less is no alert."""
    entry = {
        "severity": severity,
        "resource.type": "cloud_scheduler_job",
        "resource.labels.job_id": "OUR_JOBS",
    }
    assert [name for name, query in FILTERS.items() if matches(query, entry)] == alerts


@pytest.mark.parametrize(
    ("alert", "field", "value"),
    [
        ("function-failing", "result", "incident"),
        ("function-failing", "result", "state store unreachable"),
        *(("source", "reason_code", code) for code in SOURCE_ALERTS if code != "ANSWER_MISMATCH"),
        ("notices-failing", "code", "NOTICES_FAILED"),
    ],
)
def test_only_an_error_of_ours_is_an_alert_of_the_lines(alert: str, field: str, value: str) -> None:
    """A warning that says the same is none, nor is an error that says something else."""

    def found(severity: str, said: str) -> list[str]:
        line = entry_of({"severity": severity, field: said}, "scraper_runner")
        return [name for name, query in FILTERS.items() if matches(query, line)]

    assert (found("ERROR", value), found("CRITICAL", value)) == ([alert], [alert])
    assert (found("WARNING", value), found("ERROR", f"{value} else")) == ([], [])


def test_a_filter_that_is_not_understood_is_refused() -> None:
    """The matcher never takes a filter for one that matches nothing."""
    queries = ('jsonPayload.result!="a"', "jsonPayload.result=a", 'a="a" OR jsonPayload.result="a"')
    for query in queries:
        with pytest.raises(ValueError, match="not a"):
            matches(query, {"jsonPayload.result": "a", "a": "a"})
