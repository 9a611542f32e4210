"""Why a workflow decided as it did, and why a game lacks what it lacks."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from common.calendar.games import FINAL
from common.eastern import at
from common.errors import BadInputError
from common.look.why import (
    explained,
    find_game,
    game_and_decisions,
    game_line,
    last_decision,
)
from tests.kit.operated import day_gone_wrong, forced_ahead, gone_wrong
from tests.kit.placed import placed
from tests.kit.placed import row as row_of
from tests.kit.situations import et, game
from tests.kit.world import DAY

MIDNIGHT = at(date(2025, 11, 13), time())


def test_a_recorded_decision_is_judged_again_rule_by_rule() -> None:
    """The same action comes out, with each rule that was asked; the last that held decided."""
    place = gone_wrong().runtime
    row = last_decision(place, "betting_lines", at(DAY, time(8, 30)))
    found = explained(place, row)
    assert (found.again.action, found.again.reason_code) == (row["action"], row["reason_code"])
    assert [rule.asks for rule in found.rules if rule.held] == ["it is before the lead time"]
    assert found.flips == ["it had been 13:00"]
    assert [*found.lines()][-1] == "  it would have run if it had been 13:00"
    ran = explained(place, last_decision(place, "betting_lines", at(DAY, time(13))))
    assert [*ran.lines()][-1].startswith("  it would not have run if ")
    assert [*replace(ran, flips=()).lines()][-1] == (
        "  no small change of these facts leads to another action"
    )


def test_every_decision_of_a_day_can_be_explained() -> None:
    """Each comes out as recorded, from its inputs alone."""
    place = gone_wrong().runtime
    for row in gone_wrong().rows["workflow_decisions"]:
        found = explained(place, row)
        assert (found.again.action, found.again.reason) == (row["action"], row["reason"])


def test_a_changed_configuration_is_said() -> None:
    """The recorded decision stays the truth, beside what the facts lead to now."""
    world = gone_wrong()
    flow = world.runtime.configured["betting_lines"]
    row = last_decision(world.runtime, "betting_lines", at(DAY, time(8, 30)))
    flows = {
        **world.runtime.configured,
        "betting_lines": flow.model_copy(update={"lead_hours": 12}),
    }
    found = explained(world.runtime.but(configured=flows), row)
    (said,) = (line for line in found.lines() if "recorded was" in line)
    recorded = f"{row['action']} {row['reason_code']}: {row['reason']}"
    assert said == f"  recorded was {recorded}; the configuration has changed since"
    assert row["reason"] != found.again.reason


def test_another_reason_for_the_same_action_is_said_as_well() -> None:
    """Either of action and reason may have changed; where neither has, nothing is said of it."""
    place = gone_wrong().runtime
    row = last_decision(place, "betting_lines", at(DAY, time(8, 30)))
    for changed, said in (({}, False), ({"reason_code": "X"}, True), ({"action": "RUN"}, True)):
        lines = [*explained(place, {**row, **changed}).lines()]
        assert any("recorded was" in line for line in lines) is said
        assert lines[-1].startswith("  it would have run if")


def test_a_forced_decision_is_judged_again_as_one() -> None:
    """Its slot does not expire, however long ago it was, nor in what would have changed it."""
    place = gone_wrong().runtime
    row = last_decision(place, "betting_lines", at(DAY, time(13)))
    late = {**row, "decision_time": row["slot"] + timedelta(hours=2)}
    plain, forced = (explained(place, {**late, "forced": each}) for each in (False, True))
    assert (plain.again.reason_code, forced.again.action) == ("SLOT_EXPIRED", "RUN")
    assert forced.flips == explained(place, row).flips


def test_the_last_decision_is_of_a_slot_up_to_the_instant() -> None:
    """At 13:59 it is the one of 13:00."""
    row = last_decision(gone_wrong().runtime, "betting_lines", at(DAY, time(13, 59)))
    assert row["slot"] == at(DAY, time(13))


@pytest.mark.parametrize("name", ["MIL@CHA", "0022500213"])
def test_a_game_is_found_by_its_teams_or_its_id(name: str) -> None:
    """Both name the game of the day."""
    found = find_game(gone_wrong().runtime, name, MIDNIGHT)
    assert (found.game_id, found.game_date) == ("0022500213", DAY)


def test_a_game_that_failed_is_explained_by_the_run_that_asked_for_it() -> None:
    """The window's RUN explains why two of its data are missing."""
    place = gone_wrong().runtime
    game = find_game(place, "MIL@CHA", MIDNIGHT)
    covered, made = game_and_decisions(place, game, MIDNIGHT)
    lacking = {one.scraper for one in covered.data if one.state == "missing"}
    assert lacking == {"nbac_play_by_play", "nbac_gamebook_pdf"}
    assert [one.row["workflow_name"] for one in made] == ["post_game_window_2"]


def test_a_game_that_is_awaited_needs_no_decision() -> None:
    """What is due in the morning says so, and explains nothing else."""
    place = gone_wrong().runtime
    game = find_game(place, "DEN@LAC", MIDNIGHT)
    covered, made = game_and_decisions(place, game, MIDNIGHT)
    assert "due at 11-13 06:00" in {one.why for one in covered.data}
    assert made == []


def test_without_a_run_each_workflow_s_last_decision_explains() -> None:
    """At 08:30 the lines were not asked for, and their workflow says why."""
    early = at(DAY, time(8, 30))
    place = day_gone_wrong(early).runtime
    _, made = game_and_decisions(place, find_game(place, "MIL@CHA", early), early)
    assert [one.row["reason_code"] for one in made] == ["TOO_EARLY"]


@pytest.mark.parametrize(
    ("what", "said"),
    [("form", "has no inputs that can be read"), ("name", "is not enabled here")],
)
def test_a_row_that_cannot_be_explained_says_why(what: str, said: str) -> None:
    """Its recorded reason is there all the same."""
    place = gone_wrong().runtime
    row = dict(last_decision(place, "betting_lines", MIDNIGHT))
    row |= {"inputs": "{}"} if what == "form" else {"workflow_name": "gone"}
    wanted = rf"^{row['workflow_name']} at 2025-11-13T04:00Z {said}: .*Last game tipped off"
    with pytest.raises(BadInputError, match=wanted):
        explained(place, row)


@pytest.mark.parametrize(
    "inputs",
    [
        '"games": 7',
        '"boards": 7',
        '"since": "soon"',
        '"runs": [["b", 0, "2025-11-12", [9], null]]',
    ],
)
def test_broken_inputs_are_named(inputs: str) -> None:
    """The decision's id is there, so that its row can be looked at."""
    place = gone_wrong().runtime
    row = last_decision(place, "betting_lines", MIDNIGHT)
    with pytest.raises(BadInputError, match=f"inputs of decision {row['decision_id']}"):
        explained(place, {**row, "inputs": f'{{"form": 1, {inputs}}}'})


def test_what_was_decided_for_a_later_slot_is_named() -> None:
    """Where there is nothing up to the instant, so that it can be asked for."""
    place = forced_ahead().runtime
    named = "; for the next slot in which it did: --at 2025-11-12T06:00$"
    with pytest.raises(BadInputError, match=f"post_game_window_3 decided nothing in .*{named}"):
        last_decision(place, "post_game_window_3", at(DAY, time()) - timedelta(days=1))
    ahead = at(DAY + timedelta(days=1), time(6))
    assert last_decision(place, "post_game_window_3", ahead)["forced"]


def test_what_was_never_decided_is_refused() -> None:
    """Neither a workflow without a decision nor a game without a listing is guessed."""
    place = gone_wrong().runtime
    with pytest.raises(BadInputError, match=r"decided nothing in the 8 days before [^;]*$"):
        last_decision(place, "betting_lines", at(date(2025, 11, 1), time()))
    with pytest.raises(BadInputError, match="the schedule lists no game 'AAA@BBB'"):
        find_game(place, "AAA@BBB", MIDNIGHT)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        *(("2025-11-08", 10), ("2025-11-10", 10), ("2025-11-13", 10), ("2025-11-14", 14)),
        *(("2025-11-19", 14), ("2025-12-01", 20)),
    ],
)
def test_of_two_teams_that_meet_often_the_last_game_up_to_a_date_is_meant(
    asked: str, found: int
) -> None:
    """Before all of them it is the first to come; one that was put off is none."""
    games = [
        game(day, f"2025-11-{day:02} 19:00", postponed=day in (9, 12))
        for day in (9, 10, 12, 14, 20)
    ]
    place, _ = placed(at(date(2025, 12, 1), time(12)), {one.game_date: (one,) for one in games})
    when = at(date.fromisoformat(asked), time(12))
    for hours in (0, 11):
        later = when + timedelta(hours=hours)
        assert find_game(place, "MIL@CHA", later).game_date.day == found
    assert find_game(place, "0022500020", when).game_date == date(2025, 11, 20)
    with pytest.raises(BadInputError, match="lists no game"):
        find_game(place, "CHA@MIL", when)


@pytest.mark.parametrize(
    ("until", "explaining"),
    [
        ("2025-11-12 23:59", ["second"]),
        ("2025-11-12 23:00", ["second"]),
        ("2025-11-12 22:30", ["first"]),
        ("2025-11-12 21:30", ["skip", "window"]),
        ("2025-11-12 20:30", ["old"]),
    ],
)
def test_the_last_run_that_asked_for_a_game_explains_it(
    until: str, explaining: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a slot up to the instant, and of this game; else each workflow's last decision does."""
    one, other = game(1), game(2)
    window, catch_up = "post_game_window_2", "late_game_catch_up"
    rows = [
        row_of(
            "workflow_decisions",
            slot=et(f"2025-11-12 {hour}"),
            decision_time=et(f"2025-11-12 {hour}") + timedelta(minutes=45),
        )
        | {"decision_id": name, "workflow_name": flow, "target_date": DAY, "inputs": "{}"}
        | {"action": "RUN" if games else "SKIP", "game_ids": games, "reason": "r"}
        for hour, name, flow, games in (
            *(("20:00", "old", window, []), ("21:00", "skip", window, [])),
            ("21:01", "window", catch_up, [other.game_id]),
            *(
                ("22:00", "first", window, [one.game_id]),
                ("23:00", "second", window, [one.game_id]),
            ),
            *(("23:01", "third", catch_up, []), ("23:02", "fourth", "betting_lines", [])),
        )
    ]
    place, _ = placed(MIDNIGHT, {DAY: (one, other)}, workflow_decisions=rows)
    monkeypatch.setattr("common.look.why.explained", lambda _, made: made["decision_id"])
    assert game_and_decisions(place, one, et(until))[1] == explaining


@pytest.mark.parametrize(
    ("tip", "status", "said"),
    [
        ("2025-11-12 19:00", 1, "2025-11-12 19:00 ET, not final"),
        ("2025-11-12 19:00", 3, "2025-11-12 19:00 ET, final"),
        (None, 1, "not known, not final"),
    ],
)
def test_a_game_is_one_line(tip: str | None, status: int, said: str) -> None:
    """Its tip-off is Eastern, and may not be known yet."""
    line = game_line(game(1, tip, status=status, has_score=status == FINAL))
    assert line == f"MIL@CHA (0022500001), tip-off {said} in the schedule"
