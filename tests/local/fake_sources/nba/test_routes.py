"""What the paths of NBA.com's hosts answer to what is not there, or not asked rightly."""

import json
from http import HTTPStatus

import pytest

from local.fake_sources.answers import answer
from tests.kit.situations import et
from tests.local.fake_sources.test_collected import OVER, SLATE

OFFICIALS = "/wp-json/api/v1/get-game-officials"
INVALID = {"Message": "The request is invalid."}


@pytest.mark.parametrize("params", [{}, {"GameDate": ""}, {"GameDate": "12.11.2025"}])
def test_a_scoreboard_wants_a_date(params: dict[str, str]) -> None:
    """Without a date, and with one of another form, the request is invalid."""
    found = answer("/stats/scoreboardv3", params, SLATE, OVER)
    assert (found.status, json.loads(found.body)) == (HTTPStatus.BAD_REQUEST, INVALID)


@pytest.mark.parametrize("params", [{}, {"date": ""}, {"date": "11/12/2025"}])
def test_referees_want_a_date(params: dict[str, str]) -> None:
    """WordPress names the parameter that is wrong or not there."""
    found = answer(OFFICIALS, params, SLATE, OVER)
    refusal = {"code": "rest_invalid_param"}
    assert (found.status, json.loads(found.body)) == (HTTPStatus.BAD_REQUEST, refusal)


@pytest.mark.parametrize("text", ["soon", "2025-11-12", "", None])
@pytest.mark.parametrize("bound", ["DateFrom", "DateTo"])
def test_a_game_log_wants_two_dates(bound: str, text: str | None) -> None:
    """A log without one of them, or with one of another form, is refused as the scoreboard is."""
    params = {"DateFrom": "11/12/2025", "DateTo": "11/12/2025"}
    assert answer("/stats/leaguegamelog", params, SLATE, OVER).status == HTTPStatus.OK
    del params[bound]
    asked = {**params, **({} if text is None else {bound: text})}
    found = answer("/stats/leaguegamelog", asked, SLATE, OVER)
    assert (found.status, json.loads(found.body)) == (HTTPStatus.BAD_REQUEST, INVALID)


@pytest.mark.parametrize(("day", "crews"), [("2025-11-12", 12), ("2025-07-01", 0)])
def test_without_games_nobody_is_in_the_replay_center(day: str, crews: int) -> None:
    """The center has three referees on a date with games, the same for each league."""
    found = json.loads(answer(OFFICIALS, {"date": day}, SLATE, et("2025-11-13 12:00")).body)
    assert len(found["nba"]["Table"]["rows"]) == crews
    for league in ("nba", "gl", "wnba"):
        assert len(found[league]["Table1"]["rows"]) == (3 if crews else 0)


@pytest.mark.parametrize(
    ("path", "clock", "status", "kind"),
    [
        ("/referee/injury/Injury-Report_2025-11-12_01PM.pdf", "13:30", 200, "application/pdf"),
        ("/referee/injury/Injury-Report_2025-11-12_01PM.pdf", "13:29", 403, "application/xml"),
        ("/referee/injury/Injury-Report_2025-11-12_13PM.pdf", "23:59", 403, "application/xml"),
        ("/referee/injury/Injury-Report_2025-11-12_12AM.pdf", "23:59", 403, "application/xml"),
        ("/pdfs/20251112/20251112_MILCHA.pdf", "21:30", 200, "application/pdf"),
        ("/pdfs/20251112/20251112_MILCHA.pdf", "21:29", 404, "text/html"),
        ("/pdfs/20251112/20251112_CHAMIL.pdf", "21:30", 404, "text/html"),
        ("/pdfs/20251112/20251113_MILCHA.pdf", "21:30", 404, None),
    ],
)
def test_a_file_is_what_its_host_says(path: str, clock: str, status: int, kind: str | None) -> None:
    """A PDF is served as one; what is not there is S3's refusal, or a page."""
    found = answer(path, {}, SLATE, et(f"2025-11-12 {clock}"))
    assert found.status == status
    if kind:
        assert found.headers["Content-Type"] == kind
