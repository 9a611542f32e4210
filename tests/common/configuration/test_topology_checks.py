"""A topology that has the form and cannot work has every defect named."""

from pathlib import Path

import pytest

from common.configuration.topology import load_topology
from common.configuration.topology_checks import topology_defects
from common.settings import ROOT

SHIPPED = ROOT / "config" / "topology.yaml"
LEASE_SECONDS = 660.0
WRITE = f"write one of {', '.join(load_topology(SHIPPED).topics)}, or add it to topics"


def found(tmp_path: Path, *edits: tuple[str, str]) -> dict[str, str]:
    """Return the defects of the shipped file with some text replaced, by their place."""
    text = SHIPPED.read_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "topology.yaml"
    path.write_text(text)
    defects = topology_defects(load_topology(path), LEASE_SECONDS)
    return {".".join(map(str, place)): text for place, text in defects}


def test_the_shipped_topology_has_no_defect(tmp_path: Path) -> None:
    """Topics, crons, scrapers and durations of the shipped file fit each other."""
    assert found(tmp_path) == {}


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("  - tick-cleanup-processor\n", "", "subscriptions.2.topic", "'tick-cleanup-processor'"),
        ('"*/15 * * * *"', '"*/15 * * * 1"', "jobs.2.cron", "fields of a workflow"),
        ('"*/15 * * * *"', '"61 * * * *"', "jobs.2.cron", "use *, n, a-b"),
        (
            "scraper: nbac_schedule_api",
            "scraper: nbac_schedule",
            "jobs.3.message.scraper",
            "did you mean 'nbac_schedule_api'?",
        ),
        ("scraper: nbac_schedule_api", 'scraper: ""', "jobs.3.message.scraper", "scraper ''"),
        ("topic: tick-master-controller\n", "topic: tick-cleanup-processor\n", "jobs", "nothing"),
        (
            "topic: tick-cleanup-processor\n    message",
            "topic: tick-schedule-locker\n    message",
            "jobs.2.topic",
            "a second job for 'tick-schedule-locker'",
        ),
        (
            "dead_letter_topic: dead-letters",
            "dead_letter_topic: dead",
            "dead_letter_topic",
            f"unknown topic 'dead'; {WRITE}",
        ),
        (
            "ack_deadline_seconds: 600",
            "ack_deadline_seconds: 661",
            "delivery",
            "function timeout 540 < ack deadline 661 < lease 660 < retention 604800 s does not",
        ),
        ("ack_deadline_seconds: 600", "ack_deadline_seconds: 660", "delivery", "660 < lease 660"),
        ("ack_deadline_seconds: 600", "ack_deadline_seconds: 540", "delivery", "540 < ack dea"),
        (
            "topic: tick-schedule-locker\n    message",
            "topic: lock\n    message",
            "topic",
            f"unknown topic 'lock'; {WRITE}",
        ),
        ("retention_seconds: 604800", "retention_seconds: 660", "delivery", "retention 660 s"),
        ("retention_seconds: 604800", "retention_seconds: 600", "delivery", "retention 600 s"),
    ],
)
def test_what_cannot_work_is_named(
    tmp_path: Path, old: str, new: str, place: str, said: str
) -> None:
    """A topic, cron, scraper or duration that does not fit is a defect with what to write."""
    defects = found(tmp_path, (old, new))
    (at,) = [name for name in defects if name.endswith(place)]
    assert said in defects[at]


def test_every_defect_is_named(tmp_path: Path) -> None:
    """Three defects of one file are three."""
    defects = found(
        tmp_path,
        ('"*/15 * * * *"', '"soon"'),
        ("scraper: nbac_schedule_api", "scraper: none"),
        ("ack_deadline_seconds: 600", "ack_deadline_seconds: 100"),
    )
    assert list(defects) == ["jobs.2.cron", "jobs.3.message.scraper", "delivery"]


@pytest.mark.parametrize("first", ["a tick", "no tick"])
def test_a_tick_is_refused_behind_any_job_of_its_topic(first: str) -> None:
    """Whatever the first one sends, the second one's times are in no slot of the topic."""
    shipped = load_topology(SHIPPED)
    tick = next(job for job in shipped.jobs if job.topic == "tick-cleanup-processor")
    other = tick if first == "a tick" else tick.model_copy(update={"message": {"schema": "other"}})
    jobs = (other, *shipped.jobs)
    defects = topology_defects(shipped.model_copy(update={"jobs": jobs}), LEASE_SECONDS)
    said = "a second job for 'tick-cleanup-processor', whose slots are one cron's"
    assert [(place, text.split(";")[0]) for place, text in defects] == [
        (("jobs", 1 + shipped.jobs.index(tick), "topic"), said)
    ]
