"""`python -m local pause` and `resume`: a workflow stopped and started without a deployment."""

import getpass
import json

import click

from common.pages.documents import iso
from local.commands.options import json_option, project_option


@click.command()
@click.argument("workflow", metavar="WORKFLOW")
@click.option("--why", default="", metavar="TEXT", help="For the rows of its decisions.")
@click.option("--by", default=getpass.getuser, metavar="NAME", help="Who; you by default.")
@project_option
@json_option
def pause(workflow: str, why: str, by: str, *, project: str | None, as_json: bool) -> None:
    """Pause WORKFLOW from the next tick on.

    What is under way ends by itself. Each tick still leaves a row: SKIP, code PAUSED.
    """
    from local.operate import pauses
    from local.operate.reach import reach

    made = pauses.pause(reach(project), workflow, by=by, why=why)
    held = {"workflow": workflow, "by": made.by, "since": iso(made.since), "why": made.why}
    click.echo(json.dumps(held) if as_json else f"paused {workflow} by {made.by}")


@click.command()
@click.argument("workflow", metavar="WORKFLOW")
@project_option
@json_option
def resume(workflow: str, *, project: str | None, as_json: bool) -> None:
    """Let a paused WORKFLOW run again."""
    from local.operate import pauses
    from local.operate.reach import reach

    ended = pauses.resume(reach(project), workflow)
    held = ended.model_dump(mode="json") if ended else None
    said = f"{workflow} was not paused"
    if ended:
        said = f"resumed {workflow}, which {ended.by} had paused at {ended.since:%Y-%m-%dT%H:%M}Z"
    click.echo(json.dumps({"workflow": workflow, "pause": held}) if as_json else said)
