"""Makes the season's standings: each team's games that are over, counted from the slate."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from common.calendar.games import FINAL, Game
from common.messages.models import season_type
from common.scrapers.nba.teams import TEAMS as NBA_TEAMS
from local.fake_sources.nba.stats import result
from local.fake_sources.slate import Slate, final_score, status
from local.fake_sources.teams import DIVISIONS, TEAMS, Team

Payload = dict[str, Any]
_COLUMNS = [
    "LeagueID",
    "SeasonID",
    "TeamID",
    "TeamCity",
    "TeamName",
    "TeamSlug",
    "Conference",
    "ConferenceRecord",
    "PlayoffRank",
    "ClinchIndicator",
    "Division",
    "DivisionRecord",
    "DivisionRank",
    "WINS",
    "LOSSES",
    "WinPCT",
    "LeagueRank",
    "Record",
    "HOME",
    "ROAD",
    "L10",
    "Last10Home",
    "Last10Road",
    "OT",
    "ThreePTSOrLess",
    "TenPTSOrMore",
    "LongHomeStreak",
    "strLongHomeStreak",
    "LongRoadStreak",
    "strLongRoadStreak",
    "LongWinStreak",
    "LongLossStreak",
    "CurrentHomeStreak",
    "strCurrentHomeStreak",
    "CurrentRoadStreak",
    "strCurrentRoadStreak",
    "CurrentStreak",
    "strCurrentStreak",
    "ConferenceGamesBack",
    "DivisionGamesBack",
    "ClinchedConferenceTitle",
    "ClinchedDivisionTitle",
    "ClinchedPlayoffBirth",
    "ClinchedPlayIn",
    "EliminatedConference",
    "EliminatedDivision",
    "AheadAtHalf",
    "BehindAtHalf",
    "TiedAtHalf",
    "AheadAtThird",
    "BehindAtThird",
    "TiedAtThird",
    "Score100PTS",
    "OppScore100PTS",
    "OppOver500",
    "LeadInFGPCT",
    "LeadInReb",
    "FewerTurnovers",
    "PointsPG",
    "OppPointsPG",
    "DiffPointsPG",
    "vsEast",
    "vsAtlantic",
    "vsCentral",
    "vsSoutheast",
    "vsWest",
    "vsNorthwest",
    "vsPacific",
    "vsSouthwest",
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
    "Score_80_Plus",
    "Opp_Score_80_Plus",
    "Score_Below_80",
    "Opp_Score_Below_80",
    "TotalPoints",
    "OppTotalPoints",
    "DiffTotalPoints",
    "LeagueGamesBack",
    "PlayoffSeeding",
    "ClinchedPostSeason",
    "NEUTRAL",
]
_NUMBERS = frozenset(
    [
        "LongHomeStreak",
        "LongRoadStreak",
        "LongWinStreak",
        "LongLossStreak",
        "CurrentHomeStreak",
        "CurrentRoadStreak",
        "CurrentStreak",
        "ClinchedPlayIn",
        "ClinchedPostSeason",
    ]
)
_NULLS = frozenset(
    [
        "ClinchedConferenceTitle",
        "ClinchedDivisionTitle",
        "ClinchedPlayoffBirth",
        "EliminatedConference",
        "EliminatedDivision",
        "PlayoffSeeding",
    ]
)
_SHARES = frozenset(("ConferenceGamesBack", "DivisionGamesBack", "LeagueGamesBack"))


class _Record(NamedTuple):
    """What a team has played: games won and lost, points for and against."""

    won: int = 0
    lost: int = 0
    scored: int = 0
    allowed: int = 0

    @property
    def played(self) -> int:
        """The number of games."""
        return self.won + self.lost


def standings(slate: Slate, params: Mapping[str, str], now: datetime) -> Payload:
    """Make `/stats/leaguestandingsv3`; records by opponent, month or lead are not counted."""
    over = (
        game
        for game in slate.by_id.values()
        if status(game, now) == FINAL and season_type(game.game_id) == "Regular Season"
    )
    records = _records(over)
    ranked = sorted(TEAMS.values(), key=lambda team: -_share(records[team.tricode]))
    season = params.get("Season", slate.season)
    rows = [_row(team, records[team.tricode], rank, season) for rank, team in enumerate(ranked, 1)]
    asked = {
        "LeagueID": "00",
        "SeasonYear": season,
        "SeasonType": params.get("SeasonType", "Regular Season"),
    }
    return result("leaguestandings", asked, ("Standings", _COLUMNS, rows))


def _records(games: Iterable[Game]) -> dict[str, _Record]:
    found = dict.fromkeys(TEAMS, _Record())
    for game in games:
        away, home = final_score(game.game_id)
        for tricode, own, other in ((game.away, away, home), (game.home, home, away)):
            held = found.get(tricode, _Record())
            won = own > other
            found[tricode] = _Record(
                held.won + won, held.lost + (not won), held.scored + own, held.allowed + other
            )
    return found


def _share(record: _Record) -> float:
    return record.won / record.played if record.played else 0.0


def _row(team: Team, record: _Record, rank: int, season: str) -> Payload:
    division = DIVISIONS[team.tricode]
    row: Payload = dict.fromkeys(_COLUMNS, "0-0")
    row |= dict.fromkeys(_NUMBERS, 0) | dict.fromkeys(_NULLS) | dict.fromkeys(_SHARES, 0.0)
    row |= {name: "W 0" for name in _COLUMNS if name.startswith("str")}
    return (
        row
        | _averages(record)
        | {
            "LeagueID": "00",
            "SeasonID": "2" + season[:4],
            "TeamID": team.team_id,
            "TeamCity": team.city,
            "TeamName": team.name,
            "TeamSlug": NBA_TEAMS[team.tricode].slug,
            "Conference": division.conference,
            "PlayoffRank": rank,
            "ClinchIndicator": "",
            "Division": division.name,
            "DivisionRank": 1,
            "WINS": record.won,
            "LOSSES": record.lost,
            "WinPCT": round(_share(record), 3),
            # The league's rank is null for most teams of the recording.
            "LeagueRank": rank if rank == 1 else None,
            "Record": f"{record.won}-{record.lost}",
        }
    )


def _averages(record: _Record) -> Payload:
    games = record.played or 1
    scored, allowed = record.scored / games, record.allowed / games
    return {
        "PointsPG": round(scored, 1),
        "OppPointsPG": round(allowed, 1),
        "DiffPointsPG": round(scored - allowed, 1),
        "TotalPoints": record.scored,
        "OppTotalPoints": record.allowed,
        "DiffTotalPoints": record.scored - record.allowed,
    }
