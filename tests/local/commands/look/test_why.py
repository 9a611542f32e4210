"""`python -m local why` explains a decision, or what a game lacks."""

import json

import pytest

from tests.kit.operated import gone_wrong, run


def test_a_workflow_s_decision_is_explained_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Action, reason, each rule with its facts, and what would have led to a run."""
    done = run(gone_wrong(), monkeypatch, "why", "betting_lines", "--at", "2025-11-12T08:00")
    lines = done.stdout.splitlines()
    assert lines[0] == "betting_lines: SKIP TOO_EARLY at 2025-11-12 08:00 ET, about 2025-11-12"
    assert "    yes it is before the lead time            next 19:00, lead 6h" in lines
    assert lines[-1] == "  it would have run if it had been 13:00"


def test_a_game_shows_its_data_and_the_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the source answered is there, and the run that asked for it."""
    said = run(gone_wrong(), monkeypatch, "why", "MIL@CHA").stdout
    assert said.startswith(
        "MIL@CHA (0022500213), tip-off 2025-11-12 19:00 ET, final in the schedule\n"
    )
    assert "  nbac_boxscore: 23:00\n" in said
    assert "  nbac_play_by_play: MISSING; nbac_play_by_play FAILED at 11-12 23:00: nba_cdn" in said
    assert "\npost_game_window_2: RUN READY at 2025-11-12 23:00 ET, about 2025-11-12\n" in said


def test_json_has_the_same_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules and flips are lists; a game has its data as well."""
    world = gone_wrong()
    made = json.loads(run(world, monkeypatch, "why", "injury_discovery", "--json").stdout)
    assert (made["action"], made["reason_code"]) == ("SKIP", "FOUND")
    assert made["rules"][-1]["held"]
    assert len(made["flips"]) == 1
    game = json.loads(run(world, monkeypatch, "why", "0022500213", "--json").stdout)
    assert {one["state"] for one in game["data"]} == {"there", "missing"}
    assert [one["workflow"] for one in game["decisions"]] == ["post_game_window_2"]


def test_an_unknown_name_is_refused_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """The workflows are named, and how a game is."""
    done = run(gone_wrong(), monkeypatch, "why", "beting_lines")
    assert done.exit_code == 2
    assert "'beting_lines' is no workflow and no game; known workflows are morning" in done.stderr


@pytest.mark.parametrize("name", ["0022599999", "espn-401", "MIL@BOS"])
def test_a_game_that_is_not_there_is_no_workflow(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By an id of any owner, or by its teams; the error does not list workflows."""
    done = run(gone_wrong(), monkeypatch, "why", name)
    assert done.exit_code == 2
    assert "is no workflow" not in done.stderr
