"""The thirty teams, as NBA.com names and numbers them."""

from typing import NamedTuple


class Team(NamedTuple):
    """A team's id, city and name; `odds_name` is what The Odds API calls it."""

    team_id: int
    tricode: str
    city: str
    name: str

    @property
    def full_name(self) -> str:
        """Such as `Milwaukee Bucks`; `LA Clippers` on NBA.com; the tricode of no NBA team."""
        return f"{self.city} {self.name}".strip() or self.tricode

    @property
    def odds_name(self) -> str:
        """The same but for the Clippers, whose city The Odds API writes out."""
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
    """The team of a tricode; one without id or names for a side that is not decided yet."""
    return TEAMS.get(tricode) or Team(0, tricode, "", "")
