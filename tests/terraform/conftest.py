"""Fixtures: the module as Python reads it, and Terraform on a copy of it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from common.settings import ROOT
from tests.terraform.offline import DEPLOYMENT, REFUSALS, Offline, missing, prepared
from tests.terraform.parsed import Module
from tests.terraform.touched import Recorder, Touch, touched

Resources = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="session")
def module() -> Module:
    """The module of this repository."""
    return Module(ROOT)


@pytest.fixture(scope="session")
def recorded() -> Recorder:
    """What each function calls, found by running it."""
    return touched()


@pytest.fixture(scope="session")
def touches(recorded: Recorder) -> set[Touch]:
    """What each function touches."""
    return recorded.touches


@pytest.fixture(scope="session")
def offline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offline]:
    """Terraform, initialised once."""
    if (why := missing()) is not None:
        pytest.skip(why)
    with prepared(tmp_path_factory.mktemp("terraform")) as made:
        yield made


@pytest.fixture(scope="session")
def tested(offline: Offline, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The report of `terraform test`, with the plan or state of each run that deploys."""
    variables = offline.copy_variables(tmp_path_factory.mktemp("variables") / "repository")
    refused = variables.lines("test", "-json", REFUSALS)
    return refused + offline.lines("test", "-json", "-verbose", DEPLOYMENT)


@pytest.fixture(scope="session")
def deployed(tested: list[dict[str, Any]]) -> Resources:
    """The values of every resource of the run `deploys`, by address."""
    state = _run(tested, "deploys", "test_state")
    return {held["address"]: held["values"] for held in state["root_module"]["resources"]}


@pytest.fixture(scope="session")
def second(tested: list[dict[str, Any]]) -> Resources:
    """The same of the run that plans a second deployment, without what an apply computes."""
    plan = _run(tested, "a_second_deployment_in_one_project", "test_plan")
    return {held["address"]: held["change"]["after"] for held in plan["resource_changes"]}


def _run(tested: list[dict[str, Any]], run: str, kind: str) -> Mapping[str, Any]:
    found = [line[kind] for line in tested if line["type"] == kind and line["@testrun"] == run]
    assert found, [line["@message"] for line in tested if line["@level"] == "error"]
    return found[0]  # type: ignore[no-any-return] # JSON
