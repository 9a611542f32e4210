"""config/alerts.yaml: complete, well-formed, and each alert with its section of the guide."""

import re
from typing import Annotated, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field

from common.logs import ALLOWED
from common.settings import ROOT

FOLDER = ROOT / "config" / "alerts"
Seconds = Annotated[str, Field(pattern=r"^\d+s$")]
Severity = Literal["CRITICAL", "ERROR", "WARNING"]


class Strict(BaseModel):
    """Nothing that Terraform would not read."""

    model_config = ConfigDict(extra="forbid")


class Alert(Strict):
    """What every alert has."""

    name: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
    title: Annotated[str, Field(min_length=10, max_length=80)]
    severity: Severity
    runbook: Annotated[str, Field(pattern=r"^docs/operations\.md#[a-z-]+$")]


class LogAlert(Alert):
    """A log-based policy; `rate_limit` is required by Monitoring."""

    filter: str
    rate_limit: Seconds


class Query(Alert):
    """A scheduled query; 15 minutes are within BigQuery's least interval."""

    every: Literal["every 15 minutes"]
    rate_limit: Seconds


class Metric(Alert):
    """A threshold policy."""

    filter: str
    comparison: Literal["COMPARISON_GT", "COMPARISON_LT"]
    threshold: float
    duration: Seconds
    aligner: Literal["ALIGN_MAX", "ALIGN_DELTA"]
    reducer: Literal["REDUCE_SUM"] | None = None
    per: Seconds


class Budget(Strict):
    """The month's money."""

    name: Literal["daily-spend"]
    title: str
    amount_a_day: Annotated[float, Field(gt=0)]
    shares: list[float]
    forecast_shares: list[float]
    runbook: str


class Alerts(Strict):
    """The file."""

    version: Literal[1]
    auto_close: Seconds
    queries: list[Query]
    logs: list[LogAlert]
    metrics: list[Metric]
    budget: Budget


ALERTS = Alerts.model_validate(yaml.safe_load((ROOT / "config" / "alerts.yaml").read_bytes()))
EACH: list[Alert] = [*ALERTS.queries, *ALERTS.logs, *ALERTS.metrics]
GUIDE = (ROOT / "docs" / "operations.md").read_text()


def test_every_alert_has_a_name_of_its_own() -> None:
    """Terraform keys its resources by them."""
    names = [alert.name for alert in EACH]
    assert len(set(names)) == len(names)
    assert {query.name for query in ALERTS.queries} == {path.stem for path in FOLDER.glob("*.sql")}


@pytest.mark.parametrize("alert", [*EACH, ALERTS.budget], ids=lambda alert: alert.name)
def test_every_alert_has_its_section_of_the_guide(alert: Alert | Budget) -> None:
    """The runbook's anchor is a heading below `Alerts`, and the section has something to do."""
    anchor = alert.runbook.split("#")[1]
    section = re.search(rf"^### {anchor}\n(.*?)(?=^#|\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    assert section is not None
    assert len(section.group(1).strip()) > 60


def test_no_section_is_left_of_an_alert_that_is_gone() -> None:
    """Each heading of the guide's alerts is some alert's runbook."""
    sections = re.findall(r"^### (.+)$", GUIDE.split("## Alerts")[1], re.MULTILINE)
    runbooks = {alert.runbook.split("#")[1] for alert in [*EACH, ALERTS.budget]}
    assert set(sections) == runbooks


def test_log_filters_name_fields_and_words_of_our_lines() -> None:
    """A field that is not allow-listed never leaves, so a filter on it would never match."""
    code = "".join(path.read_text() for path in (ROOT / "common").glob("*.py"))
    for alert in ALERTS.logs:
        for field in re.findall(r"jsonPayload\.(\w+)", alert.filter):
            assert field in ALLOWED | {"message"}
    filters = " ".join(alert.filter for alert in ALERTS.logs)
    told = re.findall(
        r"jsonPayload\.(?:message|reason_code)=\(?((?:\"[^\"]+\"(?: OR )?)+)", filters
    )
    words = {word for group in told for word in re.findall(r"\"([^\"]+)\"", group)}
    assert {"Alert", "Refused", "SOURCE_CHANGED"} <= words
    assert [word for word in words if f'"{word}"' not in code] == []
    assert '"schedule_locker"' in filters
    assert (ROOT / "functions" / "schedule_locker").is_dir()


def test_an_incident_is_not_a_broken_query_as_well() -> None:
    """Neither line of a run that failed with an incident is told by the alert on broken queries."""
    lines = [
        "Job scheduled_query_1 failed with error INVALID_ARGUMENT: ALERT abort: abort d-1: missed",
        "Summary: succeeded 0 jobs, failed 1 jobs.",
    ]
    (broken,) = (alert for alert in ALERTS.logs if alert.name == "alert-query-broken")
    group = re.search(r"AND NOT jsonPayload\.message:\((.+)\)$", broken.filter)
    assert group is not None
    words = re.findall(r'"([^"]+)"', group.group(1))
    for line in lines:
        assert any(word in line for word in words), line


PROJECT_WIDE = {"daily-spend-queries"}
"""No label tells the deployments of a project apart; docs/monitoring.md says why."""


def test_every_filter_is_of_this_deployment() -> None:
    """Terraform puts its names in; tests/terraform holds them against those of a second one."""
    names = {"OUR_FUNCTIONS", "OUR_JOBS", "OUR_SUBSCRIPTIONS", "OUR_DEAD_LETTERS", "OUR_QUERIES"}
    found = {
        alert.name: set(re.findall(r"OUR_[A-Z_]+", alert.filter))
        for alert in (*ALERTS.logs, *ALERTS.metrics)
    }
    assert set().union(*found.values()) == names
    assert {name for name, words in found.items() if not words} == PROJECT_WIDE


def test_the_issues_conditions_are_all_there() -> None:
    """Ten conditions, in one of the four kinds."""
    wanted = {"no-plan", "no-decision", "run-without-execution", "no-cleanup", "missing-files"}
    wanted |= {"abort", "failing-executions", "dead-letter", "daily-spend-queries"}
    assert wanted <= {alert.name for alert in EACH}
    assert ALERTS.budget.name == "daily-spend"


def test_nothing_is_told_more_than_20_times_a_day() -> None:
    """Monitoring drops the 21st mail of a log-based policy on a day."""
    for alert in [*ALERTS.logs, *ALERTS.queries]:
        assert int(alert.rate_limit.removesuffix("s")) >= 3600
    assert int(ALERTS.auto_close.removesuffix("s")) >= 1800
