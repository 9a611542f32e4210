"""The applied module against config/, the code and the user's document."""

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from common.configuration.topology import Topology, load_topology
from common.messages.models import ScraperRequest, Tick
from common.settings import ROOT, Settings, read_settings
from tests.terraform.seed import SEED, seed_tables

Resources = Mapping[str, Mapping[str, Any]]
ALERTS = yaml.safe_load((ROOT / "config" / "alerts.yaml").read_text())


@pytest.fixture(scope="module")
def topology() -> Topology:
    """What config/topology.yaml says."""
    return load_topology(ROOT / "config" / "topology.yaml")


def of(deployed: Resources, resource: str) -> dict[str, Mapping[str, Any]]:
    """Instances of a resource with for_each, by key."""
    found = re.compile(rf'{re.escape(resource)}\["(.*)"\]')
    keyed = {address: found.fullmatch(address) for address in deployed}
    return {match.group(1): deployed[address] for address, match in keyed.items() if match}


def test_every_topic_is_there(deployed: Resources, topology: Topology) -> None:
    """No more and no less than the topology's."""
    assert {held["name"] for held in of(deployed, "google_pubsub_topic.topic").values()} == set(
        topology.topics
    )


def test_every_subscription_is_as_the_topology_says(
    deployed: Resources, topology: Topology
) -> None:
    """Name, topic, filter, address, identity, retries, dead letters, retention, no expiry."""
    topics = {key: held["id"] for key, held in of(deployed, "google_pubsub_topic.topic").items()}
    found = {
        held["name"]: held for held in of(deployed, "google_pubsub_subscription.push").values()
    }
    delivery = topology.delivery
    assert found.keys() == {subscription.name for subscription in topology.subscriptions}
    for wanted in topology.subscriptions:
        held = found[wanted.name]
        address = f"https://{wanted.function.replace('_', '-')}.run.app"
        (push,) = held["push_config"]
        assert held["topic"] == topics[wanted.topic]
        assert held["filter"] == wanted.filter
        assert (push["push_endpoint"], push["oidc_token"][0]["audience"]) == (address, address)
        assert push["oidc_token"][0]["service_account_email"].startswith("nba-invoker@")
        assert held["ack_deadline_seconds"] == delivery.ack_deadline_seconds
        assert held["message_retention_duration"] == f"{delivery.retention_seconds}s"
        assert held["expiration_policy"] == [{"ttl": ""}]
        assert held["retry_policy"] == [
            {
                "minimum_backoff": f"{delivery.minimum_backoff_seconds}s",
                "maximum_backoff": f"{delivery.maximum_backoff_seconds}s",
            }
        ]
        assert held["dead_letter_policy"] == [
            {
                "dead_letter_topic": topics[delivery.dead_letter_topic],
                "max_delivery_attempts": delivery.max_delivery_attempts,
            }
        ]


def test_dead_letters_are_kept_for_a_month(deployed: Resources) -> None:
    """On a pull subscription that the command line's dlq reads."""
    held = deployed["google_pubsub_subscription.dead_letters"]
    assert (held["name"], held["push_config"]) == ("dead-letters--kept", [])
    assert held["message_retention_duration"] == f"{31 * 86400}s"
    assert held["expiration_policy"] == [{"ttl": ""}]


def test_every_job_publishes_a_message_that_its_function_takes(
    deployed: Resources, topology: Topology
) -> None:
    """Cron and zone of the topology, its message as JSON, retried when Pub/Sub is away."""
    found = of(deployed, "google_cloud_scheduler_job.job")
    topics = {key: held["id"] for key, held in of(deployed, "google_pubsub_topic.topic").items()}
    assert found.keys() == {job.name for job in topology.jobs}
    for job in topology.jobs:
        held = found[job.name]
        assert (held["schedule"], held["time_zone"]) == (job.cron, "America/New_York")
        (target,) = held["pubsub_target"]
        assert target["topic_name"] == topics[job.topic]
        body = json.loads(base64.b64decode(target["data"]))
        assert body == job.message
        (Tick if body["schema"] == "tick" else ScraperRequest).model_validate(body)
        assert held["retry_config"][0]["retry_count"] == 5


def test_every_function_starts_from_its_own_file(deployed: Resources, topology: Topology) -> None:
    """The buildpack is told the file, the framework the name, Python where `common` is."""
    found = of(deployed, "google_cloudfunctions2_function.function")
    assert found.keys() == {subscription.function for subscription in topology.subscriptions}
    for name, held in found.items():
        (build,), (service,) = held["build_config"], held["service_config"]
        source = Path(build["environment_variables"]["GOOGLE_FUNCTION_SOURCE"])
        assert f"\ndef {build['entry_point']}(" in (ROOT / source).read_text()
        assert source.parent.name == build["entry_point"] == name
        assert build["runtime"] == "python311"
        assert service["environment_variables"]["PYTHONPATH"] == "/workspace"
        assert service["timeout_seconds"] == topology.delivery.function_timeout_seconds
        assert (service["min_instance_count"], service["ingress_settings"]) == (0, "ALLOW_ALL")
        assert service["service_account_email"].startswith(f"nba-{name.replace('_', '-')}@")


def test_every_function_reads_the_settings_it_was_given(deployed: Resources) -> None:
    """With no variable given, the environment makes the settings that docs/settings.md promises."""
    for name, held in of(deployed, "google_cloudfunctions2_function.function").items():
        (service,) = held["service_config"]
        made = read_settings(service["environment_variables"])
        key = Path("/secrets/odds-api-key") if name == "scraper_runner" else None
        assert made == Settings(
            workflows_file=Path("/workspace/config/workflows.yaml"),
            topology_file=Path("/workspace/config/topology.yaml"),
            odds_api_key_file=key,
        )
        mounted = [
            f"{volume['mount_path']}/{version['path']}"
            for volume in service["secret_volumes"]
            for version in volume["versions"]
        ]
        assert mounted == ([str(key)] if key else [])


def test_one_bundle_is_named_by_its_content(deployed: Resources) -> None:
    """Every function is built from it, so a changed bundle is a new build of each."""
    name = deployed["google_storage_bucket_object.bundle"]["name"]
    assert re.fullmatch(r"bundle-[0-9a-f]{64}\.zip", name)
    built = {
        held["build_config"][0]["source"][0]["storage_source"][0]["object"]
        for held in of(deployed, "google_cloudfunctions2_function.function").values()
    }
    assert built == {name}


def test_every_table_has_the_seeds_columns(deployed: Resources) -> None:
    """First those of the user's document, in order, then ours; partition, clustering and expiry."""
    found = of(deployed, "google_bigquery_table.table")
    assert found.keys() == seed_tables().keys()
    for name, seed in seed_tables().items():
        held = found[name]
        columns = tuple((f["name"], f["type"], f["mode"]) for f in json.loads(held["schema"]))
        assert columns[: len(seed.columns)] == seed.columns
        assert {mode for _, _, mode in columns[len(seed.columns) :]} <= {"NULLABLE", "REPEATED"}
        (partition,) = held["time_partitioning"]
        assert (partition["type"], partition["field"]) == ("DAY", seed.partition)
        assert tuple(held["clustering"]) == seed.clustering
        if seed.days is not None:
            assert partition["expiration_ms"] == seed.days * 86_400_000
        assert held["deletion_protection"]


def test_a_partition_filter_is_required_only_where_every_query_has_one(
    deployed: Resources,
) -> None:
    """The seed's queries of the plan compare its date; those of the others would be refused."""
    found = of(deployed, "google_bigquery_table.table")
    required = {name for name, held in found.items() if held["require_partition_filter"]}
    assert required == {"daily_expected_schedule"}
    queries = re.findall(r"^SELECT.*?;$", SEED.read_text(), re.DOTALL | re.MULTILINE)
    asked = [sql for sql in queries if "daily_expected_schedule" in sql]
    assert len(asked) == 2
    assert all("WHERE date = CURRENT_DATE(" in sql for sql in asked)


def test_finished_uploads_are_told_to_their_topic(deployed: Resources) -> None:
    """OBJECT_FINALIZE of the data bucket, as JSON."""
    held = deployed["google_storage_notification.scraped_objects"]
    topic = deployed['google_pubsub_topic.topic["scraped-objects"]']
    assert (held["bucket"], held["topic"]) == ("nba-scraped-data", topic["id"])
    assert (held["payload_format"], held["event_types"]) == ("JSON_API_V1", ["OBJECT_FINALIZE"])


def test_every_alert_is_there_with_its_runbook(deployed: Resources) -> None:
    """Query and log alerts as log policies, metric ones as threshold policies; told by e-mail."""
    log, metric = (of(deployed, f"google_monitoring_alert_policy.{k}") for k in ("log", "metric"))
    assert log.keys() == {alert["name"] for alert in ALERTS["queries"] + ALERTS["logs"]}
    assert metric.keys() == {alert["name"] for alert in ALERTS["metrics"]}
    (channel,) = of(deployed, "google_monitoring_notification_channel.email").values()
    assert channel["labels"] == {"email_address": "ops@example.com"}
    for alert in ALERTS["queries"] + ALERTS["logs"] + ALERTS["metrics"]:
        held = (log | metric)[alert["name"]]
        assert held["severity"] == alert["severity"]
        assert held["notification_channels"] == [channel["id"]]
        (told,) = held["documentation"]
        assert told["links"][0]["url"] == f"https://example.com/nba/{alert['runbook']}"
        limits = held["alert_strategy"][0]["notification_rate_limit"]
        assert bool(limits) == (alert["name"] in log), "only log policies may have a rate limit"


def test_an_alerts_query_fails_into_its_policy(deployed: Resources) -> None:
    """The query raises `ALERT <name>:`, and its policy looks for that line of that query."""
    queries = of(deployed, "google_bigquery_data_transfer_config.alert")
    assert queries.keys() == {alert["name"] for alert in ALERTS["queries"]}
    for name, held in queries.items():
        shipped = (ROOT / "config" / "alerts" / f"{name}.sql").read_text()
        sql = held["params"]["query"]
        assert shipped in sql
        assert " ".join(sql.replace(shipped, "").split()) == wrapper(name)
        assert held["service_account_name"].startswith("nba-alerts@")
        policy = deployed[f'google_monitoring_alert_policy.log["{name}"]']
        matched = policy["conditions"][0]["condition_matched_log"][0]["filter"]
        assert f'resource.labels.config_id="{held["name"]}"' in matched
        assert f'jsonPayload.message:"ALERT {name}:"' in matched


def wrapper(name: str) -> str:
    """What config/alerts.yaml wraps a query in, as one line without the query."""
    text = (ROOT / "config" / "alerts.yaml").read_text()
    line = " ".join(part.removeprefix("#").strip() for part in text.splitlines())
    start = line.index("SELECT IF(COUNT(*)")
    return line[start : line.index(" <the query> )", start)].replace("<name>", name) + " )"


def test_a_broken_query_is_told_of_ours_alone(deployed: Resources) -> None:
    """Other scheduled queries of the project are not this system's alerts."""
    policy = deployed['google_monitoring_alert_policy.log["alert-query-broken"]']
    matched = policy["conditions"][0]["condition_matched_log"][0]["filter"]
    names = [
        held["name"] for held in of(deployed, "google_bigquery_data_transfer_config.alert").values()
    ]
    (pattern,) = re.findall(r'config_id=~"(.*?)"', matched)
    assert all(re.fullmatch(pattern, name) for name in names)
    assert not re.search(pattern, "of-somebody-else")


SELECTED = re.compile(
    r"resource\.labels\.(?:service_name|job_id|subscription_id)"
    r'=(?:~"(?P<search>.*?)"|monitoring\.regex\.full_match\("(?P<full>.*?)"\)|"(?P<same>.*?)")'
)
"""How a filter selects functions, jobs or subscriptions by their names."""
FUNCTIONS, JOBS = "google_cloudfunctions2_function.function", "google_cloud_scheduler_job.job"
PUSH, KEPT = "google_pubsub_subscription.push", "google_pubsub_subscription.dead_letters"
SELECTS = {
    **dict.fromkeys(("locker-failing", "function-failing", "source", "quarantined"), FUNCTIONS),
    "tick-failing": JOBS,
    "dead-letter": KEPT,
    "backlog": PUSH,
    "daily-spend-functions": FUNCTIONS,
}
"""Which resources each alert on functions, jobs or subscriptions is about."""


def names_of(resources: Resources, *kinds: str) -> set[str]:
    """The names of all resources of some kinds."""
    return {
        held["name"]
        for address, held in resources.items()
        if address.startswith(tuple(f"{kind}[" for kind in kinds)) or address in kinds
    }


def selected(policy: Mapping[str, Any], names: set[str]) -> set[str]:
    """Those names that a policy's filter matches."""
    condition = policy["conditions"][0]
    (held,) = condition["condition_matched_log"] or condition["condition_threshold"]
    found = SELECTED.search(held["filter"])
    assert found is not None, held["filter"]
    search, full, same = found.group("search", "full", "same")
    if same is not None:
        return {name for name in names if name == same}
    match = re.search if search is not None else re.fullmatch
    return {name for name in names if match(search or full, name)}


@pytest.mark.parametrize("alert", SELECTS)
def test_of_two_deployments_in_a_project_each_is_told_of_its_own(
    deployed: Resources, second: Resources, alert: str
) -> None:
    """A filter matches all that its alert is about, and nothing of the other deployment."""
    kinds = (FUNCTIONS, JOBS, PUSH, KEPT)
    names = names_of(deployed, *kinds) | names_of(second, *kinds)
    assert names_of(deployed, *kinds).isdisjoint(names_of(second, *kinds))
    for resources in (deployed, second):
        policies = {
            **of(resources, "google_monitoring_alert_policy.log"),
            **of(resources, "google_monitoring_alert_policy.metric"),
        }
        assert selected(policies[alert], names) == names_of(resources, SELECTS[alert]) != set()


def test_the_budget_is_thirty_days(deployed: Resources) -> None:
    """Of what config/alerts.yaml allows a day, told at each of its shares."""
    held = deployed["google_billing_budget.month[0]"]
    budget = ALERTS["budget"]
    assert held["amount"][0]["specified_amount"][0]["units"] == str(30 * budget["amount_a_day"])
    told = {(rule["threshold_percent"], rule["spend_basis"]) for rule in held["threshold_rules"]}
    assert {share for share, basis in told if basis == "FORECASTED_SPEND"} == set(
        budget["forecast_shares"]
    )
    assert {share for share, _ in told} == set(budget["shares"]) | set(budget["forecast_shares"])
