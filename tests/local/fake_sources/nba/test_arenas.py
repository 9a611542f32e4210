"""The arenas of the thirty teams."""

from local.fake_sources.nba.arenas import arena
from local.fake_sources.teams import TEAMS


def test_the_one_recorded_id_is_brooklyns_and_no_two_arenas_share_one() -> None:
    """NBA.com's id of Barclays Center is 461."""
    ids = {tricode: arena(tricode).arena_id for tricode in TEAMS}
    assert ids["BKN"] == 461
    assert len(set(ids.values())) == len(TEAMS) == 30


def test_an_arena_has_the_place_of_its_team() -> None:
    """Its country follows from its state, its time zone from its city."""
    toronto, phoenix = arena("TOR"), arena("PHX")
    assert (toronto.name, toronto.city, toronto.country) == ("Scotiabank Arena", "Toronto", "CA")
    assert (phoenix.country, phoenix.time_zone.key) == ("US", "America/Phoenix")
