"""The deployed policies against config/alerts.yaml: the texts that are too long to write down."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.alerts.policies import ALERTS, LogAlert

Resources = Mapping[str, Mapping[str, Any]]
GUIDE = "What it means and how to fix it is"
LOG, METRIC = (f"google_monitoring_alert_policy.{kind}" for kind in ("log", "metric"))


def ours(resources: Resources) -> dict[str, str]:
    """Return what stands for each word OUR_… in the filters of a deployment."""

    def names(kind: str) -> str:
        return "|".join(
            held["name"] for address, held in resources.items() if address.startswith(f"{kind}[")
        )

    watchdog = resources["google_bigquery_data_transfer_config.watchdog"]
    return {
        "OUR_FUNCTIONS": names("google_cloudfunctions2_function.function"),
        "OUR_JOBS": names("google_cloud_scheduler_job.job"),
        "OUR_DEAD_LETTERS": resources["google_pubsub_subscription.dead_letters"]["name"],
        "OUR_QUERIES": watchdog["name"].split("/")[-1],
    }


def filled(text: str, resources: Resources) -> str:
    """Put a deployment's own names into a filter."""
    held = ours(resources)
    return re.sub("OUR_[A-Z_]+", lambda word: held[word[0]], text)


def any_of(alerts: list[LogAlert]) -> str:
    """Return the filter of a policy that looks for what any of some alerts looks for."""
    return " OR ".join(f"({alert.filter})" for alert in alerts)


def test_a_policy_looks_for_what_its_alerts_look_for(deployed: Resources) -> None:
    """Each filter is the file's with the deployment's own names; one of any line is enough."""
    found = {
        address: condition
        for address, held in deployed.items()
        if address.startswith((LOG, METRIC))
        for condition in held["conditions"]
    }
    looked = {
        address: (held["condition_matched_log"] or held["condition_threshold"])[0]["filter"]
        for address, held in found.items()
    }
    assert looked == {
        f'{LOG}["incidents"]': filled(ALERTS.policies.incidents.filter, deployed),
        f'{LOG}["lines"]': filled(any_of(ALERTS.logs), deployed),
        **{f'{METRIC}["{one.name}"]': filled(one.filter, deployed) for one in ALERTS.metrics},
    }


@pytest.mark.parametrize(
    ("run", "where"),
    [("deployed", "at https://example.com/nba/"), ("second", "in the repository")],
)
def test_a_message_lists_what_it_may_be_about(
    request: pytest.FixtureRequest, run: str, where: str
) -> None:
    """Each rule or alert of the policy has its line with its runbook, and no other one has."""
    resources: Resources = request.getfixturevalue(run)
    for policy, about in (("incidents", ALERTS.rules), ("lines", ALERTS.logs)):
        (told,) = resources[f'{LOG}["{policy}"]']["documentation"]
        lines = [f"- `{alert.name}`: {alert.title}. {alert.runbook}" for alert in about]
        assert told["content"].split("\n") == [f"{GUIDE} {where}:", "", *lines]
        assert bool(told["links"]) is (run == "deployed")
