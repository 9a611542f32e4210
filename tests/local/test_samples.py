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
