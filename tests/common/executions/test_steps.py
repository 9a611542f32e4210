"""The steps of an execution: the tasks of each, and what it waits for."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from common import ids
from common.calendar.games import Game
from common.configuration.workflows import Workflow
from common.executions.manifest import Manifest, manifest_of
from common.executions.steps import Outputs, plan_step
from common.messages.models import (
    GAMES_MAX,
    ExecutionRef,
    GameRef,
    GameTarget,
    WorkflowDecision,
)
from tests.kit.situations import BOXES, DAY, PER_GAME, WHOLE_DATE, WORKFLOWS, et, played

SLOT = et("2025-11-12 23:00")
LINES = WORKFLOWS["betting_lines"]
NIGHT = WORKFLOWS["post_game_window_2"]
OWNERS = ("nbac_schedule_api", "espn_scoreboard")
PER_EVENT = ("oddsa_player_props", "oddsa_game_lines")


def target(number: int, *scrapers: str) -> GameTarget:
    """Return a game of the night with the scrapers it lacks."""
    lacks = scrapers or BOXES
    return GameTarget(game_id=f"00225{number:05d}", away="MIL", home="CHA", scrapers=lacks)


def manifest(name: str, flow: Workflow, *targets: GameTarget, **changes: Any) -> Manifest:
    """Return the manifest of a RUN of a workflow."""
    decision = WorkflowDecision(
        decision_id=ids.decision_id(name, SLOT),
        workflow_name=name,
        action="RUN",
        slot=SLOT,
        decision_time=SLOT + timedelta(minutes=1),
        target_date=DAY,
        scrapers=changes.get("scrapers", flow.scrapers),
        targets=targets,
    )
    return manifest_of(decision, flow, per_game=sorted(PER_GAME), per_event=PER_EVENT, started=SLOT)


def final(*numbers: int, **changes: Any) -> dict[str, Game]:
    """Return games that ended 100:111, as the refreshed schedule lists them."""
    games = (played(number, score=(100, 111), **changes) for number in numbers)
    return {game.game_id: game for game in games}


def asked(made: Manifest, number: int, outputs: Outputs | None = None) -> list[tuple[str, str]]:
    """Return scraper and game of each request of a step."""
    found = plan_step(made, number, outputs or Outputs()).requests
    return [(r.scraper, r.game.game_id if r.game else "") for r in found]


def test_the_seeds_three_tasks() -> None:
    """Betting lines ask for the events, then for props and lines of the events found."""
    made = manifest("betting_lines", LINES)
    assert asked(made, 0) == [("oddsa_events", "")]
    second = plan_step(made, 1, Outputs(event_ids=("a", "b")))
    assert [r.scraper for r in second.requests] == list(PER_EVENT)
    assert {r.event_ids for r in second.requests} == {("a", "b")}


def test_x14_without_events_their_dependants_are_blocked() -> None:
    """Scrapers that need events are reported as blocked if the events failed."""
    found = plan_step(manifest("betting_lines", LINES), 1, Outputs(event_ids=None))
    assert found.requests == ()
    assert found.blocked == tuple(
        f"{name}: BLOCKED_BY_DEPENDENCY (oddsa_events failed)" for name in PER_EVENT
    )


def test_no_event_is_nothing_to_ask_for() -> None:
    """A source without events gives no task and blocks nothing."""
    found = plan_step(manifest("betting_lines", LINES), 1, Outputs(event_ids=()))
    assert (found.requests, found.blocked) == ((), ())


def test_x10_nine_games_are_nine_tasks_a_scraper() -> None:
    """A per-game scraper has one task per game, a whole-date scraper has one."""
    games = [target(number) for number in range(9)]
    over = final(*range(9))
    tasks = asked(manifest("night", NIGHT, *games), 1, Outputs(final=over))
    assert PER_GAME
    for scraper in PER_GAME:
        assert [game for name, game in tasks if name == scraper] == sorted(over)
    assert [game for name, game in tasks if name == WHOLE_DATE] == [""]


def test_x11_only_what_a_target_lacks() -> None:
    """Each game has tasks only for the scrapers it lacks."""
    games = (target(1, "nbac_gamebook_pdf"), target(2, "nbac_play_by_play"))
    scrapers = (*OWNERS, "nbac_gamebook_pdf", "nbac_play_by_play")
    made = manifest("night", NIGHT, *games, scrapers=scrapers)
    assert sorted(asked(made, 1, Outputs(final=None))) == [
        ("nbac_gamebook_pdf", "0022500001"),
        ("nbac_play_by_play", "0022500002"),
    ]


def test_a_game_that_is_not_final_has_no_task() -> None:
    """A game that is not final is reported as not ready; the final one has its tasks."""
    made = manifest("night", NIGHT, target(1), target(2))
    found = plan_step(made, 1, Outputs(final=final(1)))
    assert {r.game.game_id for r in found.requests if r.game} == {"0022500001"}
    assert found.not_ready == ("0022500002",)


def test_fs05_a_scraper_of_the_date_is_asked_for_its_finished_games() -> None:
    """The request names all final games of the date, targets or not, with their scores."""
    made = manifest("night", NIGHT, target(1), target(2))
    other = final(4, game_date=DAY - timedelta(days=1))
    found = plan_step(made, 1, Outputs(final=final(1, 3) | other))
    (whole,) = (request for request in found.requests if request.scraper == WHOLE_DATE)
    assert [(g.game_id, g.away_score, g.home_score) for g in whole.games] == [
        ("0022500001", 100, 111),
        ("0022500003", 100, 111),
    ]
    (first, *_) = (request.game for request in found.requests if request.game)
    one = {"game_id": "0022500001", "away": "MIL", "home": "CHA"}
    assert first == GameRef(**one, away_score=100, home_score=111)


def test_fs05_without_a_fresh_schedule_no_score_is_known() -> None:
    """The decision's own games must be in the answer, and their scores are not compared."""
    made = manifest("night", NIGHT, target(1))
    found = plan_step(made, 1, Outputs(final=None)).requests
    (whole,) = (request for request in found if request.scraper == WHOLE_DATE)
    assert [(g.game_id, g.away_score) for g in whole.games] == [("0022500001", None)]
    refreshes = plan_step(made, 0, Outputs()).requests
    assert [request.games for request in refreshes] == [(), ()]


@pytest.mark.parametrize(
    ("scrapers", "waits"), [((WHOLE_DATE,), ()), (("nbac_play_by_play",), ("0022500001",))]
)
def test_only_games_that_were_asked_for_are_not_ready(
    scrapers: tuple[str, ...], waits: tuple[str, ...]
) -> None:
    """Only a step with per-game scrapers reports games that are not ready."""
    made = manifest("night", NIGHT, target(1), scrapers=(*OWNERS, *scrapers))
    assert plan_step(made, 1, Outputs(final={})).not_ready == waits


def test_a_step_for_the_targets_does_not_wait_for_their_end() -> None:
    """Without `games: final` each decided game has its task, final or not."""
    steps = tuple(step.model_copy(update={"games": "targets"}) for step in NIGHT.steps)
    made = manifest("night", NIGHT.model_copy(update={"steps": steps}), target(1))
    found = plan_step(made, 1, Outputs(final={}))
    assert {r.game.game_id for r in found.requests if r.game} == {"0022500001"}
    assert found.not_ready == ()


def test_without_a_fresh_schedule_the_decided_targets_stand() -> None:
    """If the schedule refresh failed, the decided games are collected."""
    made = manifest("night", NIGHT, target(1))
    assert {game for _, game in asked(made, 1, Outputs(final=None)) if game} == {"0022500001"}


def test_the_first_step_does_not_ask_for_games() -> None:
    """Each owner has one task that says what is final; neither reports a game as not ready."""
    made = manifest("night", NIGHT, target(1), target(2))
    found = plan_step(made, 0, Outputs(final={}))
    assert ([r.scraper for r in found.requests], found.not_ready) == ([*OWNERS], ())


def test_r4_every_task_has_the_decisions_date() -> None:
    """Every task has the decision's date, ids and slot, and its step's number."""
    made = manifest("night", NIGHT, target(1))
    for number, tasks in ((0, len(OWNERS)), (1, len(BOXES) + 1)):
        requests = plan_step(made, number, Outputs(final=None)).requests
        assert len(requests) == tasks
        for request in requests:
            assert request.target_date == DAY
            about = request.game.game_id if request.game else f"{DAY}"
            execution_id = ids.execution_id(made.decision.decision_id)
            assert request.execution == ExecutionRef(
                execution_id=execution_id,
                decision_id=made.decision.decision_id,
                workflow_name="night",
                step=number,
                task_id=ids.task_id(execution_id, number, request.scraper, about),
                slot=SLOT,
            )


def test_x8_tasks_have_the_same_ids_again_and_no_two_the_same() -> None:
    """A repeated step has the same tasks, and no two tasks share an id."""
    made = manifest("night", NIGHT, *(target(number) for number in range(9)))
    once, again = (plan_step(made, 1, Outputs(final=None)).requests for _ in range(2))
    assert once == again
    task_ids = [request.execution.task_id for request in once if request.execution]
    assert len(set(task_ids)) == len(once) == 9 * len(PER_GAME) + 1


def test_d9_a_manifest_is_narrowed_to_what_was_decided() -> None:
    """Steps without a decided scraper are left out; the others keep their order."""
    made = manifest("betting_lines", LINES, scrapers=("oddsa_events",))
    assert [step.scrapers for step in made.steps] == [("oddsa_events",)]


def test_a_manifest_comes_back_from_its_state() -> None:
    """A manifest that is stored when an execution starts is read back unchanged."""
    made = manifest("night", NIGHT, target(1))
    assert Manifest.model_validate(made.body()) == made


@pytest.mark.parametrize(
    ("game_id", "season_type"),
    [
        ("0022500213", "Regular Season"),
        ("0042400101", "Playoffs"),
        ("0052400101", "PlayIn"),
        ("0062400001", "IST"),
    ],
)
def test_tasks_say_how_the_night_is_filed(game_id: str, season_type: str) -> None:
    """A task has the `SeasonType` under which stats.nba.com lists its game."""
    game = GameTarget(game_id=game_id, away="MIL", home="CHA", scrapers=BOXES)
    found = plan_step(manifest("night", NIGHT, game), 1, Outputs(final=None))
    assert {request.season_type for request in found.requests} == {season_type}


ESPN_ONLY = GameTarget(game_id="espn-401", away="CHI", home="DET", scrapers=BOXES)


@pytest.mark.parametrize("first", [[], [ESPN_ONLY]])
def test_a_night_is_filed_as_the_first_game_that_nba_com_lists(first: list[GameTarget]) -> None:
    """An id of ESPN's says nothing of it, wherever it stands; with none other it is a usual one."""
    playoff = GameTarget(game_id="0042400101", away="MIL", home="CHA", scrapers=BOXES)
    made = plan_step(manifest("night", NIGHT, *first, playoff, ESPN_ONLY), 1, Outputs())
    assert {request.season_type for request in made.requests} == {"Playoffs"}
    made = plan_step(manifest("night", NIGHT, *first), 0, Outputs())
    assert {request.season_type for request in made.requests} == {"Regular Season"}


@pytest.mark.parametrize("lacking", [set(), {None}])
def test_a_date_s_request_names_no_more_games_than_a_message_may(lacking: set[None]) -> None:
    """With more, neither the date's request nor its alternative's could be read."""
    made = manifest("night", NIGHT, target(1))
    number = 1 if not lacking else [step.instead_of for step in made.steps].index((BOXES[0],))
    outputs = Outputs(final=final(*range(1, GAMES_MAX + 2)), lacking=frozenset(lacking))
    (request,) = (one for one in plan_step(made, number, outputs).requests if not one.game)
    assert [game.game_id for game in request.games] == [
        f"00225{number:05d}" for number in range(1, GAMES_MAX + 1)
    ]


@pytest.mark.parametrize(
    ("targets", "games"),
    [((), [()]), ((ESPN_ONLY,), []), ((ESPN_ONLY, target(1)), [("0022500001",)])],
)
@pytest.mark.parametrize("is_fresh", [True, False])
def test_a_date_is_asked_for_by_the_games_that_nba_com_has_an_id_of(
    targets: tuple[GameTarget, ...], games: list[tuple[str, ...]], *, is_fresh: bool
) -> None:
    """Without such a game a whole date is not asked for; without any target it is."""
    ends = {each.game_id: replace(played(1), game_id=each.game_id) for each in targets}
    made = manifest("night", NIGHT, *targets)
    found = plan_step(made, 1, Outputs(final=ends if is_fresh else None)).requests
    whole = [request for request in found if request.scraper == WHOLE_DATE]
    assert [tuple(game.game_id for game in request.games) for request in whole] == games
    assert [name for name, _ in asked(made, 0)] == [*OWNERS]  # the owners are asked in any case


@pytest.mark.parametrize(
    ("lacking", "wanted"),
    [
        (set(), []),
        ({None}, [("", ("0022500001",))]),
        ({"0022500001"}, [("0022500001", ())]),
        ({"0022500002", "0022500009"}, [("0022500002", ())]),
        ({None, "0022500001"}, [("", ("0022500001",)), ("0022500001", ())]),
    ],
)
def test_an_alternative_is_asked_for_what_is_lacking_alone(
    lacking: set[str | None], wanted: list[tuple[str, tuple[str, ...]]]
) -> None:
    """A date or a game; its request says which finished games a date's answer must have."""
    made = manifest("night", NIGHT, target(1), target(2))
    (number,) = (n for n, step in enumerate(made.steps) if step.scrapers == ("espn_boxscore",))
    outputs = Outputs(final=final(1), lacking=frozenset(lacking))
    found = plan_step(made, number, outputs)
    assert (found.blocked, found.not_ready) == ((), ())
    assert {request.scraper for request in found.requests} <= {"espn_boxscore"}
    asked_for = [
        (request.game.game_id if request.game else "", tuple(g.game_id for g in request.games))
        for request in found.requests
    ]
    assert asked_for == wanted
