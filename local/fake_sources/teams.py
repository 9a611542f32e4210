"""The thirty teams with NBA.com's names and ids, and invented players of each."""

from functools import cache
from typing import NamedTuple

_FIRST_NAMES = ("Aaron", "Bruno", "Cedric", "Dario", "Emil")
_INACTIVE_NAMES = ("Felix", "Gino")


class Team(NamedTuple):
    """A team's id, city and name; `odds_name` is its name in The Odds API."""

    team_id: int
    tricode: str
    city: str
    name: str

    @property
    def full_name(self) -> str:
        """The name on NBA.com, such as `Milwaukee Bucks`; other sides have their tricode."""
        return f"{self.city} {self.name}".strip() or self.tricode

    @property
    def odds_name(self) -> str:
        """The name in The Odds API, which differs only in the city of the Clippers."""
        return "Los Angeles Clippers" if self.tricode == "LAC" else self.full_name


_FIRST_ID = 1610612737
# In the order of NBA.com's team ids, which follow one another without a gap.
_TEAMS = (
    "ATL Atlanta|Hawks, BOS Boston|Celtics, CLE Cleveland|Cavaliers, NOP New Orleans|Pelicans, "
    "CHI Chicago|Bulls, DAL Dallas|Mavericks, DEN Denver|Nuggets, GSW Golden State|Warriors, "
    "HOU Houston|Rockets, LAC LA|Clippers, LAL Los Angeles|Lakers, MIA Miami|Heat, "
    "MIL Milwaukee|Bucks, MIN Minnesota|Timberwolves, BKN Brooklyn|Nets, NYK New York|Knicks, "
    "ORL Orlando|Magic, IND Indiana|Pacers, PHI Philadelphia|76ers, PHX Phoenix|Suns, "
    "POR Portland|Trail Blazers, SAC Sacramento|Kings, SAS San Antonio|Spurs, "
    "OKC Oklahoma City|Thunder, TOR Toronto|Raptors, UTA Utah|Jazz, MEM Memphis|Grizzlies, "
    "WAS Washington|Wizards, DET Detroit|Pistons, CHA Charlotte|Hornets"
)


def _read() -> dict[str, Team]:
    teams = {}
    for number, entry in enumerate(_TEAMS.split(", ")):
        tricode, names = entry.split(" ", 1)
        city, name = names.split("|")
        teams[tricode] = Team(_FIRST_ID + number, tricode, city, name)
    return teams


TEAMS = _read()


def team(tricode: str) -> Team:
    """Find the team of a tricode; an undecided side has a team without id and names."""
    return TEAMS.get(tricode) or Team(0, tricode, "", "")


_DIVISIONS = (
    "Atlantic BOS BKN NYK PHI TOR, Central CHI CLE DET IND MIL, Southeast ATL CHA MIA ORL WAS, "
    "Northwest DEN MIN OKC POR UTA, Pacific GSW LAC LAL PHX SAC, Southwest DAL HOU MEM NOP SAS"
)
_EAST = 3
"""How many of the divisions are the East's."""


class Division(NamedTuple):
    """A division, and whether it is of the `East` or the `West`."""

    name: str
    conference: str


def _read_divisions() -> dict[str, Division]:
    found: dict[str, Division] = {}
    for number, entry in enumerate(_DIVISIONS.split(", ")):
        name, *tricodes = entry.split()
        division = Division(name, "East" if number < _EAST else "West")
        found |= dict.fromkeys(tricodes, division)
    return found


DIVISIONS = _read_divisions()
"""By tricode."""


class Person(NamedTuple):
    """A player; the one of rank 0 scores most."""

    person_id: int
    first: str
    last: str
    rank: int

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"

    @property
    def slug(self) -> str:
        """The name in addresses, such as `aaron-bucks`."""
        return self.name.lower().replace(" ", "-")


def roster(tricode: str) -> tuple[Person, ...]:
    """Invent a team's five players, named after it."""
    return _people(tricode, _FIRST_NAMES, 0)


def inactive(tricode: str) -> tuple[Person, ...]:
    """Invent two more of a team, who never play."""
    return _people(tricode, _INACTIVE_NAMES, len(_FIRST_NAMES))


@cache
def _people(tricode: str, names: tuple[str, ...], first_rank: int) -> tuple[Person, ...]:
    side = team(tricode)
    first_id = 9_000_000 + side.team_id % 1000 * 10
    last = side.name.replace(" ", "") or tricode
    return tuple(
        Person(first_id + rank, first, last, rank) for rank, first in enumerate(names, first_rank)
    )
