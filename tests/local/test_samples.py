"""The local source answers with the samples what it has no handler for."""

import dataclasses
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from common.scrapers import REGISTRY, get
from common.scrapers.model import ContractError
from local.fake_sources.answers import answer
from local.fake_sources.slate import Slate
from local.samples import DRAWN, FOLDER, GAME, file_of, sample_for, target_of

NOW = datetime(2025, 11, 12, 17, tzinfo=UTC)
NO_GAMES = Slate((), "2025-26")


def test_every_scraper_has_one_sample() -> None:
    """Each scraper's sample is a file of its name, or a PDF that is drawn."""
    assert {name for name in REGISTRY if file_of(name) is None} == set(DRAWN)


@pytest.mark.parametrize("name", ["espn_scoreboard", "nbac_standings", "nbac_roster"])
def test_a_scraper_s_sample_answers_its_call(name: str) -> None:
    """The sample for its call about the samples' night is read by the scraper itself."""
    target = target_of(get(name))
    (call,) = get(name).calls(target, NOW)
    found = sample_for(call.path, call.params, NOW)
    assert found is not None
    assert get(name).parse([found[1]], target).count > 0


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("nbac_standings", {"season": "2031-32"}),
        ("nbac_boxscore_usage", {"game": GAME.model_copy(update={"game_id": "0022500213"})}),
    ],
)
def test_another_question_is_answered_about_that(name: str, asked: dict[str, Any]) -> None:
    """The season or the game that a request names stands in the place of the sample's."""
    target = dataclasses.replace(target_of(get(name)), **asked)
    (call,) = get(name).calls(target, NOW)
    found = sample_for(call.path, call.params, NOW)
    assert found is not None
    subject = asked.get("season") or "0022500213"
    assert subject.encode() in found[1]
    before = "2025-26" if "season" in asked else GAME.game_id
    assert before.encode() not in found[1]


UNANSWERED = {
    "oddsa_events": "its requests name the instants of a day",
    "oddsa_game_lines": "so do its",
    "espn_roster": "its requests name a team by a number of the source's own",
    "nbac_roster": "so do its",
    "nbac_scoreboard": "another day's is asked for at another address than today's",
}
"""The scrapers whose sample answers about one subject alone, and why."""


@pytest.mark.parametrize(
    "name", sorted(name for name in REGISTRY if file_of(name) and not get(name).then)
)
def test_a_sample_answers_about_any_subject_that_a_request_can_name(name: str) -> None:
    """Another date, season, game and event of the same form are answered by the same file."""
    sampled = target_of(get(name))
    other = dataclasses.replace(
        sampled,
        target_date=date(2026, 1, 31),
        season="2031-32",
        game=sampled.game and GAME.model_copy(update={"game_id": "0042500213"}),
        event_ids=("f" * 32,) if sampled.event_ids else (),
        teams=("NYK",) if sampled.teams else (),
    )
    found = [sample_for(call.path, call.params, NOW) for call in get(name).calls(other, NOW)]
    files = {one[0].stem for one in found if one}
    assert files == (set() if name in UNANSWERED else {name})
    assert None not in found or not files


def test_a_request_of_another_form_has_no_sample() -> None:
    """A value of another form, a parameter less or a foreign path has none."""
    (call,) = get("espn_scoreboard").calls(target_of(get("espn_scoreboard")), NOW)
    assert sample_for(call.path, {**call.params, "key": "k"}, NOW) is not None
    for path, params in (
        (call.path, {**call.params, "dates": "today"}),
        (call.path, {}),
        (f"{call.path}/x", call.params),
    ):
        assert sample_for(path, params, NOW) is None
    assert answer(f"{call.path}/x", call.params, NO_GAMES, NOW).status == 404


def test_an_instant_of_the_sample_stays_as_it_is() -> None:
    """A sample whose events have a time is refused on another date, and needs a handler there."""
    other = dataclasses.replace(target_of(get("espn_scoreboard")), target_date=date(2025, 12, 1))
    (call,) = get("espn_scoreboard").calls(other, NOW)
    found = sample_for(call.path, call.params, NOW)
    assert found is not None
    with pytest.raises(ContractError):
        get("espn_scoreboard").parse([found[1]], other)


def test_a_served_path_is_not_answered_with_a_sample() -> None:
    """The handlers of the local source come first: they know slate and clock."""
    (call,) = get("nbac_schedule_api").calls(target_of(get("nbac_schedule_api")), NOW)
    found = sample_for(call.path, call.params, NOW)
    assert found is not None
    served = json.loads(answer(call.path, call.params, NO_GAMES, NOW).body)
    assert served != json.loads(found[1])


def test_a_sample_is_no_answer_to_another_scraper() -> None:
    """A sample that is read by the wrong scraper is refused, so a mix-up would be seen."""
    target = target_of(get("nbac_standings"))
    with pytest.raises(ContractError):
        get("nbac_standings").parse([(FOLDER / "espn_scoreboard.json").read_bytes()], target)
