"""The made answers have the forms of the recordings, which are not in the repository."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from common.scrapers.espn.boxscore import PAGE_DATA as ESPN_DATA
from common.scrapers.nba.roster import PAGE_DATA as NBA_DATA
from local.fake_sources.answers import answer
from local.fake_sources.odds import event_id
from tests.kit.forms import differences
from tests.kit.recordings import FOLDER
from tests.kit.situations import et
from tests.local.fake_sources.test_collected import BEFORE, GAME_ID, SLATE

PAST = et("2025-11-13 04:00")
KEYED = {"apiKey": "k", "regions": "us"}
V3 = {"GameID": GAME_ID}


@dataclass(frozen=True)
class Case:
    """An answer, the recording of its form, and where the two may differ."""

    recording: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    now: datetime = PAST
    inside: str = ""
    recorded_inside: str | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)


def because(reason: str, *paths: str, under: str = "") -> dict[str, str]:
    """Return paths that may differ for one reason."""
    return dict.fromkeys((f"{under}{path}" for path in paths), reason)


FURNITURE = "the page's furniture around the game, which no scraper reads"
ESPN_BOARD = "/apis/site/v2/sports/basketball/nba/scoreboard"
LIVE = "/static/json/liveData"
PAST_ODDS = f"/v4/historical/sports/basketball_nba/events/{event_id(GAME_ID)}/odds"
NOON = {"date": "2025-11-12T17:00:00Z"}
OTHER_ACTIONS = because(
    "of actions only the starts and ends of periods and of the game are made",
    *[
        "teamId",
        "teamTricode",
        "descriptor",
        "jumpBallRecoveredName",
        "jumpBallWonPlayerName",
        "jumpBallWonPersonId",
        "jumpBallLostPlayerName",
        "jumpBallLostPersonId",
        "officialId",
        "turnoverTotal",
        "playerName",
        "playerNameI",
        "foulPersonalTotal",
        "foulTechnicalTotal",
        "foulDrawnPlayerName",
        "foulDrawnPersonId",
        "shotResult",
        "pointsTotal",
        "shotDistance",
        "assistPlayerNameInitial",
        "assistPersonId",
        "assistTotal",
        "shotActionNumber",
        "reboundTotal",
        "reboundDefensiveTotal",
        "reboundOffensiveTotal",
        "blockPlayerName",
        "blockPersonId",
        "jumpBallRecoverdPersonId",
        "stealPlayerName",
        "stealPersonId",
        "qualifiers[]",
        "personIdsFilter[]",
    ],
    under=".game.actions[].",
)
STATIONS = because(
    "only some games have these, and ours are not among them",
    *("awayOttBroadcasters[]", "nationalBroadcasters[]", "homeOttBroadcasters[]"),
    under=".scoreboard.games[].broadcasters.",
)
ASKED = because("the answer repeats what was asked, and this test asks for less", ".parameters")

CASES = [
    Case(
        "espn_scoreboard_20240115.json",
        ESPN_BOARD,
        {"dates": "20251112"},
        left_out=because(
            "only a game with overtime has it, and no game of ours has overtime",
            ".events[].status.type.altDetail",
            ".events[].competitions[].status.type.altDetail",
        ),
    ),
    Case("espn_scoreboard_20250214_empty.json", ESPN_BOARD, {"dates": "20250214"}),
    Case(
        "espn_game_boxscore.html",
        f"/nba/boxscore/_/gameId/4{GAME_ID[2:]}",
        inside="page.content.gamepackage",
        left_out=because(
            FURNITURE,
            *[
                "autoUpdate",
                "baseURL",
                "broadcasts",
                "gmSwtchrMta",
                "gpLinks",
                "wllClck",
                "network",
                "prsdTms",
                "shop",
                "ssnSrs",
                "stndngs",
                "inCntStrp",
                "links",
                "showSwitcher",
                "isCurSzn",
                "news",
                "medialst",
                "config",
                "meta",
                "gmInfo.oddsAttr",
                "gmInfo.darkOddsAttr",
                "gmInfo.locImg",
                "gmInfo.weatherLink",
            ],
            under=".",
        ),
    ),
    Case(
        "espn_roster_api.json",
        "/apis/site/v2/sports/basketball/nba/teams/2",
        left_out=because(
            "only some players have it",
            *["debutYear", "citizenship", "position.parent", "draft", "injuries[].details.detail"],
            under=".team.athletes[].",
        )
        | because(FURNITURE, ".team.groups", ".team.franchise", ".team.nextEvent"),
    ),
    Case("nba_live_boxscore_0022000001.json", f"{LIVE}/boxscore/boxscore_{GAME_ID}.json"),
    Case(
        "nba_stats_scoreboardv3_20251105.json",
        "/stats/scoreboardv3",
        {"GameDate": "2025-11-12"},
        left_out=STATIONS,
    ),
    Case(
        "nba_stats_scoreboardv3_20251105.json",
        f"{LIVE}/scoreboard/todaysScoreboard_00.json",
        left_out=STATIONS,
    ),
    Case("nba_stats_boxscoretraditionalv3_0022500165.json", "/stats/boxscoretraditionalv3", V3),
    Case("nba_stats_boxscoreadvancedv3_0022200552.json", "/stats/boxscoreadvancedv3", V3),
    Case("nba_stats_boxscoreusagev3_0022200552.json", "/stats/boxscoreusagev3", V3),
    Case("nba_stats_boxscoreplayertrackv3_0022200552.json", "/stats/boxscoreplayertrackv3", V3),
    Case("nba_stats_leaguestandingsv3.json", "/stats/leaguestandingsv3", {"Season": "2025-26"}),
    Case("nbac_player_movement.json.gz", "/js/data/playermovement/NBA_Player_Movement.json"),
    Case(
        "nbac_roster.html",
        "/team/1610612744/warriors/roster",
        inside="props.pageProps.team",
        left_out=because(
            FURNITURE,
            *[
                "ranks",
                "background",
                "social",
                "awards",
                "hof",
                "retired",
                "coaches",
                "playerAwards",
                "fantasyNews",
                "schedule",
                "links",
            ],
            under=".",
        ),
    ),
    Case("nbac_player_list.json", "/stats/playerindex", left_out=ASKED),
    Case(
        "nbac_player_boxscore.json",
        "/stats/leaguegamelog",
        {"DateFrom": "11/12/2025", "DateTo": "11/12/2025"},
        left_out=ASKED,
    ),
    Case(
        "nbac_schedule_cdn.json",
        "/static/json/staticData/scheduleLeagueV2.json",
        now=BEFORE,
        left_out=because(
            "a season with its broadcasters would be several times as long",
            ".leagueSchedule.broadcasterList[]",
            *(
                f".leagueSchedule.gameDates[].games[].broadcasters.{which}Broadcasters[]"
                for which in ("nationalTv", "homeTv", "homeRadio")
            ),
        ),
        more=because(
            "some games come with null (sources.md, section 1)",
            ".leagueSchedule.gameDates[].games[].postponedStatus",
        ),
    ),
    Case(
        "nba_live_playbyplay_0022000001.json",
        f"{LIVE}/playbyplay/playbyplay_{GAME_ID}.json",
        left_out=OTHER_ACTIONS,
        more=because(
            "a field of later seasons, which the other recording has",
            ".game.actions[].isTargetScoreLastPeriod",
        ),
    ),
    Case(
        "nbac_play_by_play.json",
        f"{LIVE}/playbyplay/playbyplay_{GAME_ID}.json",
        left_out=OTHER_ACTIONS
        | because("only shots have it", ".game.actions[].area", ".game.actions[].areaDetail"),
    ),
    Case(
        "nbac_referee_assignments.json",
        "/wp-json/api/v1/get-game-officials",
        {"date": "2025-11-12"},
        BEFORE,
        left_out=because("the slate has no games of the G League", ".gl.Table.rows[]"),
    ),
    Case("bp_events.json", "/v3/events", {"date": "2025-11-12"}),
    Case(
        "oddsa_events_his.json",
        "/v4/sports/basketball_nba/events",
        KEYED,
        BEFORE,
        recorded_inside="data",
    ),
    Case("oddsa_events_his.json", "/v4/historical/sports/basketball_nba/events", {**KEYED, **NOON}),
    Case("oddsa_game_lines_his.json", PAST_ODDS, {**KEYED, **NOON, "markets": "spreads,totals"}),
    Case("odds_api_historical_game_lines.json", PAST_ODDS, {**KEYED, **NOON, "markets": "h2h"}),
    Case(
        "oddsa_event_odds_player_points_american.json",
        f"/v4/sports/basketball_nba/events/{event_id(GAME_ID)}/odds",
        {**KEYED, "markets": "player_points"},
        BEFORE,
        more=because(
            "the recording has American odds, our scrapers ask for decimal ones",
            ".bookmakers[].markets[].outcomes[].price",
        ),
    ),
]


def document(body: bytes, inside: str) -> Any:
    """Return the JSON of an answer or of what a page embeds, and in it the part of interest."""
    page = ESPN_DATA.search(body) or NBA_DATA.search(body)
    found = json.loads(page[1] if page else body)
    for name in filter(None, inside.split(".")):
        found = found[name]
    return found


def recorded(name: str) -> bytes:
    """Read a recording; skip the test where it is not here."""
    file = FOLDER / name
    if not file.exists():
        pytest.skip(f"no recording at {file}")
    body = file.read_bytes()
    return gzip.decompress(body) if name.endswith(".gz") else body


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.recording}-{case.path}")
def test_an_answer_has_the_form_of_its_recording(case: Case) -> None:
    """No field is invented or of another kind; what is missing is listed with its reason."""
    real = document(
        recorded(case.recording),
        case.inside if case.recorded_inside is None else case.recorded_inside,
    )
    found = answer(case.path, case.params, SLATE, case.now)
    assert found.status == 200
    assert differences(document(found.body, case.inside), real, case.left_out, case.more) == []
