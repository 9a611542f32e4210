"""What a scrape makes of several answers: which one is judged, kept and asked for by which way."""

from dataclasses import replace
from typing import Any, cast

import pytest

from common.messages.models import GameRef
from common.scrapers import get
from common.scrapers.model import (
    Call,
    ContractError,
    MismatchError,
    NotReadyError,
    Parsed,
    Scraper,
    Target,
)
from common.sources.client import AskOptions, Source
from common.sources.errors import BlockedError
from common.sources.routes import Route
from common.sources.scrape import scrape
from tests.common.sources.test_scrape import DAY, NOW, FakeSource, run, scraper

OVER = GameRef(game_id="0022500213", away="MIL", home="CHA")
LONG, SHORT = b"x" * 3000, b"y"
FAILS: tuple[tuple[Exception, str], ...] = (
    (ContractError("odd"), "CONTRACT"),
    (LookupError("odd"), "CONTRACT"),
    (MismatchError("odd"), "MISMATCH"),
)


@pytest.mark.parametrize("answers", [(LONG, SHORT), (SHORT, LONG)])
@pytest.mark.parametrize(("error", "outcome"), FAILS)
def test_the_longest_answer_is_the_sample(
    error: Exception, outcome: str, answers: tuple[bytes, bytes]
) -> None:
    """It most likely has the record that could not be read."""
    found, _ = run(scraper(("a", "b"), error), dict(zip("ab", answers, strict=True)))
    assert (found.outcome, found.sample) == (outcome, LONG)


@pytest.mark.parametrize("answers", [(LONG, SHORT), (SHORT, LONG)])
def test_the_longest_answer_is_the_sample_of_what_does_not_fit(
    answers: tuple[bytes, bytes],
) -> None:
    """And of what is never ready."""
    twice = scraper(("a", "b"), Parsed([{"x": 1}] * 2, 2))
    found, _ = run(twice, dict(zip("ab", answers, strict=True)))
    assert (found.outcome, found.sample) == ("MISMATCH", LONG)
    late = replace(scraper(("a", "b"), NotReadyError("not final")), scope="game")
    target = Target("made_up", DAY.replace(day=10), "2025-26", OVER)
    source = cast("Source", FakeSource(dict(zip("ab", answers, strict=True))))
    found = scrape(late, target, source, NOW, lambda _: [AskOptions()])
    assert (found.error_class, found.sample) == ("OverdueError", LONG)


@pytest.mark.parametrize(
    ("changes", "body", "said"),
    [
        ({"always": True}, SHORT, "made_up: no record, although there is always one"),
        ({}, LONG, "made_up: 3000 bytes without a record (S1)"),
    ],
)
def test_s1_why_an_answer_without_a_record_is_none(
    changes: dict[str, Any], body: bytes, said: str
) -> None:
    """The error names the scraper."""
    found, _ = run(scraper(("a", "b"), Parsed([], 0), **changes), {"a": SHORT, "b": body})
    assert found.error_message == said


@pytest.mark.parametrize(
    ("parsed", "outcome"), [(Parsed([], 0), "NO_DATA"), (NotReadyError("later"), "NOT_READY")]
)
def test_what_the_source_has_answered_has_a_status(parsed: Any, outcome: str) -> None:
    """Though there is no record in it."""
    found, _ = run(scraper(parsed=parsed), {"a": SHORT})
    assert (found.outcome, found.http_status) == (outcome, 200)


@pytest.mark.parametrize(("longest", "outcome"), [(1024, "NO_DATA"), (1025, "CONTRACT")])
@pytest.mark.parametrize("turn", [1, -1])
def test_s1_no_answer_without_a_record_may_be_long(longest: int, outcome: str, turn: int) -> None:
    """Of several answers none, in any order."""
    bodies = [b"z" * longest, SHORT][::turn]
    found, _ = run(scraper(("a", "b"), Parsed([], 0)), dict(zip("ab", bodies, strict=True)))
    assert found.outcome == outcome


def test_what_was_left_out_is_told_of_a_broken_contract_too() -> None:
    """It may be why no record is left."""
    found, _ = run(scraper(parsed=Parsed([], 0, ("odd row",)), always=True), {"a": SHORT})
    assert (found.outcome, found.warnings) == ("CONTRACT", ("odd row",))


def test_fs07_a_game_that_is_never_over_is_overdue_with_what_was_answered() -> None:
    """Its sample shows what the source says of the game."""
    target = Target("made_up", DAY.replace(day=10), "2025-26", OVER)
    declared = replace(scraper(parsed=NotReadyError("not final")), scope="game")
    source = cast("Source", FakeSource({"a": b"half"}))
    ways = [AskOptions()]
    found = scrape(declared, target, source, NOW, lambda _: ways)
    assert (found.outcome, found.error_class, found.sample) == ("FAILED", "OverdueError", b"half")
    assert found.http_status == 200  # the source has answered


def test_the_route_that_was_asked_last_has_the_verdict_of_the_scrape() -> None:
    """The one before failed, whatever came after it."""
    own, other = (Route(name, f"https://{name}", "", "404") for name in ("primary", "route-1"))

    class Routed(FakeSource):
        """Refuses by its own URL."""

        def fetch(self, call: Call, options: AskOptions) -> bytes:
            """Answer by the other route."""
            if options.route == own:
                raise BlockedError("no", 403)
            return super().fetch(call, options)

    source = cast("Source", Routed({"a": b"x"}))
    ways = [AskOptions(own), AskOptions(other)]
    declared = scraper(parsed=Parsed([], 0))
    found = scrape(declared, Target("made_up", DAY, "2025-26"), source, NOW, lambda _: ways)
    assert [(each.route, each.verdict) for each in found.asked] == [
        ("primary", "failed"),
        ("route-1", "empty"),
    ]


def test_further_calls_are_made_as_their_own_source_may_be_asked() -> None:
    """The page that a scoreboard leads to is another host's: its circuit and turns count."""
    further = Call("espn_www", "/b", {}, "b")
    declared = scraper(then=lambda *_: [further])
    chosen: list[str] = []

    def choose(calls: Any) -> list[AskOptions]:
        chosen.append(calls[0].source)
        return [AskOptions()]

    source = cast("Source", FakeSource({"a": SHORT, "b": SHORT}))
    scrape(declared, Target("made_up", DAY, "2025-26"), source, NOW, choose)
    assert chosen == ["odds_api", "espn_www"]


@pytest.mark.parametrize(("name", "is_asked"), [("nbac_boxscore", False), ("espn_boxscore", True)])
def test_only_who_goes_by_nba_com_s_ids_needs_one(name: str, *, is_asked: bool) -> None:
    """ESPN finds a game that no season file lists by its date and teams."""
    game = GameRef(game_id="espn-401", away="MIL", home="CHA")
    declared: Scraper = get(name)
    source = FakeSource({f"{DAY}": b"{}"})
    found = scrape(declared, Target(name, DAY, "2025-26", game), cast("Source", source), NOW)
    assert bool(source.asked) is is_asked
    assert (found.error_class == "NoNbaIdError") is not is_asked
    if not is_asked:
        said = "game espn-401 has no id of NBA.com's: no season file lists it; the next schedule "
        assert (found.error_message or "").startswith(said)
