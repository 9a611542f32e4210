"""Where the thirty teams play at home. NBA.com's ids of the arenas are invented, but for BKN's."""

from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from local.fake_sources.teams import team

_ZONES = {
    "E": "America/New_York",
    "C": "America/Chicago",
    "M": "America/Denver",
    "A": "America/Phoenix",
    "P": "America/Los_Angeles",
}
_ARENAS = """
ATL E State Farm Arena|Atlanta|GA
BOS E TD Garden|Boston|MA
BKN E Barclays Center|Brooklyn|NY
CHA E Spectrum Center|Charlotte|NC
CHI C United Center|Chicago|IL
CLE E Rocket Arena|Cleveland|OH
DAL C American Airlines Center|Dallas|TX
DEN M Ball Arena|Denver|CO
DET E Little Caesars Arena|Detroit|MI
GSW P Chase Center|San Francisco|CA
HOU C Toyota Center|Houston|TX
IND E Gainbridge Fieldhouse|Indianapolis|IN
LAC P Intuit Dome|Inglewood|CA
LAL P Crypto.com Arena|Los Angeles|CA
MEM C FedExForum|Memphis|TN
MIA E Kaseya Center|Miami|FL
MIL C Fiserv Forum|Milwaukee|WI
MIN C Target Center|Minneapolis|MN
NOP C Smoothie King Center|New Orleans|LA
NYK E Madison Square Garden|New York|NY
OKC C Paycom Center|Oklahoma City|OK
ORL E Kia Center|Orlando|FL
PHI E Wells Fargo Center|Philadelphia|PA
PHX A Footprint Center|Phoenix|AZ
POR P Moda Center|Portland|OR
SAC P Golden 1 Center|Sacramento|CA
SAS C Frost Bank Center|San Antonio|TX
TOR E Scotiabank Arena|Toronto|ON
UTA M Delta Center|Salt Lake City|UT
WAS E Capital One Arena|Washington|DC
"""
_BARCLAYS_ID = 461
"""The one id that is recorded."""


class Arena(NamedTuple):
    """An arena with its place; a side that is not decided has one without names."""

    arena_id: int
    name: str
    city: str
    state: str
    zone: str

    @property
    def country(self) -> str:
        """The two letters of its country."""
        return "CA" if self.state == "ON" else "US"

    @property
    def time_zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.zone)


def _read() -> dict[str, Arena]:
    arenas = {}
    for line in _ARENAS.strip().splitlines():
        tricode, zone, names = line.split(" ", 2)
        name, city, state = names.split("|")
        number = _BARCLAYS_ID if tricode == "BKN" else team(tricode).team_id % 1000
        arenas[tricode] = Arena(number, name, city, state, _ZONES[zone])
    return arenas


_HOMES = _read()


@cache
def arena(tricode: str) -> Arena:
    """Find the arena of a team."""
    return _HOMES.get(tricode) or Arena(0, "", "", "", _ZONES["E"])
