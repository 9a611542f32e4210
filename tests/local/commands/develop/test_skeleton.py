"""What the files of a new scraper say, for each scope."""

import json

import pytest

from common.scrapers.model import Scope
from local.commands.develop.skeleton import files, step_of

NAME, SOURCE = "arena_door_counts", "arena_halls"
MODULE = f"common/scrapers/halls/{NAME}.py"
SAMPLE = f"tests/kit/samples/{NAME}.json"
TEST = f"tests/common/scrapers/halls/test_{NAME}.py"
SAID: dict[Scope, tuple[str, ...]] = {
    "date": ("return [target.target_date.isoformat()]", 'Expectation(key=("id",), day="date")'),
    "game": ("return [game_of(target).game_id]", 'key=("id",), game="game"', "    game_of,\n"),
    "team": ("return asked_teams(target)", 'key=("team", "id")', "nba.teams import asked_teams\n"),
    "event": ("return target.event_ids", 'key=("event", "id")'),
}
STEPS: dict[Scope, str] = {
    "date": f"- scrapers: [{NAME}]",
    "game": f"- {{scrapers: [{NAME}], games: final}}",
    "team": f"- scrapers: [{NAME}]",
    "event": f"- {{scrapers: [{NAME}], events_from: oddsa_events}}",
}


def written(scope: Scope, *, is_new: bool = True) -> dict[str, str]:
    """Return the texts of a scraper's files."""
    return files(NAME, "halls", scope, SOURCE, is_new=is_new)


@pytest.mark.parametrize("scope", SAID)
def test_a_declaration_asks_for_its_scope(scope: Scope) -> None:
    """It asks at a path of its own, once for each thing of the scope, and waits for a recording."""
    text = written(scope)[MODULE]
    for said in (
        *SAID[scope],
        'PATH = "/arena-door-counts"',
        f'Scraper(\n    "{NAME}",\n    "{scope}",\n',
        f'{{"{scope}": each}}',
        'off="a skeleton that waits for a recording"',
    ):
        assert said in text
    assert ("game_of" in text) == (scope == "game")
    assert ("asked_teams" in text) == (scope == "team")


def test_a_new_source_is_declared_with_its_scraper() -> None:
    """The source has its own name, owner and host; one that is known is named alone."""
    text = written("date")[MODULE]
    assert f'"{SOURCE}",\n        "{SOURCE}",\n        "https://arena-halls.example",' in text
    assert "import SourceSpec, declare" in text
    known = written("date", is_new=False)[MODULE]
    assert f'SOURCE = "{SOURCE}"\n' in known
    assert "SourceSpec" not in known


@pytest.mark.parametrize("scope", SAID)
def test_the_sample_is_read_by_the_test_that_is_written(scope: Scope) -> None:
    """The sample is about one thing and has two items, and the test spoils each field of it."""
    texts = written(scope)
    assert set(texts) == {MODULE, SAMPLE, TEST}
    sample = json.loads(texts[SAMPLE])
    about = sample.pop(scope)
    assert sample == {
        "total": 2,
        "items": [{"id": 1, "name": "First"}, {"id": 2, "name": "Second"}],
    }
    for said in (
        f'"{scope}": "{about}"',
        f'("{scope}", "another", "{scope} is \'another\'")',
        '("items", [{"id": 1}, {"id": 1}], "id 1 is there twice")',
        '("total", 3, "total is 3")',
        '("items", None, "items is None")',
        "parse([spoilt], target(NAME))",
    ):
        assert said in texts[TEST]


@pytest.mark.parametrize("scope", STEPS)
def test_a_step_triggers_the_scraper(scope: Scope) -> None:
    """A game is collected once it is final, and an event after its events are known."""
    assert step_of(NAME, scope) == STEPS[scope]
