"""What each variable takes, to the last value that is allowed, and what it refuses.

Terraform evaluates the conditions themselves, without a plan: all of them at once.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from common.settings import ROOT
from tests.terraform.parsed import Module

EIGHT = "a2345678-"
KEY = {"key_secret": "s"}
NETWORK, CONNECTOR = (
    {"network": "n"},
    {"vpc_connector": "projects/p/locations/us-central1/connectors/c-1"},
)
TAKEN: dict[str, list[Any]] = {
    "project": ["a23456", "a" + "2" * 29],
    "region": ["us-central1", "europe-west12"],
    "dataset_location": ["US", "EU", "us-east1"],
    "labels": [{}, {"a": ""}, {"a" * 63: "b" * 63}, {"a_-1": "0_-"}],
    "dataset": ["a", "A_1"],
    "data_bucket": ["abc", "a" * 63, "a.b_c-1", "1bc"],
    "state_bucket": ["abc", "a" * 63],
    "topic_prefix": ["", "a-", EIGHT],
    "settings": [
        {},
        {"collect_since": "2025-10-21", "odds_api_reserve": "0", "source_interval_seconds": "0"},
        {"lease_seconds": "601", "scrape_seconds": "539", "source_tries": "1"},
        {"http_proxy": "http://u:p@proxy:3128", "tell_incidents": "false"},
        {"http_proxy": "https://proxy/", "lease_seconds": None},
    ],
    "sources": [
        {},
        {"a_1": {"routes": ["https://h", "https://h/b|/P|s3", "https://h|/P|404", "https://h|s3"]}},
        {"a": {"url": "https://h/b", "proxy": "http://p:1/"}, "odds_api": {"routes": []}},
        {"nba_cdn": KEY},
    ],
    "ingress": ["ALLOW_ALL", "ALLOW_INTERNAL_ONLY", "ALLOW_INTERNAL_AND_GCLB"],
    "egress": [
        *({}, NETWORK, {"subnetwork": "projects/p/a"}, {**NETWORK, "subnetwork": "s"}, CONNECTOR),
        {**NETWORK, "traffic": "PRIVATE_RANGES_ONLY"},
        {**CONNECTOR, "traffic": "ALL_TRAFFIC"},
    ],
    "memory": ["512Mi", "4Gi"],
    "cpu": ["0.08", "0.333", "1", "2"],
    "concurrency": [1, 1000],
    "max_instances": [{}, {"console": 1, "scraper_runner": 100}],
    "operators": [[], ["user:a@b", "group:a@b", "serviceAccount:a@b"]],
    "viewers": [[], ["user:a@b", "group:a@b", "serviceAccount:a@b"]],
    "readers": [[], ["user:a@b", "group:a@b", "serviceAccount:a@b"]],
    "console_group": [None, "data@example.com"],
    "odds_api_key": ["k"],
    "odds_api_key_version": [1, 2],
    "adopt": [{}, {"dataset": True, "data_bucket": False, "tables": ["workflow_decisions"]}],
    "state_retention_days": [32],
    "alert_emails": [[], ["a@b.c"]],
    "slack_channel": ["", "#a_-1", "#" + "a" * 80],
    "slack_token": [""],
    "pagerduty_key": [""],
    "channel_secrets_version": [1, 2],
    "webhook_form": ["", "slack", "teams", "plain"],
    "webhook": [""],
    "webhook_version": [1, 2],
    "runbook_url": ["", "https://a/"],
    "billing_account": ["", "012345-6789AB-CDEF01"],
    "bundle": ["../dist/bundle.zip"],
    "topology_file": ["config/topology.yaml"],
    "workflows_file": ["config/workflows.yaml"],
}
REFUSED: dict[str, list[Any]] = {
    "project": ["a2345", "a" + "2" * 30, "1abcdef", "abcdef-", "Abcdef"],
    "region": ["us", "us-central", "us-central1-a", "US-central1"],
    "dataset_location": ["us", "USA", ""],
    "labels": [{"a" * 64: ""}, {"a": "b" * 64}, {"1": ""}, {"a": "B"}, {"a": "b", "A": "b"}],
    "dataset": ["", "a-b"],
    "data_bucket": ["ab", "a" * 64, "-bc", "ab-", "aBc"],
    "state_bucket": ["ab", "a" * 64, "-bc", "ab-", "nba-scraped-data"],
    "topic_prefix": ["a", "-", "1-", "a23456789-", "goog-", "googl1-", "A-"],
    "settings": [
        *({"lease_seconds": "600"}, {"scrape_seconds": "540"}, {"scrape_seconds": "soon"}),
        *({"collect_since": "21.10.2025"}, {"collect_sinc": "2025-10-21"}),
        *({"http_proxy": "proxy:3128"}, {"http_proxy": "ftp://p"}, {"http_proxy": "http://p/a"}),
        *({name: "0"} for name in ("source_tries", "circuit_failures", "read_retry_seconds")),
        *({name: "x"} for name in ("circuit_seconds", "source_timeout_seconds")),
        *({"source_max_bytes": "0"}, {"lease_seconds": "soon"}),
    ],
    "sources": [
        *({"A": {}}, {"1a": {}}, {"a-b": {}}, {"odds_api": KEY}),
        *({"a": {"url": url}} for url in ("http://h", "https://", "https://h,x", "https://h|s4")),
        *({"a": {"routes": ["https://h", route]}} for route in ("http://h", "https://h|P|s3")),
        *({"a": {"proxy": proxy}} for proxy in ("p:1", "http://p/a")),
    ],
    "ingress": ["", "ALLOW_NONE"],
    "egress": [
        *({"traffic": "ALL_TRAFFIC"}, {**NETWORK, **CONNECTOR}, {"subnetwork": "s", **CONNECTOR}),
        *({"vpc": "x"}, {"network": ""}, {"network": "N"}, {"subnetwork": "-"}),
        *({**NETWORK, "traffic": "ALL"}, {"vpc_connector": "c"}),
        {"vpc_connector": "projects/p/locations/us-east1/connectors/c"},
    ],
    "memory": ["512", "512M", "0.5Gi"],
    "cpu": ["x", "0.07"],
    "concurrency": [0, 1001],
    "max_instances": [{"console": 0}, {"consol": 1}],
    "operators": [["allUsers"], ["user:a"], ["domain:a@b"], ["user:a@b", "a@b"]],
    "viewers": [["allUsers"], ["user:a"], ["domain:a@b"], ["user:a@b", "a@b"]],
    "readers": [["allUsers"], ["user:a"], ["domain:a@b"], ["user:a@b", "a@b"]],
    "console_group": ["", "group:a@b", "a b@c", "data"],
    "odds_api_key": ["", " "],
    "odds_api_key_version": [0, 1.5],
    "adopt": [
        {"dataset": "x"},
        {"data_bucket": "x"},
        {"tables": ["x"]},
        {"tables": "x"},
        {"table": []},
        [],
    ],
    "state_retention_days": [31],
    "alert_emails": [["a"], ["a@b"], ["a@b.c", "a b@c.d"]],
    "slack_channel": ["a", "#", "#A", "#" + "a" * 81],
    "slack_token": ["t"],
    "pagerduty_key": ["k"],
    "channel_secrets_version": [0, 1.5],
    "webhook_form": ["discord"],
    "webhook": ["https://h/p"],
    "webhook_version": [0, 1.5],
    "runbook_url": ["https://a", "http://a/"],
    "billing_account": ["012345-6789AB", "012345-6789ab-CDEF01"],
    "bundle": ["../dist/none.zip", "../terraform/variables.tf"],
    "topology_file": ["config/none.yaml"],
    "workflows_file": ["config/none.yaml"],
}
OTHERS: list[tuple[str, Any, dict[str, Any], bool]] = [
    ("cpu", "0.5", {"concurrency": 2}, False),
    ("cpu", "1", {"concurrency": 2}, True),
    ("cpu", "0.49", {"memory": "513Mi"}, False),
    ("cpu", "0.5", {"memory": "513Mi"}, True),
    ("cpu", "0.5", {"memory": "1Gi"}, True),
    ("cpu", "0.99", {"memory": "1025Mi"}, False),
    ("cpu", "1", {"memory": "2Gi"}, True),
    ("slack_token", "t", {"slack_channel": "#a"}, True),
    ("slack_token", "", {"slack_channel": "#a"}, False),
    ("pagerduty_key", "k", {"pagerduty": True}, True),
    ("pagerduty_key", "", {"pagerduty": True}, False),
    ("webhook", "https://h/p", {"webhook_form": "plain"}, True),
    ("webhook", "https://h", {"webhook_form": "plain"}, False),
    ("webhook", "http://h/p", {"webhook_form": "plain"}, False),
    ("webhook", "", {"webhook_form": "plain"}, False),
]
"""Values that go by that of another variable."""
CASES = [
    *((name, value, {}, True) for name, values in TAKEN.items() for value in values),
    *((name, value, {}, False) for name, values in REFUSED.items() for value in values),
    *OTHERS,
]


SOURCE = {"url": None, "routes": [], "proxy": None, "key_secret": None}
"""What Terraform fills in where a source says nothing."""


def _expression(module: Module, name: str, value: Any, others: dict[str, Any]) -> str:
    """Return the conditions of a variable for a value, as one expression."""
    conditions = " && ".join(
        f"({each['condition'].removeprefix('${').removesuffix('}')})"
        for each in module.variables[name]["validation"]
    )
    memory = module.locals["memory_mib"].removeprefix("${").removesuffix("}")
    text = conditions.replace("local.memory_mib", f"({memory})")
    if name == "sources":
        value = {source: {**SOURCE, **given} for source, given in value.items()}
    for variable, given in {**others, name: value}.items():
        said = json.dumps(json.dumps(given))
        text = re.sub(rf"\bvar\.{variable}\b", lambda _, said=said: f"jsondecode({said})", text)
    return f"try({text}, false)"


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[bool]:
    """What Terraform says of every case, in their order."""
    if shutil.which("terraform") is None:
        pytest.skip("Terraform is not installed")
    module, root = Module(ROOT), tmp_path_factory.mktemp("variables")
    shutil.copytree(ROOT / "config", root / "config")
    folder = root / "terraform"
    folder.mkdir()
    for name in ("variables.tf", "locals.tf"):
        shutil.copy(ROOT / "terraform" / name, folder)
    days = module.locals["dead_letter_retention_days"]
    asked = ",\n".join(_expression(module, *case[:3]) for case in CASES)
    (folder / "asked.tf").write_text(
        f"locals {{\ndead_letter_retention_days = {days}\nanswers = [\n{asked}\n]\n}}\n"
    )
    (root / "dist").mkdir()
    (root / "dist" / "bundle.zip").touch()
    return _answers(folder)


def _answers(folder: Path) -> list[bool]:
    done = subprocess.run(
        ["terraform", "console"],
        cwd=folder,
        input="jsonencode(local.answers)\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[bool] = json.loads(json.loads(done.stdout))
    return found


def test_a_variable_takes_what_can_work_and_refuses_the_rest(answers: list[bool]) -> None:
    """The last value that is allowed, and the first that is not."""
    wrong = [case for case, answer in zip(CASES, answers, strict=True) if answer != case[3]]
    assert wrong == []


def test_every_variable_with_a_condition_is_asked() -> None:
    """A new one needs its values above."""
    checked = {name for name, body in Module(ROOT).variables.items() if "validation" in body}
    assert checked == TAKEN.keys() == REFUSED.keys()


def test_secrets_reach_neither_state_nor_plan() -> None:
    """Each is marked as both, and nothing else is."""
    marked = {
        name: (body.get("sensitive", False), body.get("ephemeral", False))
        for name, body in Module(ROOT).variables.items()
    }
    secret = {name for name, marks in marked.items() if any(marks)}
    assert secret == {"odds_api_key", "slack_token", "pagerduty_key", "webhook"}
    assert {marked[name] for name in secret} == {(True, True)}
