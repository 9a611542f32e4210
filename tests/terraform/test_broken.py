"""Deliberately broken copies: each must be found, by Terraform, by our rules, or by both."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from common.settings import ROOT
from tests.terraform.offline import Offline, copied
from tests.terraform.parsed import Module, access
from tests.terraform.rules import complaints
from tests.terraform.spelling import FILE
from tests.terraform.touched import Touch

KINDS = sorted({address.split(".")[0] for address in Module(ROOT).resources})
RUN = re.compile(r'^run "(\w+)" \{\n.*?^\}\n', re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Break:
    """A change of one file, and what is said of it.

    Attributes:
        path: from the repository's root.
        old: a text of the file.
        new: put in its place.
        told: part of the complaint.
    """

    path: str
    old: str
    new: str
    told: str

    def do(self, root: Path) -> None:
        """Change the file in a copy."""
        path = root / self.path
        text = path.read_text()
        assert self.old in text, f"{self.path} has no {self.old!r}"
        path.write_text(text.replace(self.old, self.new, 1))


def block_of(path: str, name: str) -> str:
    """A nested block's text, two levels deep at most."""
    found = re.search(rf"\n( +){name} \{{\n.*?\n\1\}}", (ROOT / path).read_text(), re.DOTALL)
    assert found, f"{path} has no {name}"
    return found.group(0)


TF = "terraform/"
PUBSUB, IAM, FUNCTIONS = f"{TF}pubsub.tf", f"{TF}iam.tf", f"{TF}functions.tf"
TABLES, BUCKETS, ALERTS = f"{TF}bigquery.tf", f"{TF}storage.tf", f"{TF}monitoring.tf"
SETTINGS, JOBS, SECRETS = f"{TF}variables.tf", f"{TF}scheduler.tf", f"{TF}secrets.tf"
NEW_GRANT = """
resource "google_pubsub_topic_iam_member" "anyone" {
  topic  = google_pubsub_topic.topic["scraper-requests"].id
  role   = "roles/pubsub.publisher"
  member = "allUsers"
}
"""
KEY = """
resource "google_service_account_key" "key" {
  service_account_id = google_service_account.invoker.name
}
"""
SEMANTIC = {
    "topic not of the topology": Break(
        PUBSUB, "toset(local.topology.topics)", 'toset(["a"])', "google_pubsub_topic.topic"
    ),
    "subscription without dead letter": Break(
        PUBSUB, block_of(PUBSUB, "dead_letter_policy"), "", "push.dead_letter_policy"
    ),
    "subscription without retry": Break(
        PUBSUB, block_of(PUBSUB, "retry_policy"), "", "push.retry_policy"
    ),
    "subscription that expires": Break(PUBSUB, 'ttl = ""', 'ttl = "2678400s"', "ttl is"),
    "subscription without identity": Break(
        PUBSUB, block_of(PUBSUB, "oidc_token"), "", "push_config.oidc_token"
    ),
    "subscription without filter": Break(
        PUBSUB, 'lookup(each.value, "filter", null)', "null", "filter is"
    ),
    "cron without zone": Break(JOBS, "time_zone = local.topology.time_zone", "", "no time_zone"),
    "cron in another zone": Break(JOBS, "local.topology.time_zone", '"Etc/UTC"', "time_zone is"),
    "topology in another zone": Break(
        "config/topology.yaml",
        "time_zone: America/New_York",
        "time_zone: UTC",
        "topology: time_zone",
    ),
    "job without retries": Break(JOBS, block_of(JOBS, "retry_config"), "", "retry_config"),
    "function with another's account": Break(
        FUNCTIONS,
        "google_service_account.function[each.key].email",
        'google_service_account.function["scraper_runner"].email',
        "service_account_email is",
    ),
    "function kept warm": Break(
        FUNCTIONS, "min_instance_count               = 0", "min_instance_count = 1", "min_instance"
    ),
    "function without a limit": Break(
        FUNCTIONS, "lookup(var.max_instances, each.key, 10)", "1000", "max_instance_count is"
    ),
    "function with another's load": Break(
        FUNCTIONS, "= var.concurrency", "= 1000", "request_concurrency is"
    ),
    "function without its source": Break(
        FUNCTIONS, '= "functions/${each.key}/main.py"', '= "main.py"', "GOOGLE_FUNCTION_SOURCE is"
    ),
    "function without PYTHONPATH": Break(FUNCTIONS, "PYTHONPATH ", "PATHS ", "PYTHONPATH"),
    "function without a setting": Break(
        FUNCTIONS, "NBA_TOPIC_PREFIX ", "NBA_PREFIX ", "NBA_TOPIC_PREFIX"
    ),
    "setting left out": Break(SETTINGS, "lease_seconds ", "leases ", "NBA_LEASE_SECONDS"),
    "setting with another default": Break(
        SETTINGS, "optional(number, 660)", "optional(number, 700)", "NBA_LEASE_SECONDS: defaults"
    ),
    "variable not validated": Break(
        SETTINGS, block_of(SETTINGS, "validation"), "", "var.project: not validated"
    ),
    "key in the environment": Break(
        FUNCTIONS, "NBA_ODDS_API_KEY_FILE", "NBA_ODDS_API_KEY", "NBA_ODDS_API_KEY_FILE"
    ),
    "key in the state": Break(SECRETS, "secret_data_wo  ", "secret_data ", "no secret_data_wo"),
    "dataset emptied with a destroy": Break(
        TABLES,
        "delete_contents_on_destroy = false",
        "delete_contents_on_destroy = true",
        "delete_contents_on_destroy is",
    ),
    "table without protection": Break(
        TABLES, "deletion_protection = var.deletion_protection", "", "no deletion_protection"
    ),
    "table without partitions": Break(
        TABLES, block_of(TABLES, "time_partitioning"), "", "time_partitioning"
    ),
    "table without a seed's column": Break(
        "config/tables/workflow_decisions.json", '"name": "reason"', '"name": "why"', "the seed's"
    ),
    "table kept for ever": Break(
        "config/tables/workflow_executions.json",
        '"partition_expiration_days": 90',
        '"partition_expiration_days": null',
        "than in the seed",
    ),
    "table not adopted": Break(
        TABLES, "to       = google_bigquery_table.table[each.key]", "to = a.b", "no import block"
    ),
    "public bucket": Break(
        BUCKETS, 'public_access_prevention    = "enforced"', "", "no public_access_prevention"
    ),
    "bucket with access lists": Break(
        BUCKETS,
        "uniform_bucket_level_access = true",
        "uniform_bucket_level_access = false",
        "uniform_bucket_level_access is",
    ),
    "bundle under one name": Break(
        BUCKETS, 'bundle-${filesha256("${path.module}/${var.bundle}")}.zip', "b.zip", "bundle: name"
    ),
    "notification without its event": Break(
        BUCKETS, '"OBJECT_FINALIZE"', '"OBJECT_DELETE"', "event_types is"
    ),
    "role too wide": Break(
        IAM, '"roles/storage.objectUser"', '"roles/storage.admin"', "function_state: grants"
    ),
    "custom role too wide": Break(
        IAM,
        '"bigquery.tables.updateData"]',
        '"bigquery.tables.updateData", "bigquery.tables.delete"]',
        "row_appender: allows",
    ),
    "grant to everyone": Break(IAM, "\n# Building.", NEW_GRANT, "allUsers"),
    "account with a key": Break(IAM, "\n# Building.", KEY, "google_service_account_key"),
    "project-wide editor": Break(
        IAM, '"roles/logging.logWriter"', '"roles/editor"', "builder_logs: grants"
    ),
    "builder sees every bucket": Break(
        IAM, block_of(IAM, "condition"), "", "not limited to the platform's own buckets"
    ),
    "service switched off with a destroy": Break(
        f"{TF}services.tf", "disable_on_destroy = false", "", "no disable_on_destroy"
    ),
    "alert that nobody gets": Break(
        ALERTS, "notification_channels = local.channels", "", "no notification_channels"
    ),
    "log alert without a rate limit": Break(
        ALERTS, block_of(ALERTS, "notification_rate_limit"), "", "notification_rate_limit"
    ),
    "alert without a runbook": Break(
        ALERTS, block_of(ALERTS, "documentation"), "", "documentation: no content"
    ),
    "alert with another threshold": Break(
        ALERTS, "= each.value.threshold", "= 99999", "condition_threshold: threshold_value is"
    ),
    "alert that matches another line": Break(
        ALERTS, "filter = each.value.filter", 'filter = "severity>=ERROR"', "matched_log: filter is"
    ),
    "alert's query once a day": Break(
        ALERTS, "= each.value.every", '= "every 24 hours"', "schedule is"
    ),
    "alert's query that asks nothing": Break(
        ALERTS, "local.alert_sql[each.key]", '"SELECT 1"', "params: query is"
    ),
    "budget of a year": Break(ALERTS, '"MONTH"', '"YEAR"', "calendar_period is"),
    "data that is deleted": Break(BUCKETS, '["failed/"]', '[""]', "data: deletes data"),
    "data whose live versions are deleted": Break(
        BUCKETS, '"ARCHIVED"', '"ANY"', "data: deletes data"
    ),
    "state that dies early": Break(
        BUCKETS, "age = var.state_retention_days", "age = 3", "state.lifecycle_rule.condition: age"
    ),
    "alert's query as nobody": Break(
        ALERTS,
        "service_account_name = google_service_account.alerts.email",
        "",
        "no service_account_name",
    ),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unbroken copy."""
    return copied(tmp_path_factory.mktemp("whole") / "repository")


@pytest.mark.parametrize("name", SEMANTIC)
def test_a_broken_copy_is_complained_of(name: str, whole: Path, tmp_path: Path) -> None:
    """By our rules, without Terraform."""
    root = shutil.copytree(whole, tmp_path / "repository")
    SEMANTIC[name].do(root)
    found = complaints(Module(root))
    assert any(SEMANTIC[name].told in complaint for complaint in found), found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('publishes = ["dead-letters"]', 'publishes = ["dead-letters", "scraper-requests"]'),
        ('appends   = ["workflow_decisions"]', "appends   = []"),
        ("data      = []", 'data      = ["read"]'),
        ("secret    = true", "secret    = false"),
    ],
)
def test_a_grant_too_many_or_too_few_is_found(
    old: str, new: str, whole: Path, tmp_path: Path, touches: set[Touch]
) -> None:
    """In the table of what functions may touch, against what they do touch."""
    root = shutil.copytree(whole, tmp_path / "repository")
    Break(IAM, old, new, "").do(root)
    assert access(Module(root)) != {touch for touch in touches if touch[1] != "state"}


@pytest.fixture(scope="module")
def misspelt(
    offline: Offline, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[dict[str, Any]]]:
    """What `terraform validate` says once a required argument of a type is misspelt, by type.

    Terraform does not look at what depends on a broken resource: so all types are broken at once,
    and those it told of are mended for the next round.
    """
    told: dict[str, list[dict[str, Any]]] = {}
    for number in range(len(KINDS)):
        copy = offline.copy(tmp_path_factory.mktemp("misspelt") / str(number))
        for kind in KINDS:
            if kind not in told:
                _misspell(copy.root / "terraform", kind)
        said = json.loads(copy.run("validate", "-json").stdout)["diagnostics"]
        found = {kind: [d for d in said if _is_about(d, kind)] for kind in KINDS}
        told |= {kind: diagnostics for kind, diagnostics in found.items() if diagnostics}
        if not said or len(told) == len(KINDS):
            break
    return told


def _is_about(diagnostic: dict[str, Any], kind: str) -> bool:
    return str(diagnostic["snippet"]["context"]).startswith(f'resource "{kind}"')


def _misspell(folder: Path, kind: str) -> None:
    """Turn around the first two letters of a required argument of the type's first resource."""
    required = _required(kind)
    for path in sorted(folder.glob("*.tf")):
        text = path.read_text()
        found = re.search(rf'resource "{kind}" "\w+" \{{\n(.*?)\n\}}', text, re.DOTALL)
        if not found:
            continue
        body = found.group(1)
        for name in required:
            broken = re.sub(
                rf"^  {name}( +=)", rf"  {wrong(name)}\1", body, count=1, flags=re.MULTILINE
            )
            if broken != body:
                path.write_text(text.replace(body, broken, 1))
                return
    raise AssertionError(f"{kind}: none of {required} is given")


def _required(kind: str) -> list[str]:
    shape = json.loads(FILE.read_text())[kind]
    return [name[:-1] for name, inner in shape.items() if name.endswith("!") and inner is None]


def wrong(name: str) -> str:
    """A name with two letters exchanged."""
    return name[1] + name[0] + name[2:]


@pytest.mark.parametrize("kind", KINDS)
def test_a_misspelt_and_so_a_missing_argument_is_found(
    kind: str, misspelt: dict[str, list[dict[str, Any]]]
) -> None:
    """Of each resource type: the wrong name is unsupported and the right one is missing."""
    said = {found["summary"] for found in misspelt.get(kind, [])}
    assert said >= {"Unsupported argument", "Missing required argument"}, misspelt.get(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_misspelt_argument_is_found_without_terraform(
    kind: str, whole: Path, tmp_path: Path
) -> None:
    """Of each resource type: the wrong name is told, and the right one that is missing for it."""
    root = shutil.copytree(whole, tmp_path / "repository")
    _misspell(root / "terraform", kind)
    said = [text for text in complaints(Module(root)) if text.startswith(f"{kind}.")]
    assert any("no argument or block " in text for text in said), said
    assert any(text.endswith(" is missing") for text in said), said


@pytest.mark.parametrize(
    ("path", "old", "told"),
    [
        (PUBSUB, "push_endpoint ", "push.push_config: push_endpoint is missing"),
        (FUNCTIONS, "mount_path ", "service_config.secret_volumes: mount_path is missing"),
        (FUNCTIONS, "service_config {", "no argument or block 'wrong_service_config' is known"),
        (BUCKETS, "condition {", "data.lifecycle_rule: condition is missing"),
        (SECRETS, "replication {", "odds_api_key: replication is missing"),
    ],
)
def test_nested_blocks_are_read_too(
    path: str, old: str, told: str, whole: Path, tmp_path: Path
) -> None:
    """A misspelt argument of a block, also of a dynamic one, and a misspelt block."""
    root = shutil.copytree(whole, tmp_path / "repository")
    Break(path, old, f"wrong_{old}", "").do(root)
    found = complaints(Module(root))
    assert any(told in text for text in found), found


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("subscription without dead letter", "dead-letters after 100 deliveries"),
        ("cron in another zone", "Every cron is Eastern time"),
        ("function with another's account", "an account of its own"),
    ],
)
def test_terraforms_own_test_fails_too(
    name: str, told: str, offline: Offline, tmp_path: Path
) -> None:
    """The assertions of terraform/tests, on a copy broken in the same way."""
    copy = offline.copy(tmp_path / "repository")
    SEMANTIC[name].do(copy.root)
    path = copy.root / "terraform" / "tests" / "deployment.tftest.hcl"
    path.write_text(RUN.sub(lambda m: m[0] if m[1] == "deploys" else "", path.read_text()))
    done = copy.run("test", "-no-color")
    assert done.returncode == 1
    # Terraform wraps what it says.
    assert told in " ".join((done.stdout + done.stderr).split()), done.stdout + done.stderr
