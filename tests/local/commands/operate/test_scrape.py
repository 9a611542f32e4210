"""`python -m local scrape` asks for one scrape."""

import json
from datetime import time

import pytest

from common.eastern import at
from local.commands.operate.scrape import line_of
from local.fake_sources.answers import Answer
from local.operate.asking import Question
from tests.kit.operated import day_gone_wrong, run
from tests.kit.world import DAY


def test_what_came_of_it_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outcome, what was asked for, and the object; a failure has its error, and exit status 1."""
    world = day_gone_wrong(at(DAY, time(5)))
    done = run(world, monkeypatch, "scrape", "nbac_player_list")
    assert done.exit_code == 0
    assert done.stdout.startswith(
        "SUCCESS   nbac_player_list of 2025-11-12 → gs://nba-scraped-data/"
    )
    done = run(world, monkeypatch, "scrape", "nbac_injury_report")
    assert (done.exit_code, done.stdout[:9]) == (0, "NOT_READY")
    done = run(world, monkeypatch, "scrape", "nbac_referee_assignments")
    assert done.exit_code == 1
    assert "answered 503; its body is 'down for maintenance' → gs://" in done.stdout


def test_a_source_that_has_nothing_has_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """No event of a date is no failure."""
    world = day_gone_wrong(at(DAY, time(5)))
    world.ask = lambda _path, _params: Answer(200, {}, b"[]")
    done = run(world, monkeypatch, "scrape", "oddsa_events")
    assert (done.exit_code, done.stdout[:7]) == (0, "NO_DATA")


def test_an_error_of_several_lines_is_told_in_one() -> None:
    """Whatever a source has answered."""
    row = {"outcome": "FAILED", "error_message": "two\n  lines", "gcs_path": "gs://b/x"}
    said = line_of(Question("nbac_player_list", DAY), row)
    assert said == "FAILED    nbac_player_list of 2025-11-12: two lines → gs://b/x"


def test_json_has_the_same_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """One object, with the game where it is of one."""
    world = day_gone_wrong(at(DAY, time(5)))
    words = ("--date", "2025-11-11", "--game", "BOS@PHI", "--json")
    found = json.loads(run(world, monkeypatch, "scrape", "nbac_boxscore", *words).stdout)
    assert (found["outcome"], found["date"]) == ("SUCCESS", "2025-11-11")
    assert found["game_id"] == "0022500209"


def test_a_mistake_is_refused_before_it_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit status 2, one line, no message."""
    world = day_gone_wrong(at(DAY, time(5)))
    sent = len(world.publisher.published)
    done = run(world, monkeypatch, "scrape", "nbac_boxscor")
    assert (done.exit_code, len(world.publisher.published)) == (2, sent)
    assert "no scraper 'nbac_boxscor'" in done.stderr


def test_without_an_answer_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait is bounded by the option."""
    world = day_gone_wrong(at(DAY, time(5)))
    world.publisher.listeners.clear()
    done = run(world, monkeypatch, "scrape", "nbac_player_list", "--wait", "4")
    assert done.exit_code == 1
    assert "asked for nbac_player_list of 2025-11-12; nothing came of it in 4 s" in done.stderr
