"""config/alerts.yaml: complete, well-formed, and each alert with its section of the guide."""

import re

import pytest

from common.settings import ROOT
from tests.alerts.policies import ALERTS, EACH, Alert, Budget

GUIDE = (ROOT / "docs" / "operations.md").read_text()
PROJECT_WIDE = {"daily-spend-queries"}
"""Its metric has no label that tells the deployments of a project apart (docs/monitoring.md)."""
LINES_SECONDS_MIN, INCIDENTS_SECONDS = 3600, 300
"""Monitoring mails a log-based policy 20 times a day at most; a line an hour may lose some. A
notice is one line with labels of its own, so that the shortest period loses none."""
AUTO_CLOSE_SECONDS_MIN = 1800


def test_every_alert_has_a_name_of_its_own() -> None:
    """Terraform keys its resources by the names."""
    names = [alert.name for alert in EACH]
    assert len(set(names)) == len(names)


def test_every_rule_of_the_view_is_listed_and_no_other() -> None:
    """The list is for people; the view's text is what is a rule."""
    text = (ROOT / "config" / "views" / "incidents.sql").read_text()
    found = set(re.findall(r"SELECT\s+'([a-z-]+)'(?: AS rule)?,", text))
    assert found == {rule.name for rule in ALERTS.rules}


@pytest.mark.parametrize("alert", [*EACH, ALERTS.budget], ids=lambda alert: alert.name)
def test_every_alert_has_its_section_of_the_guide(alert: Alert | Budget) -> None:
    """The runbook's anchor is a heading of the guide, and its section contains something to do."""
    anchor = alert.runbook.split("#")[1]
    section = re.search(rf"^### {anchor}\n(.*?)(?=^#|\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    assert section is not None
    assert len(section.group(1).strip()) > 60


def test_no_section_is_left_of_an_alert_that_is_gone() -> None:
    """Each heading of the guide's alerts is the runbook of an alert."""
    sections = re.findall(r"^### (.+)$", GUIDE.split("## Alerts")[1], re.MULTILINE)
    runbooks = {alert.runbook.split("#")[1] for alert in [*EACH, ALERTS.budget]}
    assert set(sections) == runbooks


def test_every_filter_is_of_this_deployment() -> None:
    """Terraform puts its own names in; tests/terraform compares them with a second deployment's."""
    names = {"OUR_FUNCTIONS", "OUR_JOBS", "OUR_DEAD_LETTERS", "OUR_QUERIES"}
    found = {
        alert.name: set(re.findall(r"OUR_[A-Z_]+", alert.filter))
        for alert in (*ALERTS.logs, *ALERTS.metrics)
    } | {
        "incidents": set(re.findall(r"OUR_[A-Z_]+", ALERTS.policies.incidents.filter)),
    }
    assert set().union(*found.values()) == names
    assert {name for name, words in found.items() if not words} == PROJECT_WIDE


def test_a_filter_takes_whole_names_alone() -> None:
    """Another deployment's name may contain one of ours."""
    filters = [alert.filter for alert in ALERTS.logs] + [ALERTS.policies.incidents.filter]
    patterns = [found for text in filters for found in re.findall(r'=~"([^"]*)"', text)]
    assert len(patterns) == len(filters)
    assert all(re.fullmatch(r"\^\(OUR_[A-Z]+\)\$", one) for one in patterns)


def test_every_condition_that_was_asked_for_has_an_alert() -> None:
    """The ten conditions of the issue are there, in one of the four kinds."""
    wanted = {"no-plan", "no-decision", "run-without-execution", "no-cleanup", "missing-files"}
    wanted |= {"decision", "execution", "dead-letter", "daily-spend-queries"}
    assert wanted <= {alert.name for alert in EACH}
    assert ALERTS.budget.name == "daily-spend"


def test_a_line_that_is_repeated_is_mailed_once_an_hour_and_every_notice_at_once() -> None:
    """Monitoring drops what a log-based policy mails after the 20th time on a day."""
    policies = ALERTS.policies
    assert seconds(policies.lines.rate_limit) >= LINES_SECONDS_MIN
    assert seconds(policies.incidents.rate_limit) == INCIDENTS_SECONDS
    assert {"change", "rule", "key", "opened"} == policies.incidents.labels.keys()
    assert seconds(ALERTS.auto_close) >= AUTO_CLOSE_SECONDS_MIN


def test_each_policy_has_its_severity_and_names_what_its_line_is_about() -> None:
    """A label is the line's field of its own name, or the one that holds what it says."""
    policies, field = ALERTS.policies, "EXTRACT(jsonPayload.{})".format
    severities = {one.name: one.severity for one in ALERTS.metrics}
    assert severities == {"dead-letter": "ERROR", "daily-spend-queries": "WARNING"}
    assert (policies.incidents.severity, policies.lines.severity) == ("ERROR", "ERROR")
    assert policies.incidents.labels == {
        **{name: field(name) for name in ("change", "rule", "opened")},
        "key": field("incident_key"),
    }
    assert policies.lines.labels == {
        **{name: field(name) for name in ("function", "result")},
        "reason": field("reason_code"),
    }


def test_the_first_dead_letter_is_an_alert_and_a_day_s_queries_are_by_their_bytes() -> None:
    """What is exceeded by one opens at once; a day of more than 100 GB costs some 60 cents."""
    limits = {one.name: (one.comparison, one.threshold) for one in ALERTS.metrics}
    assert limits == {
        "dead-letter": ("COMPARISON_GT", 0),
        "daily-spend-queries": ("COMPARISON_GT", 100_000_000_000),
    }


def test_what_is_exceeded_is_the_largest_of_a_minute_or_the_sum_of_a_day() -> None:
    """One letter stays one however often it is counted; a day's bytes are those of all queries."""
    taken = {one.name: (one.aligner, one.reducer, one.per) for one in ALERTS.metrics}
    assert taken == {
        "dead-letter": ("ALIGN_MAX", None, "60s"),
        "daily-spend-queries": ("ALIGN_DELTA", "REDUCE_SUM", "86400s"),
    }
    assert {one.duration for one in ALERTS.metrics} == {"0s"}


def test_a_month_s_spend_is_told_at_half_near_its_end_and_when_it_is_foreseen() -> None:
    """Each share is one mail; a forecast above the whole comes before it is spent."""
    budget = ALERTS.budget
    assert (budget.amount_a_day, budget.shares, budget.forecast_shares) == (2, [0.5, 0.9, 1], [1])


def seconds(text: str) -> int:
    """Read `300s`."""
    return int(text.removesuffix("s"))
