"""A roster of ESPN is that of the team that was asked for, by NBA.com's tricode."""

import json
from dataclasses import replace
from typing import Any

import pytest

from common.scrapers import get
from common.scrapers.model import ContractError, Parsed
from tests.kit.samples import document, target

NAME = "espn_roster"


def read(team: str, **changes: Any) -> Parsed:
    """Return what is read of the roster that is asked of a team."""
    answer = document(NAME)
    answer["team"] |= changes
    return get(NAME).parse([json.dumps(answer).encode()], replace(target(NAME), teams=(team,)))


def test_players_have_nba_com_s_tricode() -> None:
    """ESPN's own abbreviation of a team is in none of the records."""
    found = read("GSW", abbreviation="GS", id="9")
    assert {row["teamTricode"] for row in found.records} == {"GSW"}


def test_the_rosters_of_several_teams_are_read_together() -> None:
    """The players in the order of the answers, and each who is left out warned of."""
    odd = {"id": "8", "displayName": None}
    answers = []
    for number, (name, abbreviation) in enumerate((("30", "CHA"), ("9", "GS"))):
        player = {"id": f"80{number}", "displayName": f"P{number}"}
        team = {"id": name, "abbreviation": abbreviation, "athletes": [player, odd]}
        answers.append(json.dumps({"team": team}).encode())
    found = get(NAME).parse(answers, replace(target(NAME), teams=("GSW", "CHA")))
    players = [(row["teamTricode"], row["id"]) for row in found.records]
    assert (found.count, players) == (2, [("CHA", "800"), ("GSW", "801")])
    assert found.warnings == tuple(
        f"{NAME}: {team}: player '8' None: displayName is None, not str; the row is left out"
        for team in ("CHA", "GSW")
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"athletes": []}, "athletes of CHA is empty"),
        ({"athletes": None}, "athletes is None"),
        ({"id": "9"}, "id of CHA is '9', asked was '30'"),
        ({"id": 30}, "id is 30, not str"),
        ({"abbreviation": "XYZ"}, "id of XYZ is '30', asked was 'None'"),
        ({"abbreviation": None}, "abbreviation is None"),
    ],
)
def test_a_team_in_another_form_breaks_the_contract(changes: dict[str, Any], said: str) -> None:
    """Its id and abbreviation name one team, which has players."""
    with pytest.raises(ContractError, match=f"^espn_roster: {said}"):
        read("CHA", **changes)
