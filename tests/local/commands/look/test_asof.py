"""`python -m local asof` lists what was known of a game, with a digest to keep."""

import json
from datetime import timedelta

import pytest

from common.look.asof import AsOf, Known
from tests.kit.operated import gone_wrong, run
from tests.kit.situations import et

OPTIONS = ("--at", "2025-11-12T18:30", "--game", "0022500213")


def test_the_table_ends_with_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each object with its generation, and when it was logged, in Eastern time."""
    lines = run(gone_wrong(), monkeypatch, "asof", *OPTIONS).stdout.splitlines()
    assert any("oddsa_player_props" in line and "#" in line for line in lines)
    assert lines[-2].endswith("objects known of 0022500213 at 2025-11-12T18:30:00-05:00")
    assert lines[-1].startswith("sha256 ")


def test_json_has_the_same_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The digest of both is one."""
    lines = run(gone_wrong(), monkeypatch, "asof", *OPTIONS).stdout.splitlines()
    found = json.loads(run(gone_wrong(), monkeypatch, "asof", *OPTIONS, "--json").stdout)
    assert lines[-1] == f"sha256 {found['digest']}"
    assert lines[-2].startswith(f"{len(found['known'])} objects")
    assert {"path", "generation", "logged_at", "newest"} <= found["known"][0].keys()


def test_the_newest_object_of_each_scraper_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line says `yes` where programs read that the object is the newest."""
    lines = run(gone_wrong(), monkeypatch, "asof", *OPTIONS).stdout.splitlines()
    found = json.loads(run(gone_wrong(), monkeypatch, "asof", *OPTIONS, "--json").stdout)
    marked = [" yes " in line for line in lines if "2025-11-1" in line][: len(found["known"])]
    assert marked == [one["newest"] for one in found["known"]]
    assert set(marked) == {True, False}


def test_an_object_is_told_with_when_it_was_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not with when it was asked for: it was not known yet."""
    asked = et("2025-11-12 18:00")
    known = Known("s", "gs://b/o", 7, asked, asked + timedelta(seconds=61), newest=True)
    found = AsOf("0022500213", asked, (known,))
    monkeypatch.setattr("common.look.asof.as_of", lambda *_: found)
    lines = run(gone_wrong(), monkeypatch, "asof", *OPTIONS).stdout.splitlines()
    (line,) = (each for each in lines if "gs://b/o#7" in each)
    assert "2025-11-12 18:01:01" in line


def test_teams_beside_the_id_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would look whether they are the game's."""
    done = run(gone_wrong(), monkeypatch, "asof", *OPTIONS[:2], "--game", "0022500213:MIL@CHA")
    assert (done.exit_code, "leave the teams out" in done.stderr) == (2, True)


def test_an_unknown_game_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, with exit status 2."""
    done = run(gone_wrong(), monkeypatch, "asof", *OPTIONS[:2], "--game", "0022599999")
    assert done.exit_code == 2
    assert "game '0022599999': the schedule does not list it" in done.stderr
