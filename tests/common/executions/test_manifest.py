"""The manifest of an execution: its workflow's steps, each followed by its alternatives'."""

import pytest

from common.configuration.step import Step
from common.errors import BadInputError
from common.executions.manifest import check_known, planned_steps
from tests.kit.situations import WORKFLOWS

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


@pytest.mark.parametrize(
    ("workflow", "scrapers", "refusal"),
    [
        ("betting_lines", ("oddsa_events", "oddsa_game_lines"), ""),
        ("betting_lines", (), ""),
        (
            "betting_lines",
            ("oddsa_events", "nobody", "nbac_boxscore"),
            "scrapers: nbac_boxscore, nobody not in the steps of betting_lines; known are oddsa_",
        ),
        ("morning_operations", ("espn_roster",), "scrapers: espn_roster not in the steps of morn"),
        ("nothing", (), "workflow_name: 'nothing' is not configured; known are morning_operations"),
    ],
)
def test_a_decision_that_is_not_known_here_is_refused_by_name(
    workflow: str, scrapers: tuple[str, ...], refusal: str
) -> None:
    """Another configuration was deployed since, or the message is somebody else's."""
    if not refusal:
        check_known(WORKFLOWS, workflow, scrapers)
        return
    with pytest.raises(BadInputError) as caught:
        check_known(WORKFLOWS, workflow, scrapers)
    assert f"WorkflowDecision.{refusal}" in str(caught.value)
