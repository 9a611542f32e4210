"""The paths of NBA.com's hosts."""

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from http import HTTPStatus

from common.calendar.games import FINAL
from common.eastern import EASTERN, at
from common.scrapers.injury_report import file_name
from common.scrapers.nba.player_movement import PATH as MOVEMENT_PATH
from common.scrapers.nba.scoreboard import LIVE_PATH as TODAYS_PATH
from common.scrapers.nba_schedule import PATH as SCHEDULE_PATH
from local.fake_sources import pdfs
from local.fake_sources.asked import Answer, Ask, Route, as_file, as_json, as_page
from local.fake_sources.nba import boxes_v3, boxscore, live, pages, scoreboard, standings, stats
from local.fake_sources.nba.schedule import document
from local.fake_sources.slate import REPORT_AT, Slate, status

# S3 answers so for a missing key where listing is not allowed.
ACCESS_DENIED = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
)
_LIVE = "/static/json/liveData"
_REPORT = r"/referee/injury/Injury-Report_(\d{4}-\d\d-\d\d)_(\d\d)(?:_(\d\d))?([AP]M)\.pdf"


def _schedule(ask: Ask) -> Answer:
    return as_json(document(ask.slate, ask.now))


def _play_by_play(ask: Ask) -> Answer:
    return as_file(live.play_by_play(ask.slate, ask.found[0], ask.now))


def _live_box_score(ask: Ask) -> Answer:
    return as_file(boxscore.box_score(ask.slate, ask.found[0], ask.now))


def _todays_scoreboard(ask: Ask) -> Answer:
    return as_json(scoreboard.todays(ask.slate, ask.now))


def _checked(make: Callable[[Ask], object], refusal: object, ask: Ask) -> Answer:
    """Answer; a date of another form is a 400."""
    try:
        return as_json(make(ask))
    except ValueError:
        return as_json(refusal, HTTPStatus.BAD_REQUEST)


def _scoreboard(ask: Ask) -> object:
    day = date.fromisoformat(ask.params.get("GameDate", ""))
    return scoreboard.scoreboard(ask.slate, day, ask.now)


def _game_log(ask: Ask) -> object:
    return stats.game_log(ask.slate, ask.params, ask.now)


def _officials(ask: Ask) -> object:
    return live.officials(ask.slate, date.fromisoformat(ask.params.get("date", "")), ask.now)


def _player_index(ask: Ask) -> Answer:
    return as_json(stats.player_index(ask.params))


def _standings(ask: Ask) -> Answer:
    return as_json(standings.standings(ask.slate, ask.params, ask.now))


def _retired_box_score(ask: Ask) -> Answer:
    return as_json(stats.retired_box_score(ask.params))


def _box_score(ask: Ask) -> Answer:
    return as_json(boxes_v3.box_score(ask.found[0], ask.slate, ask.params, ask.now))


def _movement(_ask: Ask) -> Answer:
    return as_json(pages.player_movement())


def _roster(ask: Ask) -> Answer:
    return as_page(pages.roster_page(ask.found[0]))


def _injury_report(ask: Ask) -> Answer:
    published = _published(*ask.found)
    if published is None or not _is_out(published, ask.slate, ask.now):
        return Answer(HTTPStatus.FORBIDDEN, {"Content-Type": "application/xml"}, ACCESS_DENIED)
    return _pdf(pdfs.injury_report(ask.slate, published))


def _published(day: str, hour: str, minute: str, half: str) -> datetime | None:
    """When the report of that name appears; None for a name that no report has."""
    clock = f"{day} {hour}:{minute or '30'} {half}"
    try:
        found = datetime.strptime(clock, "%Y-%m-%d %I:%M %p").replace(tzinfo=EASTERN)
    except ValueError:
        return None
    name = f"Injury-Report_{day}_{hour}{'_' + minute if minute else ''}{half}.pdf"
    return found if file_name(found) == name else None


def _is_out(published: datetime, slate: Slate, now: datetime) -> bool:
    day = published.date()
    return bool(slate.on(day)) and at(day, REPORT_AT) <= published <= now


def _gamebook(ask: Ask) -> Answer:
    day, code = ask.found
    for game in ask.slate.by_id.values():
        if game.code == f"{day}/{code}" and status(game, ask.now) == FINAL:
            return _pdf(pdfs.gamebook(game))
    return as_page(None)


def _pdf(body: bytes) -> Answer:
    return Answer(HTTPStatus.OK, {"Content-Type": "application/pdf"}, body)


_INVALID = {"Message": "The request is invalid."}
ROUTES: tuple[Route, ...] = (
    (re.escape(SCHEDULE_PATH), _schedule),
    (rf"{_LIVE}/playbyplay/playbyplay_(\d{{10}})\.json", _play_by_play),
    (rf"{_LIVE}/boxscore/boxscore_(\d{{10}})\.json", _live_box_score),
    (re.escape(TODAYS_PATH), _todays_scoreboard),
    (r"/stats/scoreboardv3", partial(_checked, _scoreboard, _INVALID)),
    (r"/stats/playerindex", _player_index),
    (r"/stats/leaguegamelog", partial(_checked, _game_log, _INVALID)),
    (r"/stats/leaguestandingsv3", _standings),
    (r"/stats/boxscoretraditionalv2", _retired_box_score),
    (rf"/stats/boxscore({'|'.join(boxes_v3.KINDS)})v3", _box_score),
    (re.escape(MOVEMENT_PATH), _movement),
    (r"/team/(\d{10})/[a-z]+/roster", _roster),
    (
        r"/wp-json/api/v1/get-game-officials",
        partial(_checked, _officials, {"code": "rest_invalid_param"}),
    ),
    (_REPORT, _injury_report),
    (r"/pdfs/(\d{8})/\1_([A-Z]{6})\.pdf", _gamebook),
)
