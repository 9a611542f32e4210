"""The local source answers with a sample what the sample is an answer to, and nothing else."""

import json
from datetime import UTC, datetime

import pytest

from common.scrapers import REGISTRY, get
from common.scrapers.model import ContractError
from local.fake_sources.answers import answer
from local.fake_sources.slate import Slate
from local.samples import DRAWN, FOLDER, file_of, sample_for, target_of

NOW = datetime(2025, 11, 12, 17, tzinfo=UTC)
NO_GAMES = Slate((), "2025-26")


def test_every_scraper_has_one_sample() -> None:
    """Each scraper's sample is a file of its name, or a PDF that is drawn."""
    assert {name for name in REGISTRY if file_of(name) is None} == set(DRAWN)


@pytest.mark.parametrize("name", ["espn_scoreboard", "nbac_standings", "nbac_roster"])
def test_a_scraper_without_a_handler_is_answered_with_its_sample(name: str) -> None:
    """The answer to its call for the samples' night is read by the scraper itself."""
    target = target_of(get(name))
    (call,) = get(name).calls(target, NOW)
    found = answer(call.path, call.params, NO_GAMES, NOW)
    assert found.status == 200
    assert get(name).parse([found.body], target).count > 0


def test_another_night_has_no_sample() -> None:
    """A request about another date is answered as before: there is nothing."""
    (call,) = get("espn_scoreboard").calls(target_of(get("espn_scoreboard")), NOW)
    other = {name: value.replace("20251112", "20251113") for name, value in call.params.items()}
    assert other != call.params
    assert sample_for(call.path, call.params, NOW) == FOLDER / "espn_scoreboard.json"
    assert sample_for(call.path, other, NOW) is None
    assert answer(call.path, other, NO_GAMES, NOW).status == 404


def test_a_served_path_is_not_answered_with_a_sample() -> None:
    """The handlers of the local source come first: they know slate and clock."""
    (call,) = get("nbac_schedule_api").calls(target_of(get("nbac_schedule_api")), NOW)
    assert sample_for(call.path, call.params, NOW) is not None
    served = json.loads(answer(call.path, call.params, NO_GAMES, NOW).body)
    sample = json.loads((FOLDER / "nbac_schedule_api.json").read_bytes())
    assert served != sample


def test_a_sample_is_no_answer_to_another_scraper() -> None:
    """A sample that is read by the wrong scraper is refused, so a mix-up would be seen."""
    target = target_of(get("nbac_standings"))
    with pytest.raises(ContractError):
        get("nbac_standings").parse([(FOLDER / "espn_scoreboard.json").read_bytes()], target)
