"""The queries of the user's document are found by their names, or by parts of them."""

from datetime import date

import pytest

from common.errors import BadInputError
from local.day.seed_queries import Statement, bind, queries, query_named, statements

NAMES = (
    "daily_expected_schedule.daily_summary",
    "daily_expected_schedule.workflow_breakdown",
    "workflow_decisions.action_summary",
    "workflow_decisions.alert_summary",
    "workflow_decisions.hourly_pattern",
    "cleanup_operations.daily_summary",
    "cleanup_operations.alert_high_missing_file_count",
    "scraper_execution_log.scraper_success_rate",
    "workflow_executions.daily_summary",
    "workflow_executions.execution_success_rate",
    "workflow_executions.end_to_end_flow",
)


def test_the_queries_have_the_documents_order_and_names() -> None:
    """A name has the table and the heading without what it says in brackets."""
    assert tuple(query.name for query in queries()) == NAMES
    assert [one for one in statements() if not one.creates] == queries()
    assert all(query.sql.startswith(("SELECT", "WITH")) for query in queries())


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        *((name, name) for name in NAMES),
        ("Hourly-Pattern", "workflow_decisions.hourly_pattern"),
        ("end", "workflow_executions.end_to_end_flow"),
        ("log.", "scraper_execution_log.scraper_success_rate"),
    ],
)
def test_a_query_is_named_by_a_part_that_it_alone_has(asked: str, name: str) -> None:
    """Case and hyphens do not matter."""
    assert query_named(asked).name == name


@pytest.mark.parametrize(
    ("asked", "listed"),
    [("nothing", NAMES), ("Daily-Summary", (NAMES[0], NAMES[5], NAMES[8])), ("", NAMES)],
)
def test_a_part_of_several_names_lists_them(asked: str, listed: tuple[str, ...]) -> None:
    """A part of no name lists all of them."""
    with pytest.raises(BadInputError) as refused:
        query_named(asked)
    assert str(refused.value) == f"{asked!r}: name one of {', '.join(listed)}"


def test_a_whole_name_is_no_part_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """A query that has exactly the name is the one, though another name contains it."""
    held = [Statement("a_table: Runs", "SELECT 1;"), Statement("a_table: Runs More", "SELECT 2;")]
    monkeypatch.setattr("local.day.seed_queries.queries", lambda: held)
    assert query_named("a_table.runs") == held[0]


def test_a_day_takes_the_place_of_today() -> None:
    """Every mention of today in New York becomes the date; another time zone's stays."""
    today = "CURRENT_DATE('America/New_York')"
    sql = f"SELECT {today} - {today} + CURRENT_DATE('UTC')"
    bound = bind(sql, date(2025, 11, 2))
    assert bound == "SELECT DATE '2025-11-02' - DATE '2025-11-02' + CURRENT_DATE('UTC')"
