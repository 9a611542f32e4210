"""The paths of ESPN's hosts."""

import re
from datetime import date
from http import HTTPStatus

from common.eastern import eastern_date
from common.scrapers.espn.roster import PATH as TEAMS_PATH
from common.scrapers.espn.scoreboard import PATH as SCOREBOARD_PATH
from local.fake_sources.asked import Answer, Ask, Route, as_json, as_page
from local.fake_sources.espn import boxscore, roster, scoreboard


def _scoreboard(ask: Ask) -> Answer:
    text = ask.params.get("dates")
    try:
        day = date.fromisoformat(text) if text else eastern_date(ask.now)
    except ValueError:
        return as_json({"code": 400, "message": "Bad Request"}, HTTPStatus.BAD_REQUEST)
    return as_json(scoreboard.scoreboard(ask.slate, day, ask.now))


def _box_score(ask: Ask) -> Answer:
    return as_page(boxscore.page(ask.slate, ask.found[0], ask.now))


def _team(ask: Ask) -> Answer:
    found = roster.team_roster(ask.found[0])
    if found is None:
        return as_json({"code": 404, "message": "Not Found"}, HTTPStatus.NOT_FOUND)
    return as_json(found)


ROUTES: tuple[Route, ...] = (
    (re.escape(SCOREBOARD_PATH), _scoreboard),
    (r"/nba/boxscore/_/gameId/(\d{9})", _box_score),
    (rf"{re.escape(TEAMS_PATH)}/(\d+)", _team),
)
