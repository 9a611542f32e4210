"""What a dashboard's source has to say, and what it may say."""

import re
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from local.dashboards.source import Dashboard, Matrix, Panel, sources

PANEL: dict[str, Any] = {
    "title": "Runs",
    "kind": "table",
    "sql": "SELECT 1",
    "empty": "Nothing ran.",
    "width": 24,
    "height": 5,
}
MATRIX = {"rows": "date", "columns": "scraper", "cells": "outcome"}
DASHBOARD = {"uid": "nba-runs", "title": "Runs", "description": "What ran.", "panels": []}
FORMS: list[tuple[type[BaseModel], dict[str, Any]]] = [
    (Panel, PANEL),
    (Matrix, MATRIX),
    (Dashboard, DASHBOARD),
]


@pytest.mark.parametrize(
    ("form", "whole", "field"), [(form, whole, field) for form, whole in FORMS for field in whole]
)
def test_a_field_without_a_default_has_to_be_given(
    form: type[BaseModel], whole: dict[str, Any], field: str
) -> None:
    """A source that lacks such a field is refused by the field's name."""
    assert form.model_validate(whole)
    with pytest.raises(ValidationError, match=field):
        form.model_validate({name: value for name, value in whole.items() if name != field})


@pytest.mark.parametrize(
    ("form", "whole", "field", "value"),
    [
        (Panel, PANEL, "width", 1),
        (Panel, PANEL, "height", 1),
        (Panel, PANEL, "last", "24h"),
        (Dashboard, DASHBOARD, "uid", "a" * 40),
    ],
)
def test_the_last_allowed_value_of_a_field_is_taken(
    form: type[BaseModel], whole: dict[str, Any], field: str, value: object
) -> None:
    """A field takes the value at its bound."""
    assert getattr(form.model_validate({**whole, field: value}), field) == value


@pytest.mark.parametrize(
    ("form", "whole", "field", "value"),
    [
        (Panel, PANEL, "width", 0),
        (Panel, PANEL, "width", 25),
        (Panel, PANEL, "height", 0),
        (Panel, PANEL, "kind", "piechart"),
        (Panel, PANEL, "unit", "ms"),
        (Panel, PANEL, "of", "then"),
        (Panel, PANEL, "healthy", "maybe"),
        (Panel, PANEL, "last", "24"),
        (Panel, PANEL, "last", "1d"),
        (Panel, PANEL, "last", "now-24h"),
        (Panel, PANEL, "last", "24h/h"),
        (Dashboard, DASHBOARD, "uid", ""),
        (Dashboard, DASHBOARD, "uid", "a" * 41),
        (Dashboard, DASHBOARD, "uid", "nba_runs"),
        (Matrix, MATRIX, "values", "outcome"),
    ],
)
def test_a_value_beyond_the_bounds_of_a_field_is_refused(
    form: type[BaseModel], whole: dict[str, Any], field: str, value: object
) -> None:
    """A value that a dashboard cannot show is refused by the field's name."""
    with pytest.raises(ValidationError, match=field):
        form.model_validate({**whole, field: value})


@pytest.mark.parametrize(("name", "dashboard"), [*sources()])
def test_every_table_is_of_the_chosen_project_and_dataset(name: str, dashboard: Dashboard) -> None:
    """A name without its project would be looked up in that of the data source."""
    read = [table for panel in dashboard.panels for table in re.findall(r"`([^`]+)`", panel.sql)]
    assert read, name
    assert [
        one for one in read if not re.fullmatch(r"\$\{project\}\.\$\{dataset\}\.\w+", one)
    ] == []
