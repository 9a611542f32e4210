"""The views of `config/views/`, with the names and the workflow file of a deployment.

Terraform deploys the same texts with the same replacements (`terraform/views.tf`).
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from common.configuration.workflows import Workflow
from common.settings import ROOT, Settings
from local.records.sql import run_sql

FOLDER = ROOT / "config" / "views"
NAMED_DATASET = ".".join(Settings.model_fields[name].default for name in ("project", "dataset"))
"""What the texts call the deployment's project and dataset."""
EXPECTED = "OUR_EXPECTED"
"""What stands for the data that the workflow file wants by a time."""


def view_texts(project: str, dataset: str, workflows: Mapping[str, Workflow]) -> dict[str, str]:
    """Return each view's query by its name.

    Args:
        project: the deployment's project.
        dataset: its dataset.
        workflows: the enabled workflows by name.
    """
    rows = ",\n    ".join(dict.fromkeys(expected_rows(workflows)))
    return {
        path.stem: path.read_text()
        .replace(NAMED_DATASET, f"{project}.{dataset}")
        .replace(EXPECTED, rows)
        for path in sorted(FOLDER.glob("*.sql"))
    }


def expected_rows(workflows: Mapping[str, Workflow]) -> Iterator[str]:
    """Yield a row of SQL for each scraper with a `fresh_by`, and for each that may stand in.

    It holds the scraper, the one that brings its data, what the time is counted from, and minutes.
    """
    for flow in workflows.values():
        for scraper in flow.scrapers:
            limit = flow.fresh_by(scraper)
            for other in flow.standing_for(scraper) if limit else ():
                assert limit is not None
                minutes = limit.after // timedelta(minutes=1)
                yield f"('{scraper}', '{other}', '{limit.moment}', {minutes})"


def create_views(
    endpoint: str, project: str, dataset: str, workflows: Mapping[str, Workflow]
) -> None:
    """Create the views in a stack's dataset, whose tables exist."""
    for name, text in view_texts(project, dataset, workflows).items():
        run_sql(
            endpoint, project, f"CREATE OR REPLACE VIEW `{project}.{dataset}.{name}` AS\n{text}"
        )
