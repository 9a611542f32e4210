"""`python -m local parse` reads recorded answers as the scraper_runner reads live ones."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from common.settings import ROOT
from local.commands.cli import main
from local.commands.operate.answers import Asked
from tests.kit.situations import et
from tests.local.commands.command_line import assert_one_line, run

DAY = "2025-11-12"
GAME = "0022500213"
SLATE = str(ROOT / "config" / "slates" / "2025-11.json")
HEADERS = ["PERSON_ID", "PLAYER_LAST_NAME", "PLAYER_FIRST_NAME", "TEAM_ABBREVIATION"]
PLAYER = [203999, "Jokić", "Nikola", "DEN"]
EVENT = {
    "id": "a1",
    "commence_time": "2025-11-13T00:00:00Z",
    "home_team": "Charlotte Hornets",
    "away_team": "Milwaukee Bucks",
}
PDF = b"%PDF-1.4\n%%EOF\n"


def player_list(*rows: list[Any]) -> bytes:
    """Return an answer of stats.nba.com with these players."""
    return json.dumps(
        {"resultSets": [{"name": "PlayerIndex", "headers": HEADERS, "rowSet": list(rows)}]}
    ).encode()


def actions(*kinds: str) -> bytes:
    """Return a play-by-play answer with one action of each kind."""
    listed = [{"actionNumber": n, "actionType": kind} for n, kind in enumerate(kinds, 1)]
    return json.dumps({"game": {"gameId": GAME, "actions": listed}}).encode()


def schedule(**changed: object) -> bytes:
    """Return a schedule of one game with some fields changed."""
    game = {
        "gameId": GAME,
        "gameStatus": 1,
        "gameStatusText": "7:00 pm ET",
        "gameDateTimeEst": "2025-11-12T19:00:00Z",
        "gameDateTimeUTC": "2025-11-13T00:00:00Z",
        "awayTeam": {"teamTricode": "MIL", "score": None},
        "homeTeam": {"teamTricode": "CHA", "score": None},
    }
    days = [{"gameDate": "11/12/2025 00:00:00", "games": [{**game, **changed}]}]
    return json.dumps({"leagueSchedule": {"seasonYear": "2025-26", "gameDates": days}}).encode()


def odds(event: dict[str, str]) -> bytes:
    """Return the odds of one event with one book's offer."""
    price = {"name": "Over", "price": 1.9}
    books = [{"key": "b", "markets": [{"key": "player_points", "outcomes": [price]}]}]
    return json.dumps({**event, "bookmakers": books}).encode()


def parsed(folder: Path, scraper: str, *bodies: bytes, more: tuple[str, ...] = ()) -> Any:
    """Return what `parse` prints of answers, which are written to files first."""
    files = []
    for number, body in enumerate(bodies):
        files.append(folder / f"{number}.answer")
        files[-1].write_bytes(body)
    asked = ["parse", scraper, *map(str, files), "--date", DAY, *more]
    done = CliRunner().invoke(main, asked)
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    return json.loads(done.stdout)


def test_what_is_asked_for_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each option reaches the reader in its place."""
    given: list[Asked] = []
    monkeypatch.setattr("local.commands.operate.answers.read_answers", given.append)
    file = tmp_path / "a.json"
    file.write_text("{}")
    words = f"--date {DAY} --game {GAME}:MIL@CHA --schedule {SLATE} --team MIL --team CHA"
    asked = ["parse", "espn_roster", str(file), *words.split(), "--at", f"{DAY}T21:00"]
    CliRunner().invoke(main, asked)
    game, at = (GAME, "MIL@CHA"), et(f"{DAY} 21:00")
    day = date.fromisoformat(DAY)
    assert given == [Asked("espn_roster", (file,), day, game, Path(SLATE), ("MIL", "CHA"), at)]


def test_a_right_answer_is_counted(tmp_path: Path) -> None:
    """SUCCESS comes with the count, without error and without rows."""
    assert parsed(tmp_path, "nbac_player_list", player_list(PLAYER)) == {
        "status": "SUCCESS",
        "outcome": "SUCCESS",
        "records": 1,
        "error_class": None,
        "error_message": None,
        "warnings": [],
    }


def test_records_are_printed_on_request(tmp_path: Path) -> None:
    """`--records` adds the records that would be stored."""
    found = parsed(tmp_path, "nbac_player_list", player_list(PLAYER), more=("--records",))
    assert found["rows"] == [dict(zip(HEADERS, PLAYER, strict=True))]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (player_list(), "nbac_player_list: no record, although there is always one"),
        (b"<html>", "nbac_player_list: the answer is an HTML page"),
    ],
    ids=["no record", "HTML"],
)
def test_a_broken_contract_has_the_error_that_would_be_logged(
    tmp_path: Path, body: bytes, message: str
) -> None:
    """CONTRACT comes with error class and message, and with no rows."""
    found = parsed(tmp_path, "nbac_player_list", body, more=("--records",))
    assert (found["status"], found["outcome"]) == ("FAILED", "CONTRACT")
    assert (found["error_class"], found["rows"]) == ("ContractError", [])
    assert found["error_message"].startswith(message)


def test_an_empty_answer_is_no_data(tmp_path: Path) -> None:
    """An empty list of events is NO_DATA, which is a success without records."""
    found = parsed(tmp_path, "oddsa_events", b"[]")
    assert (found["status"], found["outcome"], found["records"]) == ("SUCCESS", "NO_DATA", 0)


@pytest.mark.parametrize(
    ("kinds", "outcome"), [(("2pt",), "NOT_READY"), (("2pt", "game"), "SUCCESS")]
)
@pytest.mark.parametrize(
    "game",
    [("--game", f"{GAME}:MIL@CHA"), ("--game", GAME, "--schedule", SLATE)],
    ids=["teams given", "teams of the schedule"],
)
def test_a_scraper_of_one_game_reads_its_game(
    tmp_path: Path, kinds: tuple[str, ...], outcome: str, game: tuple[str, ...]
) -> None:
    """The game's teams are given, or come from the schedule; an unfinished game is NOT_READY."""
    evening = ("--at", f"{DAY}T21:00")
    found = parsed(tmp_path, "nbac_play_by_play", actions(*kinds), more=(*game, *evening))
    assert found["outcome"] == outcome


def test_fs07_a_finished_game_without_data_is_overdue_two_days_later(tmp_path: Path) -> None:
    """By default an answer is read when everything is due: half a game is a failure then."""
    more = ("--game", f"{GAME}:MIL@CHA")
    found = parsed(tmp_path, "nbac_play_by_play", actions("2pt"), more=more)
    assert (found["outcome"], found["error_class"]) == ("FAILED", "OverdueError")
    assert "2025-11-13 12:00 ET" in found["error_message"]


def test_fs05_the_final_games_of_the_schedule_must_be_in_the_answer(tmp_path: Path) -> None:
    """With --schedule the answer for a date is held against the games that are final there."""
    played = schedule(
        gameStatus=3,
        gameStatusText="Final",
        awayTeam={"teamTricode": "MIL", "score": 100},
        homeTeam={"teamTricode": "CHA", "score": 111},
    )
    (tmp_path / "schedule.json").write_bytes(played)
    headers = ["PLAYER_ID", "PLAYER_NAME", "TEAM_ABBREVIATION", "GAME_ID", "GAME_DATE", "PTS"]
    sets = [{"name": "LeagueGameLog", "headers": headers, "rowSet": []}]
    body = json.dumps({"resultSets": sets}).encode()
    more = ("--schedule", str(tmp_path / "schedule.json"))
    found = parsed(tmp_path, "nbac_player_boxscore", body, more=more)
    assert (found["outcome"], found["error_class"]) == ("MISMATCH", "MissingGamesError")
    assert GAME in found["error_message"]
    assert parsed(tmp_path, "nbac_player_boxscore", body)["outcome"] == "NO_DATA"
    (tmp_path / "schedule.json").write_bytes(schedule(gameStatus=2, gameStatusText="Q4"))
    assert parsed(tmp_path, "nbac_player_boxscore", body, more=more)["outcome"] == "NO_DATA"


def test_another_game_breaks_the_contract(tmp_path: Path) -> None:
    """An answer about another game than the given one is refused as the runner refuses it."""
    more = ("--game", "0022500999:MIL@CHA")
    found = parsed(tmp_path, "nbac_play_by_play", actions("game"), more=more)
    assert found["error_message"] == (f"nbac_play_by_play: gameId is {GAME}, asked was 0022500999")


def test_a_schedule_s_warnings_are_printed(tmp_path: Path) -> None:
    """Times of a game that contradict each other are a warning with the game's id."""
    assert parsed(tmp_path, "nbac_schedule_api", schedule())["warnings"] == []
    body = schedule(gameDateTimeEst="2025-11-12T20:00:00Z")
    found = parsed(tmp_path, "nbac_schedule_api", body)
    assert (found["outcome"], found["records"]) == ("SUCCESS", 1)
    (warning,) = found["warnings"]
    assert warning.startswith(f"game {GAME}: gameDateTimeUTC")


def test_a_schedule_that_cannot_be_read_has_no_warnings(tmp_path: Path) -> None:
    """A schedule with a broken game is CONTRACT with an empty list of warnings."""
    found = parsed(tmp_path, "nbac_schedule_api", schedule(gameStatus="soon"))
    assert (found["outcome"], found["warnings"]) == ("CONTRACT", [])


def test_each_file_answers_for_one_event(tmp_path: Path) -> None:
    """A scraper that asks by event reads one file an event, also one without a readable id."""
    more = ("--records",)
    bodies = odds(EVENT), odds({**EVENT, "id": "b2"})
    found = parsed(tmp_path, "oddsa_player_props", *bodies, more=more)
    assert (found["records"], [row["id"] for row in found["rows"]]) == (2, ["a1", "b2"])
    broken = parsed(tmp_path, "oddsa_player_props", b"[", odds(EVENT))
    assert broken["outcome"] == "CONTRACT"


def test_the_first_of_several_candidate_names_is_answered(tmp_path: Path) -> None:
    """A PDF answers the first file name that the injury report scraper asks for."""
    found = parsed(tmp_path, "nbac_injury_report", b"no PDF")
    assert found["error_message"].startswith("nbac_injury_report: the file starts with b'no PDF'")


def test_a_pdf_that_is_stored_whole_has_no_rows(tmp_path: Path) -> None:
    """A gamebook counts as one record, and has no rows to print."""
    more = ("--game", f"{GAME}:MIL@CHA", "--records")
    found = parsed(tmp_path, "nbac_gamebook_pdf", PDF, more=more)
    assert (found["outcome"], found["records"], found["rows"]) == ("SUCCESS", 1, [])


REFUSED = {
    "an unknown scraper": (("nope", "FILE"), "unknown scraper 'nope'"),
    "a missing file": (("nbac_player_list", "none.json"), "'none.json' does not exist"),
    "too many files": (("nbac_player_list", "FILE", "FILE"), "1 answer(s) here, 2 files"),
    "a file too few": (
        ("espn_boxscore", "FILE", "--game", f"{GAME}:MIL@CHA"),
        "reads 2 answer(s) here, 1 files",
    ),
    "no game": (
        ("nbac_play_by_play", "FILE"),
        "nbac_play_by_play collects one game a task; give --game ID[:AWY@HOM]",
    ),
    "a game too many": (
        ("nbac_player_list", "FILE", "--game", GAME),
        "nbac_player_list collects one date a task; leave --game out",
    ),
    "a game of another form": (("nbac_play_by_play", "FILE", "--game", "213"), "0022500213:MIL@"),
    "no teams": (("nbac_play_by_play", "FILE", "--game", GAME), "its teams are unknown"),
    "a game that is not scheduled": (
        ("nbac_play_by_play", "FILE", "--game", "0022599999", "--schedule", SLATE),
        "does not list it",
    ),
    "a game that is not collected": (
        ("nbac_play_by_play", "FILE", "--game", "0012500001:MIL@CHA"),
        "starts with '001'",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_asked_is_one_line(tmp_path: Path, kind: str) -> None:
    """A wrong scraper, file or game is one line on standard error with exit status 2."""
    arguments, expected = REFUSED[kind]
    answer = tmp_path / "answer.json"
    answer.write_bytes(player_list(PLAYER))
    asked = [str(answer) if each == "FILE" else each for each in arguments]
    assert_one_line(run("parse", *asked, "--date", DAY), expected)


def test_an_answer_that_is_nested_too_deeply_is_not_json(tmp_path: Path) -> None:
    """Nor has it the id of an event, which is looked for before the scraper reads it."""
    found = parsed(tmp_path, "oddsa_player_props", b"[" * 100_000)
    assert (found["outcome"], found["error_class"]) == ("CONTRACT", "ContractError")
    assert "not JSON" in found["error_message"]
