"""What a scraper is asked to collect from recorded answers, when, and what it is answered."""

import gzip
from codecs import BOM_UTF8
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from common.messages.models import GameRef
from common.scrapers.model import Scraper, Target
from common.sources.client import Source
from common.sources.outcomes import Scraped
from local.commands.operate.answers import Asked, read_answers
from local.fake_sources.slate import Slate
from tests.kit.situations import DAY, et, game, played

LOG, GAMEBOOK, PROPS = "nbac_player_boxscore", "nbac_gamebook_pdf", "oddsa_player_props"
NOW = et("2025-11-12 21:00")
LISTED = Slate(
    (
        played(1, "2025-11-11 19:00"),
        replace(played(2), score=(100, 111)),
        played(3),
        replace(game(4), score=(7, 9)),
        played(5, "2025-11-13 19:00"),
    ),
    "2025-26",
)


def ref(number: int, *score: int) -> GameRef:
    """Return a listed game as a target has it."""
    sides = dict(zip(("away_score", "home_score"), score, strict=True)) if score else {}
    return GameRef(game_id=f"00225{number:05d}", away="MIL", home="CHA", **sides)


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Target, datetime]]:
    """Each target that was to be collected, and when; a schedule lists the games above."""
    found: list[tuple[Target, datetime]] = []

    def scrape(_: Scraper, target: Target, __: Source, now: datetime) -> Scraped:
        found.append((target, now))
        return Scraped("SUCCESS", "SUCCESS", 0, b"{}", "application/json")

    monkeypatch.setattr("local.commands.operate.answers.scrape", scrape)
    monkeypatch.setattr("local.commands.operate.answers.load", lambda _: LISTED)
    return found


def files(folder: Path, *bodies: bytes) -> tuple[Path, ...]:
    """Write answers to files."""
    paths = tuple(folder / f"{number}.json" for number in range(len(bodies)))
    for path, body in zip(paths, bodies, strict=True):
        path.write_bytes(body)
    return paths


SEASON: dict[str, Any] = {"season": "2025-26", "season_type": "Regular Season"}
TARGETS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a date alone": ({}, SEASON),
    "teams": ({"scraper": "espn_roster", "teams": ("MIL",)}, SEASON | {"teams": ("MIL",)}),
    "an instant": ({"instant": NOW}, SEASON | {"instant": NOW}),
    "the final games of the date": (
        {"schedule": Path("listed")},
        SEASON | {"games": (ref(2, 100, 111), ref(3))},
    ),
    "a game of the schedule": (
        {"scraper": GAMEBOOK, "game": ("0022500002", None), "schedule": Path("listed")},
        SEASON | {"game": ref(2, 100, 111)},
    ),
    "a listed game that goes on has no final score": (
        {"scraper": GAMEBOOK, "game": ("0022500004", None), "schedule": Path("listed")},
        SEASON | {"game": ref(4)},
    ),
    "teams that are given need no schedule": (
        {"scraper": GAMEBOOK, "game": ("0022500002", "ORL@NYK"), "schedule": Path("listed")},
        SEASON | {"game": GameRef(game_id="0022500002", away="ORL", home="NYK")},
    ),
    "a game of another season": (
        {"scraper": GAMEBOOK, "game": ("0042400101", "ORL@NYK")},
        {
            "season": "2024-25",
            "season_type": "Playoffs",
            "game": GameRef(game_id="0042400101", away="ORL", home="NYK"),
        },
    ),
}


@pytest.mark.parametrize("kind", TARGETS)
def test_what_is_asked_is_the_target(
    collected: list[tuple[Target, datetime]], tmp_path: Path, kind: str
) -> None:
    """The target has what was asked for, and season and heading of its game."""
    given, expected = TARGETS[kind]
    asked = Asked(**{"scraper": LOG, "day": DAY, "game": None, "schedule": None, **given}, files=())
    read_answers(replace(asked, files=files(tmp_path, b"{}")))
    assert collected == [
        (Target(asked.scraper, DAY, **expected), asked.instant or et("2025-11-14 00:00"))
    ]


@pytest.mark.parametrize(
    ("bodies", "ids"),
    [
        ((b'{"id": "a1"}', b'{"data": {"id": "b2"}}'), ("a1", "b2")),
        ((BOM_UTF8 + b'{"id": "a1"}',), ("a1",)),
        ((b'{"id": "a/1"}', b'{"id": 7}', b'[{"id": "a1"}]', b"{"), None),
        ((b'{"id": ""}', b'{"data": []}', b'{"data": null, "id": "a1"}', b'{"id": "a1\\n"}'), None),
    ],
)
def test_an_event_has_the_id_that_its_answer_names(
    collected: list[tuple[Target, datetime]],
    tmp_path: Path,
    bodies: Sequence[bytes],
    ids: tuple[str, ...] | None,
) -> None:
    """An answer without one readable id counts by its place among the files."""
    read_answers(Asked(PROPS, files(tmp_path, *bodies), DAY, None, None))
    assert collected[0][0].event_ids == (ids or ("file-1", "file-2", "file-3", "file-4"))


def test_a_compressed_answer_is_known_by_its_ending(tmp_path: Path) -> None:
    """A file that ends with .gz is unpacked, and no other one is."""
    body, day = b'[{"id": "a1"', date(2025, 11, 12)
    packed, plain = tmp_path / "a.json.gz", tmp_path / "a.gz.json"
    packed.write_bytes(gzip.compress(body))
    plain.write_bytes(body)
    first, second = (
        read_answers(Asked("oddsa_events", (path,), day, None, None)) for path in (packed, plain)
    )
    assert first.scraped == second.scraped
    assert first.scraped.error_class == "ContractError"


def test_answers_follow_each_other_without_a_pause(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The interval between two requests to a source is for live ones."""
    waits: list[float] = []
    monkeypatch.setattr("common.clock.SystemClock.sleep", lambda _, seconds: waits.append(seconds))
    read_answers(Asked(PROPS, files(tmp_path, b'{"id": "a1"}', b'{"id": "b2"}'), DAY, None, None))
    assert waits == []
