"""The topology file connects topics, subscriptions and scheduler jobs."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from common.calendar.slots import parse_cron, slots_on
from common.configuration.topology import load_topology
from common.eastern import eastern
from common.errors import ConfigError
from common.messages.models import ScraperRequest, Tick
from common.scrapers import REGISTRY
from tests.kit.situations import ROOT

SHIPPED = ROOT / "config" / "topology.yaml"
TOPOLOGY = load_topology(SHIPPED)


@pytest.mark.parametrize(
    ("job", "winter", "summer", "number"),
    [
        ("daily-schedule-locker", "10:00", "09:00", 1),
        ("master-controller-hourly", "11:00", "10:00", 18),
        ("cleanup-processor", "05:00", "04:00", 96),
        ("schedule-refresh", "09:45", "08:45", 4),
        ("scoreboard-refresh", "09:50", "08:50", 2),
    ],
)
def test_t9_every_job_fires_at_eastern_times(
    job: str, winter: str, summer: str, number: int
) -> None:
    """Each job's first fire time and their number are right on a winter and a summer day."""
    assert TOPOLOGY.time_zone == "America/New_York"
    (cron,) = (parse_cron(one.cron) for one in TOPOLOGY.jobs if one.name == job)
    for day, first in ((date(2026, 1, 15), winter), (date(2026, 7, 15), summer)):
        fires = slots_on(cron, day)
        assert fires[0] == datetime.combine(
            day, datetime.fromisoformat(f"{day} {first}").time(), UTC
        )
        assert len(fires) == number


@pytest.mark.parametrize(
    ("job", "hours", "minutes"),
    [
        ("daily-schedule-locker", [5], [0]),
        ("master-controller-hourly", [*range(6, 24)], [0]),
        ("cleanup-processor", [*range(24)], [0, 15, 30, 45]),
        ("schedule-refresh", [4, 10, 16, 22], [45]),
        ("scoreboard-refresh", [4, 16], [50]),
    ],
)
def test_every_job_fires_at_these_times_and_no_others(
    job: str, hours: list[int], minutes: list[int]
) -> None:
    """Not only its first time and their number."""
    (cron,) = (parse_cron(one.cron) for one in TOPOLOGY.jobs if one.name == job)
    fires = [eastern(instant) for instant in slots_on(cron, date(2026, 1, 15))]
    at = [(hour, minute) for hour in hours for minute in minutes]
    assert [(one.hour, one.minute) for one in fires] == at


def test_the_names_are_those_that_google_and_operators_know() -> None:
    """A topic or job of another name is another one: what is in the old one is lost."""
    ticked = ("tick-schedule-locker", "tick-master-controller", "tick-cleanup-processor")
    further = ("workflow-decisions", "scraper-requests", "scraped-objects", "dead-letters")
    assert TOPOLOGY.topics == (*ticked, *further)
    assert {job.name: job.topic for job in TOPOLOGY.jobs} == {
        "daily-schedule-locker": "tick-schedule-locker",
        "master-controller-hourly": "tick-master-controller",
        "cleanup-processor": "tick-cleanup-processor",
        "schedule-refresh": "scraper-requests",
        "scoreboard-refresh": "scraper-requests",
    }
    assert TOPOLOGY.delivery.dead_letter_topic == "dead-letters"


def test_every_job_sends_a_message_that_its_topic_takes() -> None:
    """Each job's message has the form that the functions of its topic read."""
    assert TOPOLOGY.jobs
    for job in TOPOLOGY.jobs:
        model = ScraperRequest if job.topic == "scraper-requests" else Tick
        message = model.model_validate(job.message)
        assert job.topic in TOPOLOGY.topics
        if isinstance(message, ScraperRequest):
            assert message.scraper in REGISTRY
    asked = {job.name: job.message.get("scraper") for job in TOPOLOGY.jobs}
    assert {name: scraper for name, scraper in asked.items() if scraper} == {
        "schedule-refresh": "nbac_schedule_api",
        "scoreboard-refresh": "espn_scoreboard",
    }


def test_every_function_has_its_subscription() -> None:
    """Each has one with its own name on an existing topic; the console, which reads, has none."""
    functions = {path.parent.name for path in (ROOT / "functions").glob("*/main.py")}
    functions -= {"console"}  # it answers people, not events
    assert sorted(one.function for one in TOPOLOGY.subscriptions) == sorted(functions)
    assert {one.topic for one in TOPOLOGY.subscriptions} <= set(TOPOLOGY.topics)
    topics = {one.function: one.topic for one in TOPOLOGY.subscriptions}
    ticked = {name: topic for name, topic in topics.items() if topic.startswith("tick-")}
    assert all(topic == f"tick-{name.replace('_', '-')}" for name, topic in ticked.items())
    assert {name: topic for name, topic in topics.items() if name not in ticked} == {
        "workflow_executor": "workflow-decisions",
        "scraper_runner": "scraper-requests",
        "scraper_logger": "scraped-objects",
        "execution_tracker": "scraped-objects",
    }
    names = {one.name for one in TOPOLOGY.subscriptions}
    assert len(names) == len(TOPOLOGY.subscriptions)
    assert "scraped-objects--execution-tracker" in names


def test_ft10_only_run_decisions_reach_the_executor() -> None:
    """The subscription's filter passes RUN alone; every other subscription takes all messages."""
    filters = {one.name: one.filter for one in TOPOLOGY.subscriptions if one.filter}
    assert filters == {"workflow-decisions--workflow-executor": 'attributes.action = "RUN"'}


def test_delivery_settings_are_those_of_the_design() -> None:
    """Delivery backs off 10-600 s, for 100 attempts or 7 days, then to a dead-letter topic.

    A push is given 600 s, the longest that Pub/Sub allows, and a function a minute less.
    """
    delivery = TOPOLOGY.delivery
    assert (delivery.function_timeout_seconds, delivery.ack_deadline_seconds) == (540, 600)
    assert (delivery.minimum_backoff_seconds, delivery.maximum_backoff_seconds) == (10, 600)
    assert (delivery.max_delivery_attempts, delivery.retention_seconds) == (100, 7 * 86400)
    assert delivery.dead_letter_topic in TOPOLOGY.topics


def test_o2_no_two_jobs_of_one_function_in_one_minute() -> None:
    """No two jobs publish to one topic at one instant, so none starts a function twice."""
    day = date(2025, 11, 12)
    times = [
        (job.topic, slot) for job in TOPOLOGY.jobs for slot in slots_on(parse_cron(job.cron), day)
    ]
    assert len(times) > len(TOPOLOGY.jobs)
    assert len(set(times)) == len(times)


def test_a_topic_that_nothing_ticks() -> None:
    """The error for a topic without a job names the topic."""
    with pytest.raises(ConfigError, match="'dead-letters'; add one"):
        TOPOLOGY.cron_for("dead-letters")
    assert TOPOLOGY.cron_for("tick-schedule-locker") == "0 5 * * *"


def test_a_topic_that_two_jobs_publish_to_has_no_cron() -> None:
    """The times of the second would lie in no slot, so neither is taken for all."""
    equal = [job.model_copy(update={"cron": "0 5 * * *"}) for job in TOPOLOGY.jobs]
    for each in (TOPOLOGY, TOPOLOGY.model_copy(update={"jobs": tuple(equal)})):
        with pytest.raises(ConfigError, match="2 publish to 'scraper-requests'; write all times"):
            each.cron_for("scraper-requests")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("version: 1\n", "version: [\n", "not YAML"),
        ("retention_seconds: 604800", "retention_seconds: week", "delivery.retention_seconds"),
        ("time_zone: America/New_York\n", "", "time_zone"),
        ("\njobs:", "\ncrons:", "jobs"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, old: str, new: str, place: str) -> None:
    """The error for another form names the file and the field, in one line."""
    path = tmp_path / "topology.yaml"
    path.write_text(SHIPPED.read_text().replace(old, new, 1))
    with pytest.raises(ConfigError, match=place) as caught:
        load_topology(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """It is one line, as of a workflow file."""
    file = tmp_path / "topology.yaml"
    file.write_bytes(b"jobs: \xff\n")
    said = r"topology\.yaml: not UTF-8 text \(invalid start byte\); save it"
    with pytest.raises(ConfigError, match=said):
        load_topology(file)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The error for a missing file names the variable that sets its path."""
    with pytest.raises(
        ConfigError, match=r"none\.yaml: No such file or directory; set NBA_TOPOLOGY_FILE"
    ):
        load_topology(tmp_path / "none.yaml")
