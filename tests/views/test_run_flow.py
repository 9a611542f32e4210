"""`run_flow`: the contract's end-to-end query as a view."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta

import pytest

from local.day.seed_queries import bind, query_named
from tests.alerts.days import DATASET, PROJECT, Rows
from tests.views.conftest import View, Viewed

pytestmark = pytest.mark.stack
DAY = date(2025, 11, 12)
NOW = datetime(2025, 11, 14, 8, tzinfo=UTC)


def test_it_answers_as_the_contract_s_query_does(good: Viewed) -> None:
    """The same columns give the same rows of a day, and each says how many games it was for."""
    seed = bind(query_named("end_to_end_flow").sql, DAY)
    theirs = good.ask(NOW, seed.replace(f"{PROJECT}.{DATASET}", DATASET))
    ours = good.ask(
        NOW,
        "SELECT * FROM {}.run_flow WHERE DATE(decision_time, 'America/New_York') = '2025-11-12'",
    )
    assert len(theirs) == len(ours) > 0
    named = {(row["workflow_name"], row["decision_time"]): row for row in ours}
    for row in theirs:
        found = named[row["workflow_name"], row["decision_time"]]
        assert {name: found[name] for name in row} == row
    assert max(row["games"] for row in ours) == 12


def test_what_it_has_besides_is_of_the_decision_or_of_its_execution(
    view: View, good_days: Rows
) -> None:
    """Slot, date and games are the decision's; what came of it and why are the execution's."""
    rows = deepcopy(good_days)
    done = rows["workflow_executions"][-1]
    done |= {"slot": None, "target_date": None, "outcome": "PARTIAL", "error_message": "said"}
    done |= {"scrapers_triggered": 5, "scrapers_succeeded": 3, "scrapers_failed": 2}
    (of,) = (r for r in rows["workflow_decisions"] if r["decision_id"] == done["decision_id"])
    of["target_date"] -= timedelta(days=1)
    sql = f"SELECT * FROM {{}}.run_flow WHERE decision_id = '{of['decision_id']}'"
    (found,) = view(rows).ask(NOW, sql)
    decided = ("decision_id", "workflow_name", "decision_time", "slot", "target_date")
    executed = ("execution_id", "execution_time", "finished_at", "error_message")
    executed += ("scrapers_triggered", "scrapers_succeeded", "scrapers_failed")
    assert {name: found[name] for name in decided} == {name: of[name] for name in decided}
    assert {name: found[name] for name in executed} == {name: done[name] for name in executed}
    told = ("execution_outcome", "execution_status")
    assert [found[name] for name in told] == ["PARTIAL", done["status"]]


def test_a_run_that_nothing_came_of_is_there_too(view: View, good_days: Rows) -> None:
    """A RUN whose execution has no row, as one whose message was lost, has no scrape either."""
    rows = deepcopy(good_days)
    lost = rows["workflow_executions"].pop()["decision_id"]
    found = view(rows).ask(NOW, f"SELECT * FROM {{}}.run_flow WHERE decision_id = '{lost}'")
    shown = ("execution_id", "execution_status", "scraper_runs_logged")
    assert [tuple(row[name] for name in shown) for row in found] == [(None, None, 0)]
