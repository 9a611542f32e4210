"""Two owners' views of a date's games, brought together."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from common.calendar.games import FINAL, LIVE, SCHEDULED
from common.calendar.owners import FINAL_ANYWAY_AFTER, Listing, settle
from tests.kit.situations import DAY, et, game, played

TIP = et("2025-11-12 19:00")
EVENING = et("2025-11-12 22:00")
SCORE = (100, 111)
OVER = played(score=SCORE)


def listing(**changes: Any) -> Listing:
    """Return the game as the other owner lists it, final."""
    made = Listing("401", DAY, TIP, "MIL", "CHA", FINAL, postponed=False, score=SCORE)
    return replace(made, **changes)


def test_owners_that_agree_change_nothing() -> None:
    """The schedule's game stands, without a warning."""
    assert settle([OVER], [listing()], EVENING, is_fresh=True) == ([OVER], [])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tipoff": TIP + timedelta(minutes=30)}, "tip-off is 2025-11-13 00:00:00+00:00"),
        ({"status": LIVE}, "final is True in the schedule, False elsewhere"),
        ({"postponed": True}, "postponed is False in the schedule, True elsewhere"),
        # What one owner has put off has no time and no end to agree on, nor points what goes on.
        ({"postponed": True, "tipoff": TIP + timedelta(days=1), "status": SCHEDULED}, "postponed"),
        ({"status": LIVE, "score": (50, 49)}, "final is True in the schedule, False elsewhere"),
        ({"score": (100, 112)}, "score is (100, 111) in the schedule, (100, 112) elsewhere"),
    ],
)
def test_a_difference_is_a_warning_with_both_values(changes: dict[str, Any], said: str) -> None:
    """Time, status, postponement and score are compared."""
    _, warnings = settle([OVER], [listing(**changes)], EVENING, is_fresh=True)
    assert len(warnings) == 1
    assert warnings[0].startswith("game 0022500001: ")
    assert said in warnings[0]


def test_a_game_that_the_schedule_alone_has_put_off_is_one_difference() -> None:
    """Its time and its end are not compared with those of the game that was played."""
    moved = listing(tipoff=TIP + timedelta(days=1))
    _, warnings = settle([game(postponed=True)], [moved], EVENING, is_fresh=True)
    (said,) = warnings
    assert "postponed is True in the schedule, False elsewhere" in said


def test_points_are_agreed_on_by_team() -> None:
    """A final game whose time alone is disputed stays final, whoever is at home elsewhere."""
    turned = listing(away="CHA", home="MIL", score=(111, 100), tipoff=TIP + timedelta(minutes=30))
    games, warnings = settle([OVER], [turned], EVENING, is_fresh=True)
    assert (games, len(warnings)) == ([OVER], 1)


@pytest.mark.parametrize("changes", [{"status": LIVE}, {"score": (100, 112)}])
def test_a_disputed_game_is_not_final_for_two_hours(changes: dict[str, Any]) -> None:
    """It is final when the owners agree, or two hours after its end as the schedule has it."""
    later = TIP + FINAL_ANYWAY_AFTER
    for now, is_final in ((EVENING, False), (later - timedelta(seconds=1), False), (later, True)):
        ((found,), _) = settle([OVER], [listing(**changes)], now, is_fresh=True)
        assert found.is_final == is_final
        assert found.score == SCORE


def test_the_other_owners_final_counts_after_two_hours() -> None:
    """A schedule that is not told of a game's end does not hold its collection up for ever."""
    for now, is_final in ((EVENING, False), (TIP + FINAL_ANYWAY_AFTER, True)):
        ((found,), warnings) = settle([game()], [listing()], now, is_fresh=True)
        assert found.is_final == is_final
        assert len(warnings) == 1


def test_an_old_schedule_takes_what_the_other_owner_says() -> None:
    """Without a fresh schedule there is nothing to agree with, and no warning."""
    later = TIP + timedelta(minutes=30)
    ((found,), warnings) = settle([game()], [listing(tipoff=later)], EVENING, is_fresh=False)
    assert (found.game_id, found.is_final, found.score) == ("0022500001", True, SCORE)
    assert found.tipoff == later
    assert warnings == []


def test_a_postponement_is_taken_over() -> None:
    """A game that the other owner calls off is not played."""
    late = listing(postponed=True, status=FINAL)
    ((found,), _) = settle([game()], [late], EVENING, is_fresh=False)
    assert (found.postponed, found.is_final) == (True, False)


def test_a_game_in_a_neutral_arena_is_the_same_the_other_way_round() -> None:
    """Games are matched by their two teams, and points are read by team."""
    turned = listing(away="CHA", home="MIL", score=(111, 100))
    assert settle([OVER], [turned], EVENING, is_fresh=True) == ([OVER], [])
    ((found,), _) = settle([game()], [turned], EVENING, is_fresh=False)
    assert (found.away, found.score) == ("MIL", SCORE)


def test_a_game_of_the_other_owner_alone() -> None:
    """It is a warning beside a fresh schedule, and a game with its own id beside an old one."""
    games, warnings = settle([], [listing()], EVENING, is_fresh=True)
    assert games == []
    assert "MIL@CHA (401), and the schedule does not" in warnings[0]
    ((found,), warnings) = settle([], [listing()], EVENING, is_fresh=False)
    assert (found.game_id, found.season, found.is_final) == ("espn-401", "2025-26", True)
    assert warnings == []
    ((found,), _) = settle([], [listing(postponed=True)], EVENING, is_fresh=False)
    assert (found.game_id, found.postponed) == ("espn-401", True)


def test_a_game_of_the_schedule_alone_stays() -> None:
    """What only the schedule lists is kept as it is."""
    for is_fresh in (True, False):
        assert settle([OVER], [], EVENING, is_fresh=is_fresh) == ([OVER], [])


@pytest.mark.parametrize("turn", [1, -1])
def test_a_game_that_is_postponed_and_played_on_its_date_is_played(turn: int) -> None:
    """Of two listings of the same teams the played one counts, in any order."""
    both = [listing(), listing(their_id="402", postponed=True, score=None)][::turn]
    ((found,), _) = settle([game()], both, EVENING, is_fresh=False)
    assert (found.postponed, found.is_final) == (False, True)


@pytest.mark.parametrize("known", [{}, {"home": "CHA"}, {"away": "MIL"}])
def test_the_place_of_a_knockout_game_gives_way_to_its_listing(known: dict[str, str]) -> None:
    """An old schedule's game without both teams is replaced by the other owner's with teams."""
    place = game(9, tip=None, **{"away": "TBD", "home": "TBD", **known})
    (found,), _ = settle([place], [listing()], EVENING, is_fresh=False)
    assert found.game_id == "espn-401"
    assert settle([place], [], EVENING, is_fresh=False) == ([place], [])
    assert settle([place], [listing()], EVENING, is_fresh=True)[0] == [place]


def test_a_time_that_the_schedule_does_not_know_is_no_difference() -> None:
    """Nor is one of a game that both have postponed."""
    unknown = replace(OVER, tipoff=None)
    assert settle([unknown], [listing()], EVENING, is_fresh=True) == ([unknown], [])
    moved = listing(postponed=True, tipoff=TIP + timedelta(hours=1), score=None)
    put_off = game(postponed=True)
    assert settle([put_off], [moved], EVENING, is_fresh=True) == ([put_off], [])


def test_the_schedule_s_tip_off_says_when_a_dispute_is_over() -> None:
    """The other owner's counts where the schedule has none."""
    later = listing(tipoff=TIP + timedelta(hours=1))
    over = TIP + FINAL_ANYWAY_AFTER
    for ours, is_final in ((game(), True), (game(tip=None), False)):
        ((found,), _) = settle([ours], [later], over, is_fresh=True)
        assert found.is_final is is_final


def test_a_game_that_the_schedule_has_postponed_is_not_final_by_the_other_owner_s_word() -> None:
    """However late it is: the schedule says when it is played."""
    put_off = game(postponed=True)
    later = TIP + timedelta(days=1)
    ((found,), _) = settle([put_off], [listing()], later, is_fresh=True)
    assert found == put_off


@pytest.mark.parametrize(("score", "has_score"), [((0, 2), True), ((0, 0), False), (None, False)])
def test_a_score_is_one_as_soon_as_a_side_has_a_point(
    score: tuple[int, int] | None, *, has_score: bool
) -> None:
    """As in the schedule; a listing that is postponed is scheduled, whatever else it says."""
    ((found,), _) = settle([game()], [listing(status=LIVE, score=score)], EVENING, is_fresh=False)
    assert (found.has_score, found.status) == (has_score, LIVE)
    off = listing(postponed=True, score=score)
    ((found,), _) = settle([game()], [off], EVENING, is_fresh=False)
    assert (found.status, found.postponed) == (SCHEDULED, True)
