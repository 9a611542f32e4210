"""What the workflows are to collect, and by when."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from common.configuration.step import Step
from common.look.wanted import Moment, Wanted, wanted_of
from tests.kit.situations import DAY, PER_GAME, WORKFLOWS, et, game

WANTED = wanted_of(WORKFLOWS, PER_GAME)


def wanted(scraper: str, moment: Moment) -> Wanted:
    """Return what the shipped workflows want of a scraper."""
    (found,) = (one for one in WANTED if (one.scraper, one.moment) == (scraper, moment))
    return found


def test_each_datum_is_wanted_once() -> None:
    """Four workflows collect box scores; what only leads to other data is no datum."""
    assert wanted("nbac_boxscore", "after").line == ("nbac_boxscore", "espn_boxscore")
    assert len(wanted("nbac_boxscore", "after").flows) == 4
    assert "oddsa_events" not in {one.scraper for one in WANTED}
    assert {one.scraper for one in WANTED if one.moment == "before"} == {
        "oddsa_player_props",
        "oddsa_game_lines",
    }


def test_lines_are_due_and_late_by_their_limit() -> None:
    """Without a `fresh_by` that is the tip-off, until when they can be collected."""
    played = game(1, "2025-11-12 19:00")
    lines = wanted("oddsa_game_lines", "before")
    assert lines.due(DAY, played) == lines.late_after(DAY, played) == et("2025-11-12 18:00")
    flow = lines.flows["betting_lines"]
    bare = flow.model_copy(update={"steps": (Step(scrapers=("oddsa_game_lines",)),)})
    without = replace(lines, flows={"betting_lines": bare})
    assert without.due(DAY, played) == without.late_after(DAY, played) == played.tipoff


def test_data_of_a_game_are_late_by_their_limit_and_others_an_hour_after_due() -> None:
    """Box scores have nine hours from the end of the game."""
    played = game(1, "2025-11-12 19:00")
    assert wanted("nbac_boxscore", "after").late_after(DAY, played) == et("2025-11-13 06:30")
    assert wanted("nbac_injury_report", "date").late_after(DAY) == et("2025-11-12 14:30")


def test_box_scores_are_due_in_the_first_window_after_the_game() -> None:
    """A game that ends after the last window of the night waits for the morning's."""
    box = wanted("nbac_boxscore", "after")
    tips = ("12:00", "19:00", "20:30", "22:30")
    dues = {tip: box.due(DAY, game(1, f"2025-11-12 {tip}")) for tip in tips}
    assert dues == {
        "12:00": et("2025-11-12 20:00"),
        "19:00": et("2025-11-12 23:00"),
        "20:30": et("2025-11-12 23:00"),
        "22:30": et("2025-11-13 06:00"),
    }


def test_without_a_later_window_the_game_s_end_counts() -> None:
    """A game that ends after every window was due when it ended."""
    late = game(1, "2025-11-13 08:00", game_date=DAY)
    assert late.tipoff
    due = wanted("nbac_boxscore", "after").due(DAY, late)
    assert due == late.tipoff + timedelta(hours=2.5)


def test_a_publication_is_due_when_it_usually_appears() -> None:
    """A daily window is due at its end."""
    assert wanted("nbac_injury_report", "date").due(DAY) == et("2025-11-12 13:30")
    assert wanted("nbac_player_list", "date").due(DAY) == et("2025-11-12 10:00")


def test_a_game_without_a_time_is_due_at_no_time() -> None:
    """Nothing can be late of it."""
    assert wanted("nbac_boxscore", "after").due(DAY, game(1, None)) is None


def test_of_several_workflows_the_first_limit_counts() -> None:
    """A publication is due when the first of them expects it; one without a limit sets none."""
    report = wanted("nbac_injury_report", "date")
    (flow,) = report.flows.values()
    later = flow.model_copy(update={"published": time(18)})
    both = replace(report, flows={"later": later, "flow": flow})
    assert both.due(DAY) == report.due(DAY) != replace(report, flows={"later": later}).due(DAY)
    played, lines = game(1, "2025-11-12 19:00"), wanted("oddsa_game_lines", "before")
    limited = lines.flows["betting_lines"]
    bare = limited.model_copy(update={"steps": (Step(scrapers=("oddsa_game_lines",)),)})
    both = replace(lines, flows={"bare": bare, "limited": limited})
    assert both.due(DAY, played) == lines.due(DAY, played)


@pytest.mark.parametrize("names", [("bare", "full"), ("full", "bare")])
def test_what_stands_in_in_any_of_several_workflows_is_of_the_line(names: tuple[str, str]) -> None:
    """Whichever of them comes first."""
    full = WORKFLOWS["post_game_window_2"]
    bare = full.model_copy(update={"steps": (Step(scrapers=("nbac_boxscore",), games="final"),)})
    flows = {name: {"bare": bare, "full": full}[name] for name in names}
    (box,) = (one for one in wanted_of(flows, PER_GAME) if one.scraper == "nbac_boxscore")
    assert (box.line, [*box.flows]) == (("nbac_boxscore", "espn_boxscore"), [*names])


@pytest.mark.parametrize(
    ("flow", "due"),
    [
        ("post_game_window_2", "2025-11-12 23:00"),
        ("post_game_window_3", "2025-11-13 06:00"),
        ("late_game_catch_up", "2025-11-13 07:00"),
    ],
)
def test_what_one_workflow_collects_is_due_in_its_own_window(flow: str, due: str) -> None:
    """That of the evening, or of the morning after the date."""
    box = wanted("nbac_boxscore", "after")
    alone = replace(box, flows={flow: box.flows[flow]})
    assert alone.due(DAY, game(1, "2025-11-12 19:00")) == et(due)
