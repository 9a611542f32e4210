"""The teams and players under ESPN's own ids and tricodes, and its ids of games.

A game's id derives from NBA.com's, and back; so does a player's.
"""

from functools import cache
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from common.scrapers.espn.games import TRICODES
from common.scrapers.espn.roster import IDS
from local.fake_sources.teams import Person, Team, team

_ABBREVIATIONS = {nba: espn for espn, nba in TRICODES.items()}
_PERSON_IDS_APART = 5_000_000
_COLOURS = (
    "ATL c8102e fdb927 1827, BOS 008348 ffffff 1824, BKN 000000 ffffff 1826, "
    "CHI ce1141 000000 1847, CLE 860038 bc945c 3417, DAL 0064b1 bbc4ca 516, "
    "DET 1d428a c8102e 5311, GSW fdb927 1d428a 2465, HOU ce1141 000000 1394, "
    "IND 002d62 ffd520 2183, LAL 552583 fdb927 1841, MEM 5d76a9 12173f 1392, "
    "MIA 98002e 000000 3438, NOP 0a2240 b4975a 985, NYK 1d428a f58426 1830, "
    "OKC 007ac1 ef3b24 2559, ORL 0077c0 9ca0a3 3432, PHI 1d428a e01234 1845, "
    "SAS 000000 c4ced4 780, TOR d91244 000000 1838, UTA 000000 79a3dc 3093, "
    "WAS e31837 002b5c 1823"
)
"""Colours and venue ids of the 22 teams of the recording; the others get black, white and 0."""
_LOOKS = {tricode: rest for tricode, *rest in (entry.split() for entry in _COLOURS.split(", "))}


class EspnTeam(NamedTuple):
    """A team as ESPN knows it."""

    espn_id: str
    abbreviation: str
    about: Team
    colour: str
    alternate: str
    venue_id: str

    @property
    def uid(self) -> str:
        """ESPN's long id."""
        return f"s:40~l:46~t:{self.espn_id}"

    @property
    def slug(self) -> str:
        """The name in addresses, such as `philadelphia-76ers`."""
        return self.about.full_name.lower().replace(" ", "-")

    @property
    def code(self) -> str:
        """The abbreviation in addresses."""
        return self.abbreviation.lower()

    @property
    def logo(self) -> str:
        """The address of the picture on scoreboards."""
        return f"https://a.espncdn.com/i/teamlogos/nba/500/scoreboard/{self.code}.png"


@cache
def espn_team(tricode: str) -> EspnTeam:
    """Find the team of NBA.com's tricode; an undecided side has negative ids, as ESPN's TBD has."""
    colour, alternate, venue = _LOOKS.get(tricode, ("000000", "ffffff", "0"))
    abbreviation = _ABBREVIATIONS.get(tricode, tricode)
    number = str(IDS.get(tricode, -1))
    return EspnTeam(number, abbreviation, team(tricode), colour, alternate, venue)


def espn_game_id(game_id: str) -> str:
    """Derive ESPN's id of nine digits from NBA.com's: `422500213` from `0022500213`."""
    return "4" + game_id[2:]


def nba_game_id(espn_id: str) -> str:
    """Return NBA.com's id for ESPN's."""
    return "00" + espn_id[1:]


def athlete_id(person: Person) -> str:
    """Derive ESPN's id of a player."""
    return str(person.person_id - _PERSON_IDS_APART)


def guid(what: str) -> str:
    """Derive one of ESPN's global ids."""
    return str(uuid5(NAMESPACE_URL, what))


def player_page(person: Person) -> str:
    """Return the address of a player's page."""
    name = person.slug
    return f"https://www.espn.com/nba/player/_/id/{athlete_id(person)}/{name}"
