"""Terraform's own checks, offline."""

import subprocess
from typing import Any

import pytest

from common.settings import ROOT
from tests.terraform.offline import SCHEMA, Offline, missing
from tests.terraform.parsed import Module

RUNS = {
    "adopts_what_is_there",
    "deploys",
    "lets_operators_call_and_readers_query",
    "shows_the_console",
    "refuses_a_console_for_everybody",
    "a_second_deployment_in_one_project",
    "a_source_has_routes_a_proxy_and_a_key",
    "asks_sources_through_a_subnetwork",
    "asks_sources_through_a_connector",
    "refuses_a_bundle_that_was_not_built",
    "warns_of_a_project_without_billing",
    "refuses_a_way_out_of_another_name",
    "refuses_two_ways_out_at_once",
    "refuses_traffic_without_a_way_out",
    "refuses_a_network_that_is_no_name",
    "refuses_a_connector_of_another_region",
    "refuses_traffic_of_another_kind",
    "tells_by_slack_pagerduty_and_a_webhook",
    "refuses_a_webhook_without_https",
    "refuses_a_webhook_without_its_form",
    "refuses_a_form_of_no_webhook",
    "refuses_a_slack_channel_without_its_token",
    "refuses_a_slack_channel_that_is_none",
    "refuses_a_key_without_pagerduty",
    "refuses_a_route_without_https",
    "refuses_a_route_of_another_form",
    "refuses_a_proxy_of_another_form",
    "refuses_a_source_that_is_no_name",
    "refuses_a_second_secret_for_the_odds_api",
    "refuses_public_operators",
    "refuses_more_memory_than_its_cpu_allows",
    "refuses_a_lease_that_ends_before_the_ack_deadline",
    "refuses_a_setting_that_nobody_reads",
    "refuses_a_setting_that_is_no_number",
    "refuses_to_adopt_what_has_another_name",
    "refuses_to_adopt_a_table_that_is_none",
    "refuses_one_bucket_for_data_and_state",
    "refuses_a_prefix_that_makes_account_ids_too_long",
    "refuses_state_that_dies_before_its_dead_letters",
}


def test_the_files_are_formatted() -> None:
    """They are as `terraform fmt` writes them."""
    if (why := missing()) is not None:
        pytest.skip(why)
    words = ["terraform", "fmt", "-check", "-diff", "-recursive", str(ROOT / "terraform")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_module_is_valid(offline: Offline) -> None:
    """Names, types, required arguments, blocks and references fit provider 8.7.0."""
    done = offline.run("validate", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_version_is_taken_that_is_older_than_what_is_tested(module: Module) -> None:
    """Write-only arguments need Terraform 1.11; the next major one may change their meaning."""
    google = SCHEMA.stem.removeprefix("google-").rpartition(".")[0]
    assert module.requires == {
        "terraform": ">= 1.11, < 2.0",
        "google": f"~> {google}",
        "time": "~> 0.13",
    }


def test_a_resource_is_of_the_deployment_s_project_region_and_labels(module: Module) -> None:
    """The provider fills in what a resource leaves out, which no mocked plan shows."""
    assert module.provider == {
        **{name: f"${{var.{name}}}" for name in ("project", "region")},
        "default_labels": "${var.labels}",
    }


def test_every_run_passes(tested: list[dict[str, Any]]) -> None:
    """`terraform test` plans, applies and refuses with a mocked provider."""
    ended = {
        line["@testrun"]: line["test_run"]["status"]
        for line in tested
        if line["type"] == "test_run" and line["test_run"]["progress"] == "complete"
    }
    errors = [line.get("diagnostic") for line in tested if line["@level"] == "error"]
    assert ended == dict.fromkeys(RUNS, "pass"), errors


def test_what_production_has_is_imported(tested: list[dict[str, Any]]) -> None:
    """What var.adopt names is imported, and the rest is created."""
    (plan,) = (
        line["test_plan"]
        for line in tested
        if line["type"] == "test_plan" and line["@testrun"] == "adopts_what_is_there"
    )
    imported = {
        change["address"]: change["change"]["importing"]["id"]
        for change in plan["resource_changes"]
        if change["change"].get("importing")
    }
    dataset = "projects/other-project/datasets/other_dataset"
    assert imported == {
        "google_bigquery_dataset.orchestration": dataset,
        'google_bigquery_table.table["workflow_decisions"]': f"{dataset}/tables/workflow_decisions",
        "google_storage_bucket.data": "other-project/other-data",
    }
