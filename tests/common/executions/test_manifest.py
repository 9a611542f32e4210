"""The manifest of an execution: its workflow's steps, each followed by its alternatives'."""

from common.configuration.step import Step
from common.executions.manifest import planned_steps

BOXES = Step(
    scrapers=("nbac_boxscore", "nbac_play_by_play"),
    games="final",
    alternatives={"nbac_boxscore": ("espn_boxscore", "nbac_team_boxscore")},
)


def test_each_alternative_has_a_step_after_the_scrapers_own() -> None:
    """Alternatives follow one after another, each with the scrapers that are asked before it."""
    made = list(planned_steps([BOXES], {"nbac_boxscore", "nbac_play_by_play"}))
    assert [(step.scrapers, step.instead_of) for step in made] == [
        (("nbac_boxscore", "nbac_play_by_play"), ()),
        (("espn_boxscore",), ("nbac_boxscore",)),
        (("nbac_team_boxscore",), ("nbac_boxscore", "espn_boxscore")),
    ]
    assert {step.games for step in made} == {"final"}


def test_a_scraper_that_is_not_wanted_needs_no_alternative() -> None:
    """A decision that names other scrapers only has no step for the alternatives."""
    made = list(planned_steps([BOXES], {"nbac_play_by_play"}))
    assert [(step.scrapers, step.instead_of) for step in made] == [(("nbac_play_by_play",), ())]
