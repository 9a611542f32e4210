"""Least privilege: a function is granted what it was seen to touch, no less and no more."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.terraform.parsed import Module, access
from tests.terraform.touched import Touch

Resources = Mapping[str, Mapping[str, Any]]
Grant = tuple[str, str, str]
"""Member's account id, role, on what."""
PROJECT = "nba-props-platform"


def granted(touches: set[Touch]) -> set[Touch]:
    """Select the touches that iam.tf's table lists; the state bucket is in state.tf."""
    return {touch for touch in touches if touch[1] != "state"}


def test_the_table_of_grants_is_what_the_functions_touch(
    module: Module, touches: set[Touch]
) -> None:
    """A use without its grant fails, and so does a grant without a use."""
    assert access(module) == granted(touches)


def test_no_function_overwrites_scraped_data(touches: set[Touch]) -> None:
    """The data bucket's roles are viewer and creator, which do not allow it."""
    assert not {touch for touch in touches if touch[1:] == ("data", "replace")}


def test_the_deployed_grants_are_what_the_functions_touch(
    deployed: Resources, touches: set[Touch]
) -> None:
    """Every grant to a function in the applied module follows from a touch."""
    found = {grant for grant in grants(deployed) if grant[0] in accounts(touches)}
    assert found == wanted(touches)


def test_nothing_else_has_a_grant(deployed: Resources, touches: set[Touch]) -> None:
    """Google's agents, the invoker, the alerts' account and the builder have grants."""
    agents = "service-123456789012@"
    pubsub, storage = f"{agents}gcp-sa-pubsub", f"{agents}gs-project-accounts"
    transfer = f"{agents}gcp-sa-bigquerydatatransfer"
    found = {grant for grant in grants(deployed) if grant[0] not in accounts(touches)}
    subscriptions = {
        held["name"]
        for address, held in deployed.items()
        if address.startswith("google_pubsub_subscription.push")
    }
    services = {name.removeprefix("nba-") for name in accounts(touches)} - {"console"}
    assert found == {
        (pubsub, "roles/pubsub.publisher", "dead-letters"),
        *((pubsub, "roles/pubsub.subscriber", name) for name in subscriptions),
        (pubsub, "roles/iam.serviceAccountTokenCreator", "nba-invoker"),
        (storage, "roles/pubsub.publisher", "scraped-objects"),
        *(("nba-invoker", "roles/run.invoker", name) for name in services),
        # FP09: without it every scheduled query of a first apply fails.
        (transfer, "roles/iam.serviceAccountTokenCreator", "nba-alerts"),
        ("nba-alerts", "roles/bigquery.dataViewer", "nba_orchestration"),
        ("nba-alerts", "roles/bigquery.jobUser", PROJECT),
        ("nba-builder", "roles/storage.objectViewer", f"{PROJECT}-nba-bundles"),
        ("nba-builder", "roles/storage.objectViewer", f"{PROJECT} if gcf-v2-sources-only"),
        ("nba-builder", "roles/artifactregistry.writer", "nba-functions"),
        ("nba-builder", "roles/logging.logWriter", PROJECT),
    }


def test_no_account_has_a_key_and_no_grant_replaces_others(module: Module) -> None:
    """A key can be stolen; a binding or policy takes away the grants of other systems."""
    types = {address.split(".")[0] for address in module.resources}
    assert "google_service_account" in types
    assert "google_service_account_key" not in types
    assert not [name for name in types if name.endswith(("_iam_binding", "_iam_policy"))]


def accounts(touches: set[Touch]) -> set[str]:
    """Collect the account ids of the functions."""
    return {account(function) for function, _, _ in touches}


def account(function: str) -> str:
    """Name a function's account."""
    return f"nba-{function.replace('_', '-')}"


def wanted(touches: set[Touch]) -> set[Grant]:
    """Derive the grants that touches call for."""
    return {grant for touch in touches for grant in _wanted(touch, touches)}


def _wanted(touch: Touch, touches: set[Touch]) -> Iterator[Grant]:
    function, kind, what = touch
    name = account(function)
    if kind in ("appends", "reads"):
        yield name, "roles/bigquery.jobUser", PROJECT
    if kind == "appends":
        yield name, f"projects/{PROJECT}/roles/nba_row_appender", what
        yield name, "roles/bigquery.metadataViewer", "nba_orchestration"
        if len([t for t in touches if t[1:] == (kind, what)]) > 1:
            yield name, f"projects/{PROJECT}/roles/nba_job_reader", PROJECT
    elif kind == "reads":
        yield name, "roles/bigquery.dataViewer", what
    elif kind == "data":
        role = {"read": "roles/storage.objectViewer", "create": "roles/storage.objectCreator"}[what]
        yield name, role, "nba-scraped-data"
    elif kind == "state":
        # On which objects: test_state_grants.py.
        own = ("objectUser", "objectCreator") if function != "console" else ()
        for role in (*own, "objectViewer"):
            yield name, f"roles/storage.{role}", "nba-orchestration-state"
    elif kind == "publishes":
        yield name, "roles/pubsub.publisher", what
    else:
        yield name, "roles/secretmanager.secretAccessor", "odds-api-key"


def grants(deployed: Resources) -> Iterator[Grant]:
    """List every grant of the applied module, with names in place of ids."""
    named = (
        "google_pubsub_",
        "google_secret_manager_secret.",
        "google_artifact_registry_repository.",
    )
    names = {
        held.get(key): held.get("secret_id") or held.get("repository_id") or held.get("name")
        for address, held in deployed.items()
        if address.startswith(named)
        for key in ("id", "name")
    }
    for address, held in deployed.items():
        if "_iam_member" in address:
            member = (
                held["member"]
                .removeprefix("serviceAccount:")
                .removesuffix(f"@{PROJECT}.iam.gserviceaccount.com")
            )
            yield member.removesuffix(".iam.gserviceaccount.com"), held["role"], _on(held, names)


def _on(held: Mapping[str, Any], names: Mapping[Any, Any]) -> str:
    keys = ("table_id", "bucket", "topic", "subscription", "secret_id", "repository", "dataset_id")
    for key in keys:
        if key in held:
            return str(names.get(held[key], held[key]))
    if "service_account_id" in held:
        return str(held["service_account_id"]).split("/")[-1].split("@")[0]
    if "location" in held:
        return str(held["name"])
    condition = held.get("condition") or []
    return " if ".join([held["project"], *(part["title"] for part in condition)])
