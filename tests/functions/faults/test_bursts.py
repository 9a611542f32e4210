"""A burst of uploads beyond BigQuery's rate: every row once, few refusals, no alert (FP02)."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from common.cloud import times
from local.simulator.ports.intercepted import Call, Do
from local.simulator.world import World
from tests.kit.breaks import tapped
from tests.kit.lanes import Lanes

INSERT_SECONDS = 2.0
"""How long an INSERT takes here; BigQuery's take some seconds."""
BUCKET = "nba-scraped-data"


def upload(world: World, number: int) -> Lanes:
    """Upload objects at one instant, and deliver their events on ten instances a function."""
    for each in range(number):
        world.storage.create(BUCKET, f"notes/2025-11-12/{each}.json", b"{}")
    lanes = Lanes(world)

    def slowly(call: Call, do: Do) -> Any:
        if call.name == "append":
            world.clock.sleep(INSERT_SECONDS)
        return do()

    with tapped(world, slowly, "warehouse"):
        lanes.settle()
    return lanes


def logged(world: World) -> Counter[str]:
    """Count the rows of each upload."""
    rows = world.rows["scraper_execution_log"]
    return Counter(row["gcs_path"] for row in rows if row["outcome"] == "UPLOADED")


def alerts(log: str) -> list[str]:
    """List the lines that wake somebody."""
    lines = [json.loads(line) for line in log.splitlines()]
    return [line["message"] for line in lines if line["severity"] in {"ERROR", "CRITICAL"}]


@pytest.mark.parametrize(("number", "minutes"), [(300, 5), (1500, 30)])
def test_fp02_a_burst_of_uploads_is_logged_without_an_alert(
    world: World, capsys: pytest.CaptureFixture[str], number: int, minutes: int
) -> None:
    """All rows are there once in time, and at most one delivery in ten was refused."""
    began = world.clock.now()
    lanes = upload(world, number)
    took = world.clock.now() - began
    assert set(logged(world).values()) == {1}
    assert len(logged(world)) == number
    assert took <= timedelta(minutes=minutes)
    assert alerts(capsys.readouterr().err) == []
    refused, more = lanes.statuses["scraper_logger", 503], world.warehouse.statements.refused
    with capsys.disabled():
        print(f"\n{number} uploads: {took.seconds} s, {refused} refused, {more} more jobs")  # noqa: T201 - the figures asked for
    assert refused * 10 <= number
    assert more < 2 * number


def test_fp02_the_limit_is_what_a_burst_meets(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without waiting in the function nearly every second delivery is refused."""
    monkeypatch.setattr(times, "RATE_SECONDS_MAX", 0.0)
    lanes = upload(world, 300)
    assert set(logged(world).values()) == {1}
    assert lanes.statuses["scraper_logger", 503] > 200
