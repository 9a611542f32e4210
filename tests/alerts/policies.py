"""config/alerts.yaml as a model that refuses what Terraform would not read."""

from collections.abc import Mapping
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from common.settings import ROOT

Seconds = Annotated[str, Field(pattern=r"^\d+s$")]
Severity = Literal["CRITICAL", "ERROR", "WARNING"]


class Strict(BaseModel):
    """Refuses unknown fields."""

    model_config = ConfigDict(extra="forbid")


class Alert(Strict):
    """What every alert has; a rule of config/alerts/ has no more."""

    name: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
    title: Annotated[str, Field(min_length=10, max_length=80)]
    runbook: Annotated[str, Field(pattern=r"^docs/operations\.md#[a-z-]+$")]


class LogAlert(Alert):
    """A part of the policy `lines`."""

    filter: str


class LogPolicy(Strict):
    """A log-based policy; Monitoring requires `rate_limit`."""

    title: Annotated[str, Field(min_length=10, max_length=80)]
    severity: Severity
    rate_limit: Seconds
    labels: Annotated[dict[str, str], Field(min_length=1, max_length=10)]


class ScheduledPolicy(LogPolicy):
    """One on a scheduled query; BigQuery runs none more often than every 15 minutes."""

    every: Literal["every 15 minutes"]


class Policies(Strict):
    """The log-based policies."""

    incidents: ScheduledPolicy
    lines: LogPolicy


class Metric(Alert):
    """A threshold policy."""

    severity: Severity
    filter: str
    comparison: Literal["COMPARISON_GT", "COMPARISON_LT"]
    threshold: float
    duration: Seconds
    aligner: Literal["ALIGN_MAX", "ALIGN_DELTA"]
    reducer: Literal["REDUCE_SUM"] | None = None
    per: Seconds


class Budget(Strict):
    """The budget of a month."""

    name: Literal["daily-spend"]
    title: str
    amount_a_day: Annotated[float, Field(gt=0)]
    shares: Annotated[list[float], Field(min_length=1)]
    forecast_shares: Annotated[list[float], Field(min_length=1)]
    runbook: str


class Alerts(Strict):
    """The whole file."""

    version: Literal[1]
    auto_close: Seconds
    policies: Policies
    queries: Annotated[list[Alert], Field(min_length=1)]
    logs: Annotated[list[LogAlert], Field(min_length=1)]
    metrics: Annotated[list[Metric], Field(min_length=1)]
    budget: Budget


ALERTS = Alerts.model_validate(yaml.safe_load((ROOT / "config" / "alerts.yaml").read_bytes()))
EACH: list[Alert] = [*ALERTS.queries, *ALERTS.logs, *ALERTS.metrics]


def incidents_sql(rules: Mapping[str, str] | None = None) -> str:
    """Put the rules into config/incidents.sql, as Terraform does.

    Args:
        rules: SQL by the rule's name; None for those of config/alerts/.
    """
    config = ROOT / "config"
    if rules is None:
        names = [query.name for query in ALERTS.queries]
        rules = {name: (config / "alerts" / f"{name}.sql").read_text() for name in names}
    selects = [
        f"SELECT '{name}' AS rule, incident, detail FROM (\n{sql})" for name, sql in rules.items()
    ]
    text = (config / "incidents.sql").read_text()
    return text.replace("<the rules>", "\nUNION ALL\n".join(selects))
