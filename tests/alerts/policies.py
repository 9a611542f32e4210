"""config/alerts.yaml as a model that refuses what Terraform would not read."""

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
    """What every alert has; a rule of the view `incidents` has no more."""

    name: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
    title: Annotated[str, Field(min_length=10, max_length=80)]
    runbook: Annotated[str, Field(pattern=r"^docs/operations\.md#[a-z-]+$")]


class LogAlert(Alert):
    """A part of the policy `lines`."""

    filter: str


class LogPolicy(Strict):
    """A log-based policy; Monitoring requires `rate_limit`."""

    title: Annotated[str, Field(min_length=5, max_length=80)]
    severity: Severity
    rate_limit: Seconds
    labels: Annotated[dict[str, str], Field(min_length=1, max_length=10)]


class FilteredPolicy(LogPolicy):
    """One with a filter of its own."""

    filter: str


class Policies(Strict):
    """The log-based policies."""

    incidents: FilteredPolicy
    lines: LogPolicy


class Watchdog(Strict):
    """The scheduled query; BigQuery runs none more often than every 15 minutes."""

    every: Literal["every 15 minutes"]


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
    rules: Annotated[list[Alert], Field(min_length=1)]
    watchdog: Watchdog
    logs: Annotated[list[LogAlert], Field(min_length=1)]
    metrics: Annotated[list[Metric], Field(min_length=1)]
    budget: Budget


ALERTS = Alerts.model_validate(yaml.safe_load((ROOT / "config" / "alerts.yaml").read_bytes()))
EACH: list[Alert] = [*ALERTS.rules, *ALERTS.logs, *ALERTS.metrics]
WATCHDOG = ROOT / "config" / "watchdog.sql"
