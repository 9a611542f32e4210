"""What is printed of a replayed day, and what a user is told to do next."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, cast

import pytest
from rich.console import Console

from common.clock import set_clock
from local.day import report
from local.day.coverage import Coverage
from local.day.replay import Outcome
from local.day.report import print_kept, print_next, print_report
from local.fake_sources.slate import Slate
from local.stack.driver import RunningStack
from tests.kit.placed import row
from tests.kit.situations import DAY, et, game

NOON = et("2025-11-12 12:00")
GAMES = (game(1), game(2, away="BOS", home="MEM"), game(3, away="LAL", home="OKC"))
WHERE: Mapping[str, Any] = {
    "project": "a-project",
    "dataset": "a-dataset",
    "pubsub_rest": "http://rest",
    "data_bucket": "a-bucket",
    "folder": "/a-[b]-folder",
    "functions": {"console": "http://console", "schedule_locker": "http://locker"},
}


def printer(width: int = 200, *, coloured: bool = False) -> tuple[Console, StringIO]:
    """Return a console, and what is printed on it."""
    text = StringIO()
    colours: Literal["standard"] | None = "standard" if coloured else None
    return Console(file=text, width=width, force_terminal=coloured, color_system=colours), text


OUTCOME = Outcome(
    day=DAY,
    tables={
        "daily_expected_schedule": [
            row(
                "daily_expected_schedule",
                expected_run_time=NOON,
                workflow_name="a",
                reason="a reason",
                scrapers=["x", "y"],
            )
        ],
        "workflow_decisions": [
            row("workflow_decisions", slot=NOON + timedelta(hours=h), workflow_name=name, action=do)
            for h, name, do in [(2, "a", "RUN"), (-3, "a", "SKIP"), (-3, "b", "ABORT")]
        ],
        "workflow_executions": [
            row(
                "workflow_executions",
                execution_time=NOON + timedelta(seconds=5),
                workflow_name="a",
                target_date=DAY - timedelta(days=1),
                scrapers_triggered=9,
                scrapers_succeeded=6,
                scrapers_failed=3,
                status="failed",
                duration_seconds=1.234,
            )
        ],
    },
    coverage=Coverage(
        games=tuple(each.game_id for each in GAMES),
        lines_before_tipoff=(GAMES[0].game_id, GAMES[1].game_id),
        box_scores=(GAMES[0].game_id,),
        due_later=(GAMES[1].game_id,),
        missing=(GAMES[2].game_id,),
    ),
    events=41,
    failed=5,
    dead_letters=2,
    wall_seconds=12.5,
    disturbances={"suspend": 2, "kill": 1},
)


REPORT = """\
Plan of 2025-11-12
┏━━━━━━━━━┳━━━━━━━━━━┳━━━━━━━━━━┳━━━━━━━━━━┓
┃ time ET ┃ workflow ┃ why      ┃ scrapers ┃
┡━━━━━━━━━╇━━━━━━━━━━╇━━━━━━━━━━╇━━━━━━━━━━┩
│ 12:00   │ a        │ a reason │ 2        │
└─────────┴──────────┴──────────┴──────────┘
Decisions (● RUN  ·
SKIP  ✗ ABORT)
┏━━━━━━━━━┳━━━┳━━━┓
┃ workflow┃ 09┃ 14┃
┡━━━━━━━━━╇━━━╇━━━┩
│ a       │ · │ ● │
│ b       │ ✗ │   │
└─────────┴───┴───┘
Executions
┏━━━━━━━━━━━━┳━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━┳━━━━┳━━━━━━━━┳━━━━━━━━┳━━━━━━━━━┓
┃ started ET ┃ workflow ┃ for        ┃ tasks ┃ ok ┃ failed ┃ status ┃ seconds ┃
┡━━━━━━━━━━━━╇━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━╇━━━━╇━━━━━━━━╇━━━━━━━━╇━━━━━━━━━┩
│ 12:00:05   │ a        │ 2025-11-11 │ 9     │ 6  │ 3      │ failed │ 1.23    │
└────────────┴──────────┴────────────┴───────┴────┴────────┴────────┴─────────┘
End-to-end flow (the query of
docs/03-bigquery-schemas.md)
┏━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ workflow name ┃ decision time ┃
┡━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ a             │ 12:00:00      │
└───────────────┴───────────────┘
BigQuery would refuse this text:
a LEFT JOIN needs an equality of
fields from both sides; unnest
the array first, or read the view
run_flow (docs/views.md)
Games: 3
lines before tip-off: 2 of 3
box scores: 1 of 3
due at 06:00 (not final by the last window): BOS@MEM
missing: LAL@OKC
Events handled: 41, failed deliveries: 5, dead letters: 2, wall time: 12.5 s
Disturbances: kill: 1, suspend: 2"""


def reported(outcome: Outcome, width: int = 200, *, coloured: bool = False) -> str:
    """Return what is printed of a day whose end-to-end query has one answer."""

    def answer(endpoint: str, project: str, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        assert (endpoint, project) == ("http://bigquery", "a-project")
        assert "'2025-11-12'" in sql
        name = outcome.tables["workflow_decisions"][0]["workflow_name"]
        return ["workflow_name", "decision_time"], [(name, NOON)]

    where = {**WHERE, "environment": {"BIGQUERY_EMULATOR_HOST": "http://bigquery"}}
    console, text = printer(width, coloured=coloured)
    stack = cast("RunningStack", SimpleNamespace(where=where))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(report, "run_sql", answer)
        print_report(console, outcome, Slate(GAMES, "2025-26"), stack)
    return text.getvalue()


@pytest.fixture(scope="module")
def printed() -> str:
    """What is printed of the day."""
    return reported(OUTCOME)


@pytest.fixture(scope="module")
def coloured() -> str:
    """What is printed of the day on a terminal, after another execution that went well."""
    (failed,) = OUTCOME.tables["workflow_executions"]
    both = [failed, {**failed, "status": "completed"}]
    tables = {**OUTCOME.tables, "workflow_executions": both}
    return reported(replace(OUTCOME, tables=tables), coloured=True)


def test_the_whole_report_is_shown(printed: str) -> None:
    """Each table has its title, headers and rows, in order, and then the day's counts follow."""
    assert "\n".join(line.strip() for line in printed.splitlines()) == REPORT


@pytest.mark.parametrize(
    "shown",
    [
        "\x1b[1;32m●",
        "\x1b[2m·",
        "\x1b[1;31m✗",
        "\x1b[31mfailed",
        "\x1b[32mcompleted",
        "\x1b[1;31mmissing: LAL@OKC",
    ],
)
def test_good_is_green_and_bad_is_red(coloured: str, shown: str) -> None:
    """A run and a completed execution are green; an abort, a failed one and a loss are red."""
    assert shown in coloured


def test_a_narrow_window_breaks_no_workflow_s_name() -> None:
    """The decisions and the end-to-end query keep the names whole, and narrow the rest."""
    name = "early_afternoon_operations"
    decision = {**OUTCOME.tables["workflow_decisions"][0], "workflow_name": name}
    tables = {"daily_expected_schedule": [], "workflow_executions": []}
    outcome = replace(OUTCOME, tables={**tables, "workflow_decisions": [decision]})
    assert reported(outcome, width=32).count(name) == 2


def test_each_row_of_a_table_has_its_line() -> None:
    """Of the plan and of the executions, in their order."""
    names = ("daily_expected_schedule", "workflow_executions")
    twice = {
        name: [{**OUTCOME.tables[name][0], "workflow_name": x} for x in "pq"] for name in names
    }
    text = reported(replace(OUTCOME, tables={**OUTCOME.tables, **twice}))
    assert re.findall(r"│ ([pq]) +│", text) == ["p", "q", "p", "q"]


def test_a_quiet_day_has_no_troubles_to_name() -> None:
    """A day of which all is there says nothing of due or missing games, or of chaos."""
    whole = tuple(each.game_id for each in GAMES)
    quiet = Coverage(whole, whole, whole, (), ())
    text = reported(Outcome(DAY, OUTCOME.tables, quiet, 41, 0, 0, 12.5, {}))
    assert not any(word in text for word in ("due at", "missing:", "Disturbances"))


NEXT = """
What next:
  open a-[b]-folder/day.html
  python -m local day 2025-11-12 --out a-[b]-folder --keep  # the stack stays up: look and query
  python -m local replay a-[b]-folder  # decide the recorded decisions again
  python -m local --help  # all commands; README.md says where to find what
"""
KEPT = """
The stack stays up; its clock goes on from 2025-11-12 12:00 ET, and CURRENT_DATE with it.
Look at it:
  http://console
  python -m local status
Query it:
  python -m local queries
  python -m local sql 'SELECT action, COUNT(*) FROM \
`a-project.a-dataset.workflow_decisions` GROUP BY 1'
  bq --api=http://bigquery --oauth_access_token=none --discovery_file="$(gcloud info \\
    --format='value(installation.sdk_root)')/platform/bq/discovery_next/bigquery.json" \\
    --project_id=a-project query --nouse_legacy_sql 'SELECT COUNT(*) FROM \
`a-project.a-dataset.workflow_decisions`'
Use the client libraries (an upload to gs://a-bucket gets a log row):
  export BIGQUERY_EMULATOR_HOST=http://bigquery
  export STORAGE_EMULATOR_HOST=http://storage
  export PUBSUB_EMULATOR_HOST=http://pubsub
  # Python's BigQuery client logs in all the same, unless it is told not to:
  # bigquery.Client(project, credentials=google.auth.credentials.AnonymousCredentials())
Publish a message:
  CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB=http://rest \\
    gcloud --project=a-project pubsub topics publish tick-master-controller \\
    --message='{"schema":"tick","version":1,"force":true}'
Call a function:
  curl http://locker -H 'Content-Type: application/json' -d '{"schema":"tick","version":1}'
Logs: /a-[b]-folder/logs
Stop it:
  python -m local stop
"""


def test_a_finished_day_says_what_to_do_next() -> None:
    """The page, the same day kept, and the replay are named as they are typed, in any window."""
    console, text = printer(40, coloured=True)
    print_next(console, DAY, Path("a-[b]-folder"))
    assert text.getvalue() == NEXT


def test_a_kept_stack_says_how_to_reach_it(tmp_path: Path) -> None:
    """Each address, name and folder is in the command that needs it, unbroken and uncoloured."""
    set_clock(tmp_path / "clock.json", NOON)
    hosts = {
        "BIGQUERY_EMULATOR_HOST": "http://bigquery",
        "STORAGE_EMULATOR_HOST": "http://storage",
        "PUBSUB_EMULATOR_HOST": "http://pubsub",
        "NBA_CLOCK_FILE": str(tmp_path / "clock.json"),
    }
    console, text = printer(40, coloured=True)
    print_kept(console, {**WHERE, "environment": hosts})
    assert text.getvalue() == KEPT
