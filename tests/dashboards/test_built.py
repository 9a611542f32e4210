"""What Grafana is given of a panel: each field of its source in its own place."""

import pytest

from local.dashboards.panels import built
from local.dashboards.source import Panel

WHOLE = {
    "title": "Runs",
    "kind": "table",
    "sql": "SELECT 1",
    "empty": "Nothing ran.",
    "width": 12,
    "height": 5,
    "description": "What ran.",
    "last": "24h",
    "unit": "s",
}


def test_a_panel_has_what_its_source_says() -> None:
    """Its text for people, its size, its span and its query are those of the source."""
    made = built(Panel.model_validate(WHOLE), 7).build()
    assert (made.id_val, made.title, made.description) == (7, "Runs", "What ran.")
    assert made.grid_pos is not None
    assert (made.grid_pos.w, made.grid_pos.h, made.time_from) == (12, 5, "24h")
    assert made.field_config is not None
    assert (made.field_config.defaults.no_value, made.field_config.defaults.unit) == (
        "Nothing ran.",
        "s",
    )


@pytest.mark.parametrize("field", ["description", "last", "unit"])
def test_a_field_that_is_not_given_is_not_set(field: str) -> None:
    """Grafana then shows nothing, and takes the dashboard's time range."""
    bare = {name: value for name, value in WHOLE.items() if name != field}
    made = built(Panel.model_validate(bare), 7).build()
    unit = made.field_config.defaults.unit if made.field_config else None
    held = {"description": made.description, "last": made.time_from, "unit": unit}
    assert held[field] is None


@pytest.mark.parametrize(
    ("levels", "steps"),
    [
        ({}, [(None, "green")]),
        ({"warn_from": 0}, [(None, "green"), (0, "orange")]),
        ({"bad_from": 0}, [(None, "green"), (0, "red")]),
        ({"warn_from": 1, "bad_from": 5}, [(None, "green"), (1, "orange"), (5, "red")]),
    ],
)
def test_a_number_is_bad_from_the_level_of_its_source_on(
    levels: dict[str, int], steps: list[tuple[int | None, str]]
) -> None:
    """From nothing on as well, where the source says so."""
    made = built(Panel.model_validate({**WHOLE, "kind": "stat", **levels}), 7).build()
    assert made.field_config is not None
    thresholds = made.field_config.defaults.thresholds
    assert thresholds is not None
    assert [(step.value, step.color) for step in thresholds.steps] == steps
