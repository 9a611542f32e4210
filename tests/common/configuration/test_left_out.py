"""Workflows without the scrapers whose source is off."""

from common.configuration.left_out import alone, without
from common.configuration.step import Step
from common.runtime import Runtime
from common.settings import Settings
from tests.kit.situations import WORKFLOWS

NIGHT, MORNING = WORKFLOWS["post_game_window_2"], WORKFLOWS["morning_operations"]
STATS_ON = {"nba_stats_url": "https://stats.nba.com"}


def test_a_scraper_whose_source_is_off_is_left_out() -> None:
    """The other scrapers of its step stay, with their alternatives and second looks."""
    kept = without(NIGHT, {"nbac_player_boxscore"}).steps[1]
    assert kept.scrapers == ("nbac_boxscore", "nbac_play_by_play", "nbac_gamebook_pdf")
    assert (kept.alternatives, kept.again_hours) == (
        {"nbac_boxscore": ("espn_boxscore",)},
        {"nbac_boxscore": 2.5},
    )


def test_a_second_look_goes_with_its_scraper() -> None:
    """An alternative that takes a place is not looked at again."""
    kept = without(NIGHT, {"nbac_boxscore"}).steps[1]
    assert "espn_boxscore" in kept.scrapers
    assert kept.again_hours == {}


def test_an_alternative_takes_its_place() -> None:
    """Where the first scraper is off, its alternative is asked at once."""
    kept = without(MORNING, {"nbac_player_list"}).steps[0]
    assert kept.scrapers == ("nbac_schedule_api", "espn_roster")
    assert kept.alternatives == {"nbac_schedule_api": ("espn_scoreboard",)}


def test_an_alternative_whose_source_is_off_is_not_asked() -> None:
    """The scraper that it would stand in for stays as it is."""
    kept = without(NIGHT, {"espn_boxscore"}).steps[1]
    assert (kept.scrapers, kept.alternatives) == (NIGHT.steps[1].scrapers, {})


def test_two_scrapers_that_stand_in_for_each_other_leave_one() -> None:
    """The one that is left is named once."""
    each = Step(scrapers=("a", "b"), alternatives={"a": ("b",), "b": ("a",)})
    kept = without(MORNING.model_copy(update={"steps": (each,)}), {"a"}).steps[0]
    assert (kept.scrapers, kept.alternatives) == (("b",), {})


def test_what_takes_a_place_keeps_the_further_alternatives_of_both() -> None:
    """`b` stands in for `a`, which is off, and is asked itself: both have further ones."""
    each = Step(scrapers=("a", "b"), alternatives={"a": ("b", "c"), "b": ("d",)})
    kept = without(MORNING.model_copy(update={"steps": (each,)}), {"a"}).steps[0]
    assert (kept.scrapers, kept.alternatives) == (("b",), {"b": ("c", "d")})


def test_a_workflow_keeps_its_last_scraper() -> None:
    """A workflow of which nothing would be left stays whole: its failures must be seen."""
    assert without(MORNING, set(MORNING.every_scraper)) == MORNING


def test_the_shipped_workflows_without_a_proxy() -> None:
    """Without a way to stats.nba.com no workflow asks it, and with one two do."""
    cloud = Runtime(Settings())
    assert {"nbac_player_boxscore", "nbac_player_list"} <= cloud.off.keys()
    asked = {name for flow in cloud.workflows.values() for name in flow.every_scraper}
    assert not asked & cloud.off.keys()
    on = Runtime(Settings.model_validate(STATS_ON))
    assert on.off == {}
    assert on.workflows == WORKFLOWS


def test_a_workflow_alone_asks_only_who_is_named_first() -> None:
    """What only stands in for others is left out; owners of one step stay the first of them."""
    each = Step(scrapers=("a", "b"), alternatives={"a": ("b",), "b": ("a", "c")})
    only = Step(scrapers=("d",), alternatives={"d": ("e",)})
    last = Step(scrapers=("e",))
    made = alone(MORNING.model_copy(update={"steps": (each, only, last)}))
    assert [(step.scrapers, step.alternatives) for step in made.steps] == [
        (("a",), {}),
        (("d",), {}),
        (("e",), {}),
    ]
