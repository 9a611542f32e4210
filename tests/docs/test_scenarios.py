"""docs/scenarios.md: what happened, and which tests hold it."""

from tests.kit import scenario_map


def test_the_scenario_map_is_current() -> None:
    """docs/scenarios.md is what its generator makes of the sentences and the tests' names."""
    current = scenario_map.DOCUMENT.read_text() == scenario_map.document()
    assert current, "run: python tests/kit/scenario_map.py"


def test_every_scenario_has_one_sentence() -> None:
    """The sentences are those of the 87 ids and of the 24 found since, each a whole one."""
    sentences = scenario_map.sentences()
    assert list(sentences) == scenario_map.IDS
    assert len(sentences) == 87 + 24
    broken = [
        scenario
        for scenario, text in sentences.items()
        if not 40 < len(text) < 200 or not text.endswith(".") or "|" in text or "\n" in text
    ]
    assert broken == []


def test_every_scenario_has_a_test_or_a_reason() -> None:
    """An id is held by tests, or has a reason why not; never both."""
    named = {scenario for scenario in scenario_map.found() if scenario in scenario_map.IDS}
    assert named | set(scenario_map.WITHOUT) == set(scenario_map.IDS)
    assert not named & set(scenario_map.WITHOUT)


def test_the_decision_scenarios_are_all_covered() -> None:
    """Every scenario of time and decisions, and those of games, has a test with its id."""
    named = scenario_map.found()
    wanted = {f"T{number}" for number in range(1, 17)} | {f"D{number}" for number in range(1, 20)}
    assert not (wanted | {"S3", "S4", "S5"}) - set(named)
