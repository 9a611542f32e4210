"""What a step is made from: what the tasks of earlier steps have written."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from common import ids
from common.calendar.games import SCHEDULED, Game
from common.executions.manifest import PlannedStep
from common.executions.outputs import Objects, outputs_for
from common.executions.result import Result
from common.messages.models import GAMES_MAX, GameTarget, WorkflowDecision
from local.fake_sources.slate import final_score
from local.simulator.ports.inline import InlineExecutor
from local.simulator.world import World
from tests.kit.losses import spoil
from tests.kit.world import DAY, NOON, new_world

BUCKET = "nba-scraped-data"
OF = ids.execution_id("an-execution")
YESTERDAY = DAY - timedelta(days=1)
MOST = json.dumps({"records": [{"id": "a1"}] * GAMES_MAX}).encode()
"""As many events as a message of the next step may name."""
TARGET = GameTarget(game_id="0022500207", away="TOR", home="BKN", scrapers=("nbac_boxscore",))
DECISION = WorkflowDecision(
    decision_id=ids.decision_id("post_game_window_3", NOON),
    workflow_name="post_game_window_3",
    action="RUN",
    slot=NOON,
    decision_time=NOON,
    target_date=YESTERDAY,
    targets=(TARGET,),
)


def refreshed() -> tuple[World, Result]:
    """A world whose schedule is stored, and the result of the task that stored it."""
    world = new_world()
    (stored,) = world.storage.list(BUCKET, "nbac-schedule-api/")
    where = {"log_id": "x", "object": stored.name, "generation": stored.generation}
    return world, Result.model_validate({**stored.metadata, **where})


def final_of(
    world: World, *results: Result, decision: WorkflowDecision = DECISION
) -> Mapping[str, Game] | None:
    """The games for which a step `games: final` asks."""
    step = PlannedStep(scrapers=("nbac_boxscore",), games="final")
    objects = Objects(world.storage, BUCKET, NOON, InlineExecutor())
    return outputs_for(step, decision, results, objects).final


def final_games(
    world: World, *results: Result, decision: WorkflowDecision = DECISION
) -> dict[str, tuple[int, int] | None] | None:
    """Those games, with their scores."""
    final = final_of(world, *results, decision=decision)
    return None if final is None else {name: game.score for name, game in final.items()}


def test_the_refreshed_schedule_names_the_final_games() -> None:
    """Those of the day before with their scores, and none of today's at noon."""
    world, result = refreshed()
    yesterday = {
        game.game_id: final_score(game.game_id)
        for game in world.runtime.season.read(NOON).calendar[YESTERDAY]
    }
    assert final_games(world, result) == yesterday
    of_today = DECISION.model_copy(update={"target_date": DAY})
    assert final_games(world, result, decision=of_today) == yesterday  # a target may have moved


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"schema":"scraped","records":[{"gameId":"00225',
        b"[]",
        b"{}",
        b'{"schema":"scraped","records":{}}',
        b'{"schema":"scraped","records":[7]}',
        b'{"schema":"scraped","records":[{"gameId":"0022500213"}]}',
    ],
)
def test_x14_a_schedule_that_cannot_be_read_tells_nothing(body: bytes) -> None:
    """The decision's own targets stand, as when it could not be refreshed."""
    world, result = refreshed()
    spoil(world, BUCKET, result.object, body)
    assert final_games(world, result) is None


def test_x14_a_schedule_that_was_overwritten_tells_nothing() -> None:
    """Another version is not what the task has written, however well it reads."""
    world, result = refreshed()
    held = world.storage.read(BUCKET, result.object)
    assert held is not None
    world.storage.replace(BUCKET, result.object, held[0], generation=result.generation)
    assert final_games(world, result) is None


def test_ft2_a_refresh_that_brought_no_data_names_no_game() -> None:
    """The decision's own targets stand, for NO_DATA is no schedule without final games."""
    world, result = refreshed()
    assert final_games(world, result)
    assert final_games(world, result.model_copy(update={"outcome": "NO_DATA"})) is None


@pytest.mark.parametrize(
    ("status", "outcome", "held", "found"),
    [
        ("SUCCESS", "SUCCESS", b'{"records": [{"id": "a1"}, {"id": "b2"}]}', ("a1", "b2")),
        ("SUCCESS", "NO_DATA", b'{"records": []}', ()),
        ("FAILED", "BLOCKED", b'{"records": [{"id": "a1"}]}', None),
        ("SUCCESS", "SUCCESS", MOST, ("a1",) * GAMES_MAX),
        ("SUCCESS", "SUCCESS", MOST.replace(b"[", b'[{"id": "b2"}, '), None),
    ],
)
def test_x14_a_day_without_events_has_none_and_a_failure_does_not_tell(
    status: str, outcome: str, held: bytes, found: tuple[str, ...] | None
) -> None:
    """No event is nothing to ask for; events that are not known, or too many, block the step."""
    world, result = refreshed()
    stored = world.storage.create(BUCKET, "oddsa-events/2025-11-12/1.json", held)
    events = result.model_copy(
        update={
            "scraper": "oddsa_events",
            "status": status,
            "outcome": outcome,
            "object": stored.name,
            "generation": stored.generation,
        }
    )
    step = PlannedStep(scrapers=("oddsa_player_props",), events_from="oddsa_events")
    objects = Objects(world.storage, BUCKET, NOON, InlineExecutor())
    assert outputs_for(step, DECISION, [result, events], objects).event_ids == found
    assert outputs_for(step, DECISION, [result], objects).event_ids is None


def test_what_was_deleted_since_is_no_warning_of_an_object_that_was_overwritten(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is as if its task had failed; only another version is an operator's business."""
    world, result = refreshed()
    result = result.model_copy(update={"execution_id": OF})
    gone = result.model_copy(update={"object": "nbac-schedule-api/2025-11-12/none.json"})
    other = result.model_copy(update={"generation": result.generation + 1})
    capsys.readouterr()
    assert final_games(world, gone) is None
    assert capsys.readouterr().err == ""
    assert final_games(world, other) is None
    line = only_line(capsys)
    assert line.pop("message").startswith("A task's object was overwritten")
    assert line == {
        "severity": "WARNING",
        "execution_id": OF,
        "task_id": result.task_id,
        "object": result.object,
    }


def test_of_many_disagreements_three_are_shown_and_all_are_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A line has its bound; the number says that there are more."""
    world, result = refreshed()
    board, document = scoreboard_read(world)
    for event in document["records"]:
        for side in event["competitions"][0]["competitors"]:
            side["score"] = str(int(side["score"]) + (side["homeAway"] == "home"))
    board = rewritten(world, board, document)
    capsys.readouterr()
    final_games(world, result, board)
    line = only_line(capsys)
    assert line["rows"] == len(document["records"])
    assert line["rows"] > 3
    assert [each[:7] for each in line["error"].split("; ")] == ["game 00"] * 3


def only_line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the only line that was logged, without what every line of a run has."""
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    return {name: value for name, value in line.items() if "googleapis" not in name}


def scoreboard(world: World) -> Result:
    """Let the other owner's scoreboard of the day before be stored, and return its result."""
    request = {"schema": "scraper-request", "version": 1, "scraper": "espn_scoreboard"}
    world.publisher.publish("scraper-requests", {**request, "target_date": f"{YESTERDAY}"}, {})
    world.settle()
    (stored,) = world.storage.list(BUCKET, "espn-scoreboard/")
    where = {"log_id": "y", "object": stored.name, "generation": stored.generation}
    return Result.model_validate({**stored.metadata, **where})


def scoreboard_read(world: World) -> tuple[Result, dict[str, Any]]:
    """Let it be stored; return its result, and the object's document to be changed."""
    board = scoreboard(world)
    held = world.storage.read(BUCKET, board.object)
    assert held is not None
    return board, json.loads(held[0])


def rewritten(world: World, board: Result, document: dict[str, Any]) -> Result:
    """Put another document in a scoreboard's place, and return the result that names it."""
    body = json.dumps(document).encode()
    stored = world.storage.replace(BUCKET, board.object, body, generation=board.generation)
    return board.model_copy(update={"generation": stored.generation})


def test_the_other_owner_alone_says_which_targets_are_final() -> None:
    """Where the schedule could not be refreshed, targets are final as the other owner has them."""
    world, _ = refreshed()
    assert final_games(world, scoreboard(world)) == {TARGET.game_id: final_score(TARGET.game_id)}


def test_two_owners_that_agree_change_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """With both answers the final games are the schedule's, and nothing is logged of them."""
    world, result = refreshed()
    alone, board = final_games(world, result), scoreboard(world)
    capsys.readouterr()
    assert final_games(world, result, board) == alone
    assert "OWNERS_DISAGREE" not in capsys.readouterr().err


DISAGREE = {"severity": "WARNING", "reason_code": "OWNERS_DISAGREE", "rows": 1} | {
    "decision_id": DECISION.decision_id,
    "target_date": f"{YESTERDAY}",
}
"""A line about one game, beside its words."""


def test_owners_that_disagree_are_logged_with_both_values(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A score that differs is a warning; long after the game the schedule's stands."""
    world, result = refreshed()
    board, document = scoreboard_read(world)
    away, home = final_score(TARGET.game_id)
    (event,) = (e for e in document["records"] if e["shortName"] == "TOR @ BKN")
    for side in event["competitions"][0]["competitors"]:
        if side["homeAway"] == "home":
            side["score"] = str(home + 2)
    board = rewritten(world, board, document)
    capsys.readouterr()
    found = final_games(world, result, board)
    assert found is not None
    assert found[TARGET.game_id] == (away, home)
    line = only_line(capsys)
    scores = f"score is ({away}, {home}) in the schedule, ({away}, {home + 2}) elsewhere"
    assert f"game {TARGET.game_id}: {scores}" in line.pop("error")
    assert line.pop("message").startswith("Two owners disagree about games")
    assert line == DISAGREE


def test_a_target_that_the_other_owner_lists_as_postponed_is_not_asked_for() -> None:
    """It is on the scoreboard, and there is nothing of it."""
    world, _ = refreshed()
    board, document = scoreboard_read(world)
    (event,) = (e for e in document["records"] if e["shortName"] == "TOR @ BKN")
    event["status"]["type"]["name"] = "STATUS_POSTPONED"
    board = rewritten(world, board, document)
    assert final_games(world, board) == {}


def test_a_target_that_is_on_no_scoreboard_is_asked_for_all_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A listing that is absent does not say that a game is not final: the decision stands."""
    world, _ = refreshed()
    board, document = scoreboard_read(world)
    events = [e for e in document["records"] if e["shortName"] != "TOR @ BKN"]
    board = rewritten(world, board, {**document, "records": events})
    capsys.readouterr()
    teams = {"game_id": TARGET.game_id, "away": "TOR", "home": "BKN", "season": "2025-26"}
    unknown = {"tipoff": None, "status": SCHEDULED, "has_score": False, "postponed": False}
    lost = Game(game_date=YESTERDAY, **teams, **unknown)
    assert final_of(world, board) == {TARGET.game_id: lost}
    line = only_line(capsys)
    assert line.pop("message").startswith("Games that are to be collected are on no scoreboard")
    assert line == {**DISAGREE, "error": f"{TARGET.game_id} TOR@BKN"}


@pytest.mark.parametrize("listed", [False, True])
def test_of_several_targets_each_that_is_on_no_scoreboard_is_named_and_counted(
    capsys: pytest.CaptureFixture[str], *, listed: bool
) -> None:
    """Whoever reads the line knows which games to look for, and how many they are."""
    world, _ = refreshed()
    board, document = scoreboard_read(world)
    events = [e for e in document["records"] if listed and e["shortName"] == "TOR @ BKN"]
    board = rewritten(world, board, {**document, "records": events})
    other = GameTarget(game_id="0022500208", away="MEM", home="BOS", scrapers=("nbac_boxscore",))
    capsys.readouterr()
    both = DECISION.model_copy(update={"targets": (TARGET, other)})
    assert {*final_games(world, board, decision=both)} == {TARGET.game_id, other.game_id}
    line = only_line(capsys)
    lost = ["0022500208 MEM@BOS"] if listed else [f"{TARGET.game_id} TOR@BKN", "0022500208 MEM@BOS"]
    assert (line["rows"], line["error"]) == (len(lost), ", ".join(lost))
