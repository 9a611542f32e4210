"""What one owner does not give is asked of another, within the same execution."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from common.cloud.ports import Row
from local.fake_sources.answers import Answer
from local.simulator.world import World
from tests.kit.situations import et
from tests.kit.world import DAY, slate

LATE, MORNING = et("2025-11-12 23:00"), et("2025-11-13 06:00")
FIRST, OTHER = "nbac_boxscore", "espn_boxscore"
CDN = "/liveData/boxscore/"


class Night:
    """The evening of a day with games: some requests are refused, as cdn.nba.com refuses clouds."""

    def __init__(self) -> None:
        self.world = World(slate(), LATE - timedelta(hours=2))
        self.refused: set[str] = set()
        self._ask, self.world.ask = self.world.ask, self._answer
        request = {"schema": "scraper-request", "version": 1, "scraper": "nbac_schedule_api"}
        self.world.publisher.publish("scraper-requests", request, {})
        self.world.settle()

    def _answer(self, path: str, params: Mapping[str, str]) -> Answer:
        if any(part in path for part in self.refused):
            return Answer(403, {"Content-Type": "text/html"}, b"<html>Access Denied</html>")
        return self._ask(path, params)

    def tick(self, slot: datetime) -> Row:
        """Decide a slot, run what it decides, and return the only post-game execution's row."""
        self.world.tick("tick-master-controller", slot)
        self.world.settle(slot + timedelta(minutes=50))
        runs = self.world.rows["workflow_executions"]
        (run,) = (r for r in runs if r["slot"] == slot and r["workflow_name"].startswith("post"))
        return run

    def tasks(self, scraper: str, slot: datetime) -> dict[str, str]:
        """Return the outcome of each task for a game of the day, by game id."""
        rows = self.world.rows["scraper_execution_log"]
        mine = (r for r in rows if (r["scraper_name"], r["slot"]) == (scraper, slot))
        return {row["game_id"]: row["outcome"] for row in mine if row["target_date"] == DAY}


@pytest.fixture
def night() -> Iterator[Night]:
    """Return an evening on which nothing is refused yet."""
    return Night()


def codes(capsys: pytest.CaptureFixture[str]) -> list[tuple[Any, Any]]:
    """Return reason code and scraper of the switches that were logged."""
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    wanted = ("SOURCE_SWITCHED", "SOURCE_RETURNED")
    return [
        (line["reason_code"], line["scraper"])
        for line in lines
        if line.get("reason_code") in wanted
    ]


def test_a_refused_owner_is_replaced_in_the_same_execution(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every game has the other owner's box score, both are logged, and the run is complete."""
    night.refused.add(CDN)
    run = night.tick(LATE)
    failed, brought = night.tasks(FIRST, LATE), night.tasks(OTHER, LATE)
    assert len(failed) == len(run["game_ids"]) > 1
    assert failed.keys() == brought.keys()
    assert "SUCCESS" not in failed.values()
    assert set(brought.values()) == {"SUCCESS"}
    assert (run["status"], run["outcome"], run["error_message"]) == ("completed", "COMPLETED", None)
    assert run["scrapers_failed"] == len(failed)
    assert codes(capsys) == [("SOURCE_SWITCHED", FIRST)]


def test_the_return_is_logged_with_the_first_data(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    """The morning's second look finds the first owner back, and the other is not asked."""
    night.refused.add(CDN)
    games = night.tick(LATE)["game_ids"]
    night.refused.clear()
    night.tick(MORNING)
    assert {night.tasks(FIRST, MORNING)[game] for game in games} == {"SUCCESS"}
    assert night.tasks(OTHER, MORNING) == {}
    assert codes(capsys) == [("SOURCE_SWITCHED", FIRST), ("SOURCE_RETURNED", FIRST)]


def test_an_owner_that_fails_for_long_is_replaced_once_in_the_log(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second execution asks the other owner as well, and says nothing new."""
    night.refused.add(CDN)
    night.tick(LATE)
    run = night.tick(MORNING)
    assert set(night.tasks(OTHER, MORNING).values()) == {"SUCCESS"}
    assert run["status"] == "completed"
    assert codes(capsys) == [("SOURCE_SWITCHED", FIRST)]


def test_one_game_that_an_owner_lacks_comes_from_the_other(night: Night) -> None:
    """Only the game whose file is refused is asked of the other owner."""
    night.refused.add(f"{CDN}boxscore_0022500214")
    run = night.tick(LATE)
    assert night.tasks(OTHER, LATE) == {"0022500214": "SUCCESS"}
    assert run["status"] == "completed"


def test_without_the_other_owner_the_run_fails_and_catches_up(night: Night) -> None:
    """While both owners refuse, the games stay lacking; once one answers they are collected."""
    night.refused |= {CDN, "/apis/site/v2/"}
    run = night.tick(LATE)
    assert (run["status"], run["outcome"]) == ("failed", "PARTIAL")
    night.refused.discard("/apis/site/v2/")
    night.tick(MORNING)
    assert set(night.tasks(OTHER, MORNING).values()) == {"SUCCESS"}


def test_nothing_is_asked_of_the_other_owner_while_the_first_answers(night: Night) -> None:
    """On a good night the alternative has no task, and no step of its own is stored."""
    run = night.tick(LATE)
    assert night.tasks(OTHER, LATE) == {}
    assert set(night.tasks(FIRST, LATE).values()) == {"SUCCESS"}
    prefix = f"executions/{run['execution_id']}/steps/"
    stored = night.world.storage.list(night.world.runtime.settings.state_bucket, prefix)
    steps = {found.name.removeprefix(prefix).split("/")[0] for found in stored}
    assert steps == {"0", "1"}


def test_a_box_score_is_looked_at_again_and_a_correction_is_stored(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    """The morning's answer is a new object; one that differs names the object it corrects."""
    games = night.tick(LATE)["game_ids"]
    night.tick(MORNING)
    looked_at = night.tasks(FIRST, MORNING)
    assert set(games) <= looked_at.keys()
    bucket = night.world.runtime.settings.data_bucket
    stored = [*night.world.storage.list(bucket, "nbac-boxscore/2025-11-12/")]
    corrected = {found.metadata["game_id"] for found in stored if "corrects" in found.metadata}
    named = {found.name for found in stored}
    assert all(f.metadata["corrects"] in named for f in stored if "corrects" in f.metadata)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    told = {line["game_id"] for line in lines if line.get("reason_code") == "CORRECTED"}
    assert told == corrected
    assert 0 < len(corrected) < len(games)
