"""The deployed views against those of the local stack."""

from collections.abc import Mapping
from typing import Any

from common.configuration.workflows import read_workflows
from common.settings import ROOT, Settings
from local.stack.views import view_texts

Resources = Mapping[str, Mapping[str, Any]]
WORKFLOWS = read_workflows(Settings().workflows_file).file.enabled


def views(resources: Resources) -> dict[str, str]:
    """Return the queries of a deployment's views by name."""
    return {
        held["table_id"]: held["view"][0]["query"]
        for address, held in resources.items()
        if address.startswith(("google_bigquery_table.view[", "google_bigquery_table.nested["))
    }


def test_the_deployed_views_are_the_local_stack_s(deployed: Resources) -> None:
    """Both put the same names and the same limits of the workflow file into the same texts."""
    settings = Settings()
    assert views(deployed) == view_texts(settings.project, settings.dataset, WORKFLOWS)


def test_another_deployment_s_views_read_its_own_tables(second: Resources) -> None:
    """None names the dataset of the first."""
    texts = views(second).values()
    dataset = second["google_bigquery_dataset.orchestration"]["dataset_id"]
    assert dataset != Settings().dataset
    assert texts
    assert all(f".{dataset}." in text and Settings().dataset not in text for text in texts)


def test_what_a_workflow_that_is_switched_off_would_collect_is_not_expected(
    second: Resources,
) -> None:
    """The views of its file are those of the workflows that are enabled in it."""
    file = read_workflows(ROOT / "terraform" / "tests" / "second_workflows.yaml").file
    assert file.enabled.keys() < file.workflows.keys()
    dataset = second["google_bigquery_dataset.orchestration"]["dataset_id"]
    assert views(second) == view_texts(Settings().project, dataset, file.enabled)
