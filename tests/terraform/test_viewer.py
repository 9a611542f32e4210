"""Who looks at the console can read, and can change nothing: neither a person nor its account."""

import json
from collections.abc import Mapping
from typing import Any

from tests.terraform.parsed import Module, access
from tests.terraform.state_rights import listed
from tests.terraform.test_grants import grants
from tests.terraform.touched import Touch

Resources = Mapping[str, Mapping[str, Any]]
READING = {"roles/bigquery.dataViewer", "roles/bigquery.jobUser", "roles/storage.objectViewer"}
"""Roles without a permission that changes data; `jobUser` allows to start a query."""
OF_VIEWERS = {
    "google_cloud_run_v2_service_iam_member.viewer": "roles/run.invoker",
    "google_cloud_run_v2_service_iam_member.iap": "roles/run.invoker",
    "google_iap_web_cloud_run_service_iam_member.group": "roles/iap.httpsResourceAccessor",
}
"""What is made for `viewers` and `console_group`, and its role."""


def test_a_viewer_may_call_the_console_and_nothing_else(module: Module) -> None:
    """No other resource is about viewers, and each of theirs is about the console's service."""
    named = {
        address: body
        for address, body in module.resources.items()
        if "_iam_" in address and ("var.viewers" in said(body) or "console_group" in said(body))
    }
    assert {address: body["role"] for address, body in named.items()} == OF_VIEWERS
    for body in named.values():
        service = body.get("name", body.get("cloud_run_service_name"))
        assert service == '${google_cloudfunctions2_function.function["console"].name}'


def said(body: Mapping[str, Any]) -> str:
    """Return a resource as text."""
    return json.dumps(body)


def test_the_console_is_listed_with_reading_alone(module: Module, touches: set[Touch]) -> None:
    """So it is in the tables of iam.tf and state.tf, and so it was seen on every page."""
    kinds = {
        kind if kind != "data" else what for name, kind, what in access(module) if is_its(name)
    }
    assert kinds == {"reads", "read"}
    assert {use for name, use, _ in listed(module) if is_its(name)} == {"reads"}
    touched = {kind if kind == "reads" else what for name, kind, what in touches if is_its(name)}
    assert touched == {"reads", "read"}


def is_its(function: str) -> bool:
    """Whether a function is the console."""
    return function == "console"


def test_the_deployed_console_has_roles_that_read(deployed: Resources) -> None:
    """Its account may query, and look at rows and objects: it could not write if it tried."""
    roles = {role for member, role, _ in grants(deployed) if member == "nba-console"}
    assert roles == READING
