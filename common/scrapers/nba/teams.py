"""The thirty teams as NBA.com addresses them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from common.errors import BadInputError
from common.scrapers.agreement import distinct
from common.scrapers.model import ContractError, Target


@dataclass(frozen=True)
class NbaTeam:
    """A team: the id in every answer, and the name in the addresses of its pages."""

    team_id: int
    slug: str


TEAMS: Mapping[str, NbaTeam] = MappingProxyType(
    {
        "ATL": NbaTeam(1610612737, "hawks"),
        "BOS": NbaTeam(1610612738, "celtics"),
        "BKN": NbaTeam(1610612751, "nets"),
        "CHA": NbaTeam(1610612766, "hornets"),
        "CHI": NbaTeam(1610612741, "bulls"),
        "CLE": NbaTeam(1610612739, "cavaliers"),
        "DAL": NbaTeam(1610612742, "mavericks"),
        "DEN": NbaTeam(1610612743, "nuggets"),
        "DET": NbaTeam(1610612765, "pistons"),
        "GSW": NbaTeam(1610612744, "warriors"),
        "HOU": NbaTeam(1610612745, "rockets"),
        "IND": NbaTeam(1610612754, "pacers"),
        "LAC": NbaTeam(1610612746, "clippers"),
        "LAL": NbaTeam(1610612747, "lakers"),
        "MEM": NbaTeam(1610612763, "grizzlies"),
        "MIA": NbaTeam(1610612748, "heat"),
        "MIL": NbaTeam(1610612749, "bucks"),
        "MIN": NbaTeam(1610612750, "timberwolves"),
        "NOP": NbaTeam(1610612740, "pelicans"),
        "NYK": NbaTeam(1610612752, "knicks"),
        "OKC": NbaTeam(1610612760, "thunder"),
        "ORL": NbaTeam(1610612753, "magic"),
        "PHI": NbaTeam(1610612755, "sixers"),
        "PHX": NbaTeam(1610612756, "suns"),
        "POR": NbaTeam(1610612757, "blazers"),
        "SAC": NbaTeam(1610612758, "kings"),
        "SAS": NbaTeam(1610612759, "spurs"),
        "TOR": NbaTeam(1610612761, "raptors"),
        "UTA": NbaTeam(1610612762, "jazz"),
        "WAS": NbaTeam(1610612764, "wizards"),
    }
)
"""By tricode."""


def asked_teams(target: Target) -> tuple[str, ...]:
    """Return the teams of a target, all thirty where it names none.

    Raises:
        BadInputError: a tricode that no team has.
    """
    strange = [team for team in target.teams if team not in TEAMS]
    if strange:
        raise BadInputError(f"unknown teams {strange}; known are {', '.join(TEAMS)}")
    return target.teams or tuple(TEAMS)


def check_teams(served: Sequence[str], target: Target) -> None:
    """Refuse answers about teams that were not asked for, and two about one team.

    Raises:
        ContractError: the text names the teams.
    """
    distinct("team", served, target.scraper)
    strange = sorted(set(served) - set(asked_teams(target)))
    if strange:
        raise ContractError(
            f"{target.scraper}: answers are about {strange}, asked was {asked_teams(target)!r:.80}"
        )
