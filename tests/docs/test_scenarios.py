import scenario_map


def test_the_scenario_map_is_current() -> None:
    """docs/scenarios.md says which test carries which scenario's id."""
    current = scenario_map.DOCUMENT.read_text() == scenario_map.document()
    assert current, "run: python tests/kit/scenario_map.py"


def test_the_decision_scenarios_are_all_covered() -> None:
    """Every scenario of time and decisions, and those of games, has a test with its id."""
    named = scenario_map.found()
    wanted = {f"T{number}" for number in range(1, 17)} | {f"D{number}" for number in range(1, 20)}
    assert not (wanted | {"S3", "S4", "S5"}) - set(named)
