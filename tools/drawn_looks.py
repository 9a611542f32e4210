"""Mistakes drawn on 26 November 2026 in the rooms that look and tell.

No test near the code noticed them; each is noticed now.
"""

from tools.mistake import Mistake

RECORDS = "tests/local/records"
TRACES = "tests/local/traces"
INCIDENTS = "tests/common/incidents"

DRAWN_LOOKS = (
    Mistake(
        "drawn: a history has the runs that were decided after its instant",
        "local/records/rows.py",
        'since <= row["decision_time"] < before',
        'since <= row["decision_time"]',
        (f"{RECORDS}/test_rows.py",),
    ),
    Mistake(
        "drawn: times of an export of BigQuery are refused",
        "local/records/rows.py",
        'text.removesuffix(" UTC")',
        "text",
        (f"{RECORDS}/test_rows.py",),
    ),
    Mistake(
        "drawn: a run's scrapes of another game are taken to be the same",
        "local/records/compare.py",
        "f\"{row['scraper_name']} {row['game_id']}\"",
        "f\"{row['scraper_name']}\"",
        (f"{RECORDS}/test_compare.py",),
    ),
    Mistake(
        "drawn: a reserved word in backticks is called refused",
        "local/records/refusals.py",
        "not name.quoted and ",
        "",
        (f"{RECORDS}/test_refusals.py",),
    ),
    Mistake(
        "drawn: lines of the very tip-off count as lines before it",
        "local/records/coverage.py",
        "when < game.tipoff for",
        "when <= game.tipoff for",
        (f"{RECORDS}/test_coverage.py",),
    ),
    Mistake(
        "drawn: a statement without an answer is called refused",
        "local/records/sql.py",
        "except (RetryError, TimeoutError) as error:\n        raise TransientError",
        "except (RetryError, TimeoutError) as error:\n        raise BadInputError",
        (f"{RECORDS}/test_sql.py",),
    ),
    Mistake(
        "drawn: a failed run without a message ends in the lineage as complete",
        "local/traces/lineage.py",
        'row["error_message"] or row["outcome"] if row["status"] != "completed"',
        'row["error_message"] if row["status"] != "completed"',
        (f"{TRACES}/test_lineage.py",),
    ),
    Mistake(
        "drawn: a decision that was made ahead of its slot has a span that ends before it begins",
        "local/traces/spans.py",
        'min(row["slot"], row["decision_time"])',
        'row["slot"]',
        (f"{TRACES}/test_spans.py",),
    ),
    Mistake(
        "drawn: the rows of a run that went on for three days are left out of its trace",
        "local/traces/audit.py",
        "RUN_DAYS_MAX = 8",
        "RUN_DAYS_MAX = 2",
        (f"{TRACES}/test_audit.py",),
    ),
    Mistake(
        "drawn: a message shows UTC as Eastern time",
        "common/incidents/notice.py",
        "{eastern(instant):%Y",
        "{instant:%Y",
        (f"{INCIDENTS}/test_notice.py",),
    ),
    Mistake(
        "drawn: a webhook whose address is in a mounted secret is no road",
        "common/incidents/roads.py",
        "if settings.webhook or settings.webhook_file",
        "if settings.webhook",
        (f"{INCIDENTS}/test_roads.py",),
    ),
    Mistake(
        "drawn: a digest has what is over",
        "common/incidents/due.py",
        "if each.closed is None and each.name in lasting]",
        "if each.name in lasting]",
        (f"{INCIDENTS}/test_due.py",),
    ),
    Mistake(
        "drawn: in the evening no digest is due, for it is tomorrow by UTC",
        "common/incidents/due.py",
        "    today = eastern_date(now)\n",
        "    today = now.date()\n",
        (f"{INCIDENTS}/test_due.py",),
    ),
    Mistake(
        "drawn: what was asked for before a game's date is not known of it",
        "common/look/asof.py",
        "since=start - ASKED_BEFORE_MAX",
        "since=start",
        ("tests/common/look/test_edges.py",),
    ),
    Mistake(
        "drawn: one failed task is not counted",
        "common/look/runs.py",
        'if row["scrapers_failed"] else ""',
        'if row["scrapers_failed"] > 1 else ""',
        ("tests/common/look/test_edges.py",),
    ),
    Mistake(
        "drawn: a stale schedule is not among what would have led to another action",
        "common/review/flip.py",
        '        yield Change("the schedule", "had been fresh", replace(situation, stale=False))\n',
        "        pass\n",
        ("tests/common/review/test_flip.py",),
    ),
)
