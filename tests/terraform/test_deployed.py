"""The applied module against the code and config/: what Terraform's own tests cannot see."""

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from common.messages.models import ScraperRequest, Tick
from common.settings import FOREIGN_NAMES, ROOT, Settings, read_settings
from common.source_settings import SourceSettings
from common.state.names import PASSING
from local.simulator.world import ROUTES
from tests.alerts.policies import WATCHDOG
from tests.terraform.parsed import Body, Module, settings_fields

Resources = Mapping[str, Mapping[str, Any]]
GIVEN_OTHERWISE = {
    *("project", "dataset", "data_bucket", "state_bucket", "topic_prefix"),
    *("workflows_file", "topology_file"),
    *("webhook", "webhook_file", "webhook_form"),
    "sources",
    *("clock_file", *FOREIGN_NAMES),
}
"""Settings with a variable of their own, of the bundle, and of the local stack."""


def of(deployed: Resources, resource: str) -> dict[str, Mapping[str, Any]]:
    """Select the instances of a resource with for_each, by key."""
    found = re.compile(rf'{re.escape(resource)}\["(.*)"\]')
    keyed = {address: found.fullmatch(address) for address in deployed}
    return {match.group(1): deployed[address] for address, match in keyed.items() if match}


def test_every_job_publishes_a_message_that_is_understood(deployed: Resources) -> None:
    """The function of its topic parses the message; `terraform/tests` compares the rest."""
    jobs = of(deployed, "google_cloud_scheduler_job.job")
    assert jobs
    for held in jobs.values():
        (target,) = held["pubsub_target"]
        body = json.loads(base64.b64decode(target["data"]))
        (Tick if body["schema"] == "tick" else ScraperRequest).model_validate(body)


def test_every_function_starts_from_its_own_file(deployed: Resources) -> None:
    """The file that the buildpack is given defines the function that the framework calls."""
    functions = of(deployed, "google_cloudfunctions2_function.function")
    assert functions.keys() == {*ROUTES, "console"}
    for held in functions.values():
        (build,) = held["build_config"]
        source = ROOT / build["environment_variables"]["GOOGLE_FUNCTION_SOURCE"]
        assert f"\ndef {build['entry_point']}(" in source.read_text()


def test_every_function_reads_the_settings_it_was_given(deployed: Resources) -> None:
    """Without any variable given they are the defaults of the code."""
    functions = of(deployed, "google_cloudfunctions2_function.function")
    assert functions.keys() == {*ROUTES, "console"}
    for name, held in functions.items():
        (service,) = held["service_config"]
        made = read_settings(service["environment_variables"])
        key = Path("/secrets/odds-api-key") if name == "scraper_runner" else None
        assert made == Settings(
            workflows_file=Path("/workspace/config/workflows.yaml"),
            topology_file=Path("/workspace/config/topology.yaml"),
            sources={"odds_api": SourceSettings(key_file=key)} if key else {},
        )
        mounted = [
            f"{volume['mount_path']}/{version['path']}"
            for volume in service["secret_volumes"]
            for version in volume["versions"]
        ]
        assert mounted == ([str(key)] if key else [])


GRANTED = ("builder_", "alerts_", "transfer_")
"""Begin the grants that a build or the watchdog's query needs."""
AFTER = {
    "google_cloudfunctions2_function.function": {
        "google_secret_manager_secret_version.odds_api_key",
        "google_secret_manager_secret_version.webhook",
        "time_sleep.grants",
    },
    "google_bigquery_data_transfer_config.watchdog": {
        "google_bigquery_table.table",
        "time_sleep.grants",
    },
    "google_pubsub_subscription.push": {
        "google_cloud_run_v2_service_iam_member.invoker",
        "google_service_account_iam_member.pubsub_signs",
    },
    "google_storage_notification.scraped_objects": {
        "google_pubsub_topic_iam_member.storage_notifies"
    },
}
"""What is made after what: a function after the secrets that it mounts, the query after the tables
that it reads, a push and a notification after the right to send them."""


def after(module: Module, resource: str) -> set[str]:
    """Return what a resource waits for."""
    return {name.strip("${}") for name in module.resources[resource]["depends_on"]}


def test_fp09_what_needs_fresh_apis_and_grants_waits_for_them(module: Module) -> None:
    """A function is built, and an alert's query made, a minute after the grants they need."""
    members = [name for name in module.resources if "_iam_member." in name]
    assert after(module, "time_sleep.grants") == {
        name
        for name in members
        if name.split(".")[1].startswith(GRANTED) or name.startswith("google_secret_manager_")
    }
    assert {resource: after(module, resource) for resource in AFTER} == AFTER


WITH_AN_API = {
    "google_artifact_registry_repository.images",
    "google_bigquery_dataset.orchestration",
    "google_billing_budget.month",
    "google_cloud_scheduler_job.job",
    "google_monitoring_alert_policy.log",
    "google_monitoring_alert_policy.metric",
    "google_monitoring_notification_channel.email",
    "google_monitoring_notification_channel.pagerduty",
    "google_monitoring_notification_channel.slack",
    "google_pubsub_topic.topic",
    "google_secret_manager_secret.odds_api_key",
    "google_secret_manager_secret.webhook",
    "google_service_account.alerts",
    "google_service_account_iam_member.transfer_runs",
    "google_storage_bucket.bundles",
    "google_storage_bucket.data",
    "google_storage_bucket.state",
}
"""What is made in a service by itself; the other resources wait for one of these."""


def test_what_is_made_in_a_service_waits_for_its_api(module: Module) -> None:
    """No plan shows it: an API that was switched on a moment ago refuses what is asked of it."""
    waits = {name: body.get("depends_on", ()) for name, body in module.resources.items()}
    assert {name for name, held in waits.items() if "${time_sleep.apis}" in held} == WITH_AN_API


def test_a_rotated_key_is_there_before_the_old_one_goes_and_an_operator_may_disable_one(
    module: Module,
) -> None:
    """No plan shows it: functions cannot start without a version, nor would one stay disabled."""
    held = {
        name: body["lifecycle"] for name, body in module.resources.items() if "lifecycle" in body
    }
    kept = [{"create_before_destroy": True, "ignore_changes": ["enabled"]}]
    secrets = ("odds_api_key", "webhook")
    assert held == {f"google_secret_manager_secret_version.{name}": kept for name in secrets}


def test_a_view_is_made_after_what_it_reads(module: Module) -> None:
    """BigQuery checks the query when the view is made: tables first, then views, then theirs."""
    kind = "google_bigquery_table"
    needed = {
        name: str(module.resources[f"{kind}.{name}"]["depends_on"]) for name in ("view", "nested")
    }
    assert f"{kind}.table" in needed["view"]
    assert f"{kind}.view" in needed["nested"]


def test_every_resource_waits_for_the_apis(module: Module) -> None:
    """In an empty project nothing is made before what makes it is enabled."""
    waits = {
        name: set(re.findall(r"\b(?:google|time)_\w+\.\w+", str(body) + _locals(body, module)))
        for name, body in module.resources.items()
    }
    ready = {"google_project_service.service"}
    while more := {name for name, needed in waits.items() if needed & ready} - ready:
        ready |= more
    needs_none = {"google_project_iam_member.reader_queries"}  # of a member that exists
    assert ready | needs_none == waits.keys()


def _locals(body: Body, module: Module) -> str:
    """What the locals of a resource, and theirs, refer to."""
    named = re.findall(r"local\.(\w+)", str(body))
    return "".join(str(module.locals[n]) + _locals(module.locals[n], module) for n in named)


def test_objects_are_moved_and_deleted_at_their_age(deployed: Resources) -> None:
    """Data is moved after 90 days, failures are deleted then, and old versions after 30."""
    bucket = deployed["google_storage_bucket.data"]
    rules = {
        (rule["action"][0]["type"], tuple(rule["condition"][0]["matches_prefix"] or ())): (
            rule["condition"][0]["age"] or rule["condition"][0]["days_since_noncurrent_time"]
        )
        for rule in bucket["lifecycle_rule"]
    }
    assert rules == {
        ("SetStorageClass", ()): 90,
        ("Delete", ("failed/",)): 90,
        ("Delete", ()): 30,
    }
    assert bucket["versioning"] == [{"enabled": True}]


def test_only_state_that_passes_is_deleted_by_age(deployed: Resources) -> None:
    """A new folder of the state bucket is named in its rule, or stays for ever on purpose."""
    (rule,) = deployed["google_storage_bucket.state"]["lifecycle_rule"]
    assert sorted(rule["condition"][0]["matches_prefix"]) == sorted(PASSING)


def test_every_setting_of_the_code_can_be_given(module: Module) -> None:
    """It is a field of var.settings, or a variable or secret that resources use as well."""
    fields = settings_fields(module)
    assert fields.isdisjoint(GIVEN_OTHERWISE)
    assert fields | GIVEN_OTHERWISE == Settings.model_fields.keys()


def test_the_deployed_watchdog_is_the_tested_one(deployed: Resources) -> None:
    """tests/alerts runs the same file."""
    held = deployed["google_bigquery_data_transfer_config.watchdog"]
    assert held["params"]["query"] == WATCHDOG.read_text()


SELECTED = re.compile(
    r"resource\.labels\.(?:service_name|job_id|subscription_id)"
    r'=(?:~"(?P<search>.*?)"|"(?P<same>.*?)")'
)
"""The part of a filter that selects functions, jobs or subscriptions by name."""
FUNCTIONS, JOBS = "google_cloudfunctions2_function.function", "google_cloud_scheduler_job.job"
PUSH, KEPT = "google_pubsub_subscription.push", "google_pubsub_subscription.dead_letters"
SELECTS: dict[str, tuple[str, ...]] = {
    "incidents": (FUNCTIONS,),
    "lines": (FUNCTIONS, JOBS),
    "dead-letter": (KEPT,),
}
"""Which resources each policy watches."""


def names_of(resources: Resources, *kinds: str) -> set[str]:
    """Collect the names of all resources of some kinds."""
    return {
        held["name"]
        for address, held in resources.items()
        if address.startswith(tuple(f"{kind}[" for kind in kinds)) or address in kinds
    }


def selected(policy: Mapping[str, Any], names: set[str]) -> set[str]:
    """Select the names that a policy's filter matches."""
    condition = policy["conditions"][0]
    (held,) = condition["condition_matched_log"] or condition["condition_threshold"]
    found = [match.group("search", "same") for match in SELECTED.finditer(held["filter"])]
    assert found, held["filter"]
    return {
        name
        for name in names
        if any(name == same or (search and re.search(search, name)) for search, same in found)
    }


def test_a_secret_is_its_own_variable_and_written_again_when_its_version_is_raised(
    module: Module,
) -> None:
    """No plan shows a write-only value; a version that belongs to another secret writes nothing."""
    found = {
        name.split(".")[1]: dict(
            re.findall(r"'(\w+_wo(?:_version)?)': '\${var\.(\w+)}'", str(body))
        )
        for name, body in module.resources.items()
        if "_wo'" in str(body)
    }
    keys = ("secret_data", "auth_token", "service_key")
    assert found == {
        name: {f"{key}_wo": variable, f"{key}_wo_version": version}
        for name, key, variable, version in (
            ("odds_api_key", keys[0], "odds_api_key", "odds_api_key_version"),
            ("webhook", keys[0], "webhook", "webhook_version"),
            ("slack", keys[1], "slack_token", "channel_secrets_version"),
            ("pagerduty", keys[2], "pagerduty_key", "channel_secrets_version"),
        )
    }


@pytest.mark.parametrize("alert", SELECTS)
def test_of_two_deployments_in_a_project_each_watches_its_own(
    deployed: Resources, second: Resources, alert: str
) -> None:
    """A filter matches all that its alert watches, and nothing of the other deployment."""
    kinds = (FUNCTIONS, JOBS, PUSH, KEPT)
    names = names_of(deployed, *kinds) | names_of(second, *kinds)
    assert names_of(deployed, *kinds).isdisjoint(names_of(second, *kinds))
    for resources in (deployed, second):
        policies = {
            **of(resources, "google_monitoring_alert_policy.log"),
            **of(resources, "google_monitoring_alert_policy.metric"),
        }
        assert selected(policies[alert], names) == names_of(resources, *SELECTS[alert]) != set()
