"""What must hold of the module's arguments, told as complaints; run on it and on broken copies."""

import re
from collections.abc import Iterator

from common.settings import FOREIGN_NAMES, ROOT, Settings, variable
from tests.terraform.grants import CUSTOM_ROLES, GRANTS
from tests.terraform.parsed import Body, Module, block, settings_fields
from tests.terraform.seed import seed_tables, shape_of
from tests.terraform.spelling import misspelt

GIVEN = object()
"""Stands for any value: the argument must be there."""
DELIVERY = "${local.delivery."
DEAD_LETTERS = "${google_pubsub_topic.topic[local.delivery.dead_letter_topic].id}"
EVERY: dict[str, Body] = {
    "google_pubsub_topic": {"for_each": "${toset(local.topology.topics)}"},
    "google_pubsub_subscription": {"expiration_policy": {"ttl": ""}},
    "google_cloud_scheduler_job": {
        "for_each": "${local.jobs}",
        "schedule": "${each.value.cron}",
        "time_zone": "${local.topology.time_zone}",
        "pubsub_target": {"data": "${base64encode(jsonencode(each.value.message))}"},
        "retry_config": {"retry_count": 5},
    },
    "google_cloudfunctions2_function": {
        "for_each": "${local.functions}",
        "build_config": {
            "runtime": "python311",
            "entry_point": "${each.key}",
            "environment_variables": {"GOOGLE_FUNCTION_SOURCE": "functions/${each.key}/main.py"},
            "service_account": "${google_service_account.builder.id}",
        },
        "service_config": {
            "service_account_email": "${google_service_account.function[each.key].email}",
            "min_instance_count": 0,
            "max_instance_count": "${lookup(var.max_instances, each.key, 10)}",
            "max_instance_request_concurrency": "${var.concurrency}",
            "available_memory": "${var.memory}",
            "available_cpu": "${var.cpu}",
            "timeout_seconds": f"{DELIVERY}function_timeout_seconds}}",
            "ingress_settings": "${var.ingress}",
            "environment_variables": GIVEN,
        },
    },
    "google_bigquery_dataset": {"delete_contents_on_destroy": False},
    "google_bigquery_table": {
        "for_each": "${local.records.tables}",
        "schema": "${jsonencode(each.value.fields)}",
        "clustering": "${each.value.clustering}",
        "deletion_protection": "${var.deletion_protection}",
        "time_partitioning": {
            "type": "${each.value.partition.type}",
            "field": "${each.value.partition.column}",
            "expiration_ms": "${try(each.value.partition_expiration_days * 86400000, null)}",
        },
    },
    "google_storage_bucket": {
        "uniform_bucket_level_access": True,
        "public_access_prevention": "enforced",
        "lifecycle_rule": GIVEN,
    },
    "google_storage_notification": {
        "payload_format": "JSON_API_V1",
        "event_types": ["OBJECT_FINALIZE"],
        "depends_on": ["${google_pubsub_topic_iam_member.storage_notifies}"],
    },
    "google_secret_manager_secret_version": {"secret_data_wo": "${var.odds_api_key}"},
    "google_project_service": {"disable_on_destroy": False},
    "google_bigquery_data_transfer_config": {
        "for_each": "${local.query_alerts}",
        "schedule": "${each.value.every}",
        "params": {"query": "${local.alert_sql[each.key]}"},
        "service_account_name": "${google_service_account.alerts.email}",
    },
    "google_monitoring_alert_policy": {
        "notification_channels": "${local.channels}",
        "severity": "${each.value.severity}",
        "documentation": {"content": GIVEN},
    },
}
"""What every resource of a type has; a nested block is named like an argument."""
ONE: dict[str, Body] = {
    "google_pubsub_subscription.push": {
        "for_each": "${local.subscriptions}",
        "filter": '${lookup(each.value, "filter", null)}',
        "ack_deadline_seconds": f"{DELIVERY}ack_deadline_seconds}}",
        "message_retention_duration": f"{DELIVERY}retention_seconds}}s",
        "push_config": {
            "oidc_token": {"service_account_email": "${google_service_account.invoker.email}"}
        },
        "retry_policy": {
            "minimum_backoff": f"{DELIVERY}minimum_backoff_seconds}}s",
            "maximum_backoff": f"{DELIVERY}maximum_backoff_seconds}}s",
        },
        "dead_letter_policy": {
            "dead_letter_topic": DEAD_LETTERS,
            "max_delivery_attempts": f"{DELIVERY}max_delivery_attempts}}",
        },
    },
    "google_pubsub_subscription.dead_letters": {
        "topic": DEAD_LETTERS,
        "message_retention_duration": "${local.dead_letter_retention_days * 86400}s",
    },
    "google_storage_bucket_object.bundle": {
        "name": 'bundle-${filesha256("${path.module}/${var.bundle}")}.zip'
    },
    "google_monitoring_alert_policy.log": {
        "for_each": "${local.log_policies}",
        "conditions": {"condition_matched_log": {"filter": "${each.value.filter}"}},
        "alert_strategy": {"notification_rate_limit": {"period": "${each.value.rate_limit}"}},
    },
    "google_monitoring_alert_policy.metric": {
        "for_each": "${local.metric_alerts}",
        "conditions": {
            "condition_threshold": {
                "filter": "${local.filters[each.key]}",
                "comparison": "${each.value.comparison}",
                "threshold_value": "${each.value.threshold}",
                "duration": "${each.value.duration}",
                "aggregations": {
                    "alignment_period": "${each.value.per}",
                    "per_series_aligner": "${each.value.aligner}",
                    "cross_series_reducer": '${lookup(each.value, "reducer", null)}',
                },
            }
        },
    },
    "google_billing_budget.month": {"budget_filter": {"calendar_period": "MONTH"}},
    "google_storage_bucket.state": {
        "lifecycle_rule": {
            "action": {"type": "Delete"},
            "condition": {"age": "${var.state_retention_days}"},
        }
    },
}
"""What one resource has beyond that."""
FORBIDDEN = ("allUsers", "allAuthenticatedUsers", "google_service_account_key", "roles/editor")
LOCAL_ONLY = {"clock_file", *FOREIGN_NAMES}
"""Settings of the local stack."""
BY_VARIABLE = {"project", "dataset", "data_bucket", "state_bucket", "topic_prefix"}
BY_FILE = {"workflows_file", "topology_file"}
BY_SECRET = {"odds_api_key", "odds_api_key_file"}


def complaints(module: Module) -> list[str]:
    """All that is wrong with a module; empty when it is sound."""
    return [
        *misspelt(module),
        *_arguments(module),
        *_grants(module),
        *_forbidden(module),
        *_settings(module),
        *_tables(module),
        *_variables(module),
        *_kept(module),
        *_rest(module),
    ]


def _arguments(module: Module) -> Iterator[str]:
    for kind, wanted in EVERY.items():
        if not module.of(kind):
            yield f"{kind}: there is none"
        for address, body in module.of(kind).items():
            yield from _lacking(address, body, wanted)
    for address, wanted in ONE.items():
        yield from _lacking(address, module.resources.get(address, {}), wanted)


def _lacking(where: str, body: Body, wanted: Body) -> Iterator[str]:
    for name, value in wanted.items():
        if isinstance(value, dict):
            held = body.get(name, {})
            inner = held if isinstance(held, dict) else block(body, name)
            yield from _lacking(f"{where}.{name}", inner, value)
        elif name not in body:
            yield f"{where}: no {name}"
        elif value is not GIVEN and body[name] != value:
            yield f"{where}: {name} is {body[name]!r}, not {value!r}"


def _grants(module: Module) -> Iterator[str]:
    found = {
        address: (body.get("role"), body.get("member"))
        for address, body in module.resources.items()
        if "_iam_" in address and "custom_role" not in address
    }
    for address in sorted(found.keys() | GRANTS.keys()):
        if found.get(address) != GRANTS.get(address):
            yield f"{address}: grants {found.get(address)}, not {GRANTS.get(address)}"
    for name, permissions in CUSTOM_ROLES.items():
        role = module.resources.get(f"google_project_iam_custom_role.{name}", {})
        if role.get("permissions") != permissions:
            yield f"{name}: allows {role.get('permissions')}, not {permissions}"
    sources = module.resources.get("google_project_iam_member.builder_reads_sources", {})
    if "buckets/gcf-v2-sources-" not in str(block(sources, "condition").get("expression")):
        yield "builder_reads_sources: not limited to the platform's own buckets"


def _forbidden(module: Module) -> Iterator[str]:
    code = "\n".join(
        line for line in module.text.splitlines() if "error_message" not in line and "#" not in line
    )
    for word in FORBIDDEN:
        if word in code:
            yield f"{word} is nowhere to be used"
    for kind in module.resources:
        if "_iam_binding" in kind or "_iam_policy" in kind:
            yield f"{kind}: takes away others' grants; use _iam_member"


def _settings(module: Module) -> Iterator[str]:
    environment = str(module.locals.get("environment"))
    given = settings_fields(module)
    for field, about in Settings.model_fields.items():
        if field in LOCAL_ONLY | BY_SECRET:
            continue
        if field in BY_VARIABLE | BY_FILE:
            if f"{variable(field)} = " not in environment:
                yield f"{variable(field)}: no function gets it (local.environment)"
            default = module.variables.get(field, {}).get("default")
            told = about.default.relative_to(ROOT) if field in BY_FILE else about.default
        elif field not in given:
            yield f"{variable(field)}: no field {field} in var.settings"
            continue
        else:
            default, told = given[field], about.default
        if (default or None) != (None if told in (None, "") else str(told)):
            yield f"{variable(field)}: defaults to {default!r}, in the code to {told!r}"
    for field in given.keys() - Settings.model_fields.keys():
        yield f"var.settings.{field}: the code has no such setting"
    if "PYTHONPATH = local.workspace" not in environment:
        yield "PYTHONPATH: not the bundle's folder"
    function = str(module.resources.get("google_cloudfunctions2_function.function"))
    if "NBA_ODDS_API_KEY_FILE" not in function or '"NBA_ODDS_API_KEY"' in function:
        yield "NBA_ODDS_API_KEY_FILE: the key is to be mounted"


def _tables(module: Module) -> Iterator[str]:
    held = {name: shape_of(module.root, name) for name in seed_tables()}
    for name, seed in seed_tables().items():
        shape = held[name]
        if shape is None:
            yield f"{name}: no config/tables/{name}.json"
        elif shape.columns[: len(seed.columns)] != seed.columns:
            yield f"{name}: does not begin with the seed's columns"
        elif (shape.partition, shape.clustering, shape.days) != (
            seed.partition,
            seed.clustering,
            seed.days,
        ):
            yield f"{name}: partitioned, clustered or kept otherwise than in the seed"


def _variables(module: Module) -> Iterator[str]:
    for name, body in module.variables.items():
        for part in ("type", "description", "default"):
            if part not in body:
                yield f"var.{name}: no {part}"
        if "validation" not in body and body.get("type") not in ("bool", "${bool}"):
            yield f"var.{name}: not validated"


def _kept(module: Module) -> Iterator[str]:
    """Scraped data is the product: only failures and old versions are ever deleted."""
    data = module.resources.get("google_storage_bucket.data", {})
    for rule in data.get("lifecycle_rule", []):
        condition = block(rule, "condition")
        spares = condition.get("matches_prefix") == ["failed/"] or (
            condition.get("with_state") == "ARCHIVED" and "days_since_noncurrent_time" in condition
        )
        if block(rule, "action").get("type") == "Delete" and not spares:
            yield f"google_storage_bucket.data: deletes data ({condition})"


def _rest(module: Module) -> Iterator[str]:
    if module.topology.get("time_zone") != "America/New_York":
        yield f"topology: time_zone is {module.topology.get('time_zone')!r}"
    adopted = {re.sub(r"\[.*|[${}]", "", str(body["to"])) for body in module.imports}
    for address in ("google_bigquery_dataset.orchestration", "google_bigquery_table.table"):
        if address not in adopted:
            yield f"{address}: no import block adopts it"
    if block(
        module.resources.get("google_monitoring_alert_policy.metric", {}), "alert_strategy"
    ).get("notification_rate_limit"):
        yield "google_monitoring_alert_policy.metric: only log policies may have a rate limit"
