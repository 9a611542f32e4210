"""`python -m local trace`: a date, or one run, as OpenTelemetry spans and OpenLineage events."""

import json
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from local.commands.options import Day, Folder, make_folder, project_option

if TYPE_CHECKING:
    from common.runtime import Runtime
    from local.traces.audit import Audit

TRACES, EVENTS = "traces.json", "lineage.ndjson"
DATED = re.compile(r"[0-9]{1,7}-")
"""How a date begins; an id has no hyphen before its ninth character."""


@click.command()
@click.argument("what", metavar="DATE|ID")
@click.option("--date", "day", type=Day(), help="The date of an ID older than eight days.")
@click.option("--out", type=Folder(), help="Folder for both files; default: out/trace/DATE|ID.")
@click.option("--post", metavar="URL", help="Also send the spans to URL/v1/traces (OTLP/HTTP).")
@project_option
def trace(
    what: str, *, day: date | None, out: Path | None, post: str | None, project: str | None
) -> None:
    """Write DATE, or the run with this ID, as traces and lineage.

    traces.json is OTLP JSON; its ids derive from the tables' own, so the same run has the same
    trace each time. lineage.ndjson has an OpenLineage event a line.
    """
    from local.operate.reach import reach
    from local.traces.lineage import to_events
    from local.traces.otlp import to_otlp
    from local.traces.spans import spans_of

    named = Day().convert(what, None, None) if DATED.match(what) else None
    if out:
        make_folder(out)
    place = reach(project)
    audit = _read(place, what, named, day)
    spans = [*spans_of(audit)]
    request = to_otlp(spans)
    events = [*to_events(audit, place.settings.project)]
    folder = out or Path("out", "trace", what)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TRACES).write_text(json.dumps(request))
    (folder / EVENTS).write_text("".join(f"{json.dumps(event)}\n" for event in events))
    traces = len({span.trace for span in spans})
    click.echo(f"{traces} traces, {len(spans)} spans: {folder / TRACES}")
    click.echo(f"{len(events)} OpenLineage events: {folder / EVENTS}")
    if post:
        _post(f"{post.rstrip('/')}/v1/traces", request)
        click.echo(f"Spans sent to {post}.")


def _read(place: "Runtime", what: str, named: date | None, day: date | None) -> "Audit":
    from local.traces.audit import audit_of_day, audit_of_run

    return audit_of_day(place, named) if named else audit_of_run(place, what, day)


def _post(url: str, request: dict[str, Any]) -> None:
    import httpx

    from common.errors import OrchestrationError

    try:
        httpx.post(url, json=request, timeout=60).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OrchestrationError(f"{url} took no spans: {error}") from error
