"""How the columns of a table are shown: unit, colour and links follow from a column's name."""

import re
from collections.abc import Iterator, Mapping

from grafana_foundation_sdk.builders.dashboard import DashboardLink
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard
from grafana_foundation_sdk.models.common import TableCellDisplayMode as Mode
from grafana_foundation_sdk.models.dashboard import (
    DynamicConfigValue,
    Threshold,
    ThresholdsConfig,
    ValueMap,
    ValueMappingResult,
)

from local.dashboards.variables import CARRIED

UNITS = {".*(duration|seconds).*": "s", "minutes.*": "m", ".*pct": "percent"}
"""By what the whole name of a column matches."""
WORDS = {
    "green": ("RUN", "there", "in time", "completed", "COMPLETED", "SUCCESS", "OK"),
    "orange": ("ABORT", "late", "PARTIAL", "NOTHING_READY", "NOT_READY", "WARNING", "STORM"),
    "red": (
        *("missing", "due", "failed", "ERROR"),
        *("FAILED", "BLOCKED", "TIMEOUT", "CONTRACT", "MISMATCH"),
    ),
    "blue": ("waiting",),
}
"""The colour of a word in a column of `COLOURED`, and in a matrix."""
COLOURED = ("action", "state", "status", "execution_status", "outcome", "level", "alert_level")
RATE = "success_rate_pct"
RATES = {None: "red", 80: "orange", 95: "green"}
"""From which rate on a success rate has a colour."""
NOTHING = "-"
"""In a cell without a value."""
_VALUE = "${__value.raw:percentencode}"


def _to(uid: str, variable: str, value: str = _VALUE, span: str = "${__url_time_range}") -> str:
    """Return the address of another dashboard, for one value and the same time range."""
    return f"/d/{uid}?{span}&{CARRIED}&var-{variable}={value}"


_SCRAPES = {"Scrapes of this execution": _to("nba-scrapers", "execution")}
LINKS: Mapping[str, Mapping[str, str]] = {
    "decision_id": {"What came of this decision": _to("nba-lineage", "decision")},
    "execution_id": _SCRAPES,
    "workflow_execution_id": _SCRAPES,
    "object": {
        "Rows about this object": _to("nba-scrapers", "object"),
        "The object in Cloud Storage": (
            "https://console.cloud.google.com/storage/browser/_details/${__value.raw}"
        ),
    },
    "rule": {"What to do": "${runbook}docs/operations.md#${__value.raw}"},
    "workflow_name": {"Decisions of this workflow": _to("nba-decisions", "workflow")},
    "scraper_name": {"Scrapes of this scraper": _to("nba-scrapers", "scraper")},
}
"""Where a click on a cell of a column leads."""
MATRIX_LINK = {"Scrapes of this scraper": _to("nba-scrapers", "scraper", "${__field.name}")}
SERIES_LINK = {
    "Decisions of this workflow": _to(
        # A panel with hours of its own (`Panel.last`) has them here, and no __url_time_range.
        *("nba-decisions", "workflow", "${__field.labels.metric}", "from=${__from}&to=${__to}")
    )
}


def overrides(sql: str) -> Iterator[tuple[str, list[DynamicConfigValue]]]:
    """Yield what a table shows otherwise than by default: a regular expression for names, and how.

    Of the columns that have a look of their own, those that the SQL names.
    """
    yield ".*", [nothing()]
    yield from ((names, [DynamicConfigValue("unit", unit)]) for names, unit in UNITS.items())
    yield f"({'|'.join(COLOURED)})", [cell(Mode.COLOR_BACKGROUND)]
    named = set(re.findall(r"\w+", sql))
    if RATE in named:
        rates = DynamicConfigValue("thresholds", ThresholdsConfig(steps=steps(RATES)))
        yield RATE, [cell(Mode.COLOR_TEXT), rates]
    for column, links in LINKS.items():
        if column in named:
            yield column, [DynamicConfigValue("links", [one.build() for one in built(links)])]


def built(links: Mapping[str, str]) -> list[Builder[dashboard.DashboardLink]]:
    """Return links by their titles; those that leave Grafana open a page of their own."""
    return [
        DashboardLink(title).url(url).target_blank(target_blank=not url.startswith("/d/"))
        for title, url in links.items()
    ]


def words() -> ValueMap:
    """Map each word to its colour."""
    pairs = ((word, colour) for colour, known in WORDS.items() for word in known)
    return ValueMap({word: ValueMappingResult(color=colour) for word, colour in pairs})


def cell(mode: Mode) -> DynamicConfigValue:
    """Return how a cell shows its colour."""
    return DynamicConfigValue("custom.cellOptions", {"type": mode})


def nothing() -> DynamicConfigValue:
    """Return the look of a cell without a value: not the text of an empty panel."""
    return DynamicConfigValue("noValue", NOTHING)


def no_links() -> DynamicConfigValue:
    """Return the look of a column whose cells lead nowhere."""
    return DynamicConfigValue("links", [])


def steps(colours: Mapping[int | None, str]) -> list[Threshold]:
    """Return the colours by the value from which on they apply; None is below all."""
    return [Threshold(value, colour) for value, colour in colours.items()]
