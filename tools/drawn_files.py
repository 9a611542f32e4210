"""Mistakes of 26 November 2026 in views, alerts and the Makefile that lived.

Each is noticed now by a test near it; those of the views need an emulator.
"""

from tools.mistake import Mistake

DRAWN_FILES = (
    Mistake(
        "drawn: ten times the load keeps as much state",
        "local/costs/cost.py",
        'load * amounts["state_bytes"]',
        'amounts["state_bytes"]',
        ("tests/local/costs/test_cost.py",),
    ),
    Mistake(
        "drawn: only a critical line of a job is an alert",
        "config/alerts.yaml",
        '"^(OUR_JOBS)$" AND severity>=ERROR',
        '"^(OUR_JOBS)$" AND severity>=CRITICAL',
        ("tests/alerts/test_log_filters.py",),
    ),
    Mistake(
        "drawn: a run has the slot of its execution",
        "config/views/run_flow.sql",
        "    d.slot,",
        "    e.slot,",
        ("tests/views/test_run_flow.py",),
    ),
    Mistake(
        "drawn: an outcome is a status",
        "config/views/run_flow.sql",
        "e.outcome AS",
        "e.status AS",
        ("tests/views/test_run_flow.py",),
    ),
    Mistake(
        "drawn: late data is waited for for two days",
        "config/views/incidents.sql",
        "'late-data', 72, 168",
        "'late-data', 48, 168",
        ("tests/views/test_spans.py",),
    ),
    Mistake(
        "drawn: a run has begun with its last scrape",
        "config/views/incidents.sql",
        "MIN(logged_at) AS begun_at",
        "MAX(logged_at) AS begun_at",
        ("tests/views/test_incidents.py",),
    ),
    Mistake(
        "drawn: an item is given up again with each sweep",
        "config/views/incidents.sql",
        "MIN(cleanup_time) AS given_up_at",
        "MAX(cleanup_time) AS given_up_at",
        ("tests/views/test_incidents.py",),
    ),
    Mistake(
        "drawn: a scraper was never decided",
        "config/views/freshness.sql",
        "last_asked, last_asked, NULL",
        "last_asked, NULL, NULL",
        ("tests/views/test_freshness.py",),
    ),
    Mistake(
        "drawn: an upload is a scraper",
        "config/views/freshness.sql",
        "\n    AND outcome != 'UPLOADED'",
        "",
        ("tests/views/test_freshness.py",),
    ),
    Mistake(
        "drawn: a Python without ensurepip is taken",
        "Makefile",
        "'import ensurepip, venv'",
        "'import venv'",
        ("tests/local/commands/test_make.py",),
    ),
    Mistake(
        "drawn: an environment is made over the old one",
        "Makefile",
        "-m venv --clear $(VENV)",
        "-m venv $(VENV)",
        ("tests/local/commands/test_make.py",),
    ),
    Mistake(
        "drawn: the tests are spread without their groups",
        "Makefile",
        "-n 2 --dist loadgroup",
        "-n 2",
        ("tests/local/commands/test_make.py",),
    ),
    Mistake(
        "drawn: make test runs without checkov",
        "Makefile",
        "test: setup $(CHECKOV)/installed",
        "test: setup",
        ("tests/local/commands/test_make.py",),
    ),
    Mistake(
        "drawn: a newer pin of checkov changes nothing",
        "Makefile",
        "requirements-checkov.txt $(VENV)/installed",
        "$(VENV)/installed",
        ("tests/local/commands/test_make.py",),
    ),
    Mistake(
        "drawn: pins are of sources, not of wheels",
        "Makefile",
        "--only-binary :all:",
        "--no-binary :all:",
        ("tests/local/commands/test_make.py",),
    ),
    Mistake(
        "drawn: a step of the pins that fails is passed over",
        "Makefile",
        "@set -e; folder",
        "@folder",
        ("tests/local/commands/test_make.py",),
    ),
    Mistake(
        "drawn: a log row is known again by its task",
        "config/tables/scraper_execution_log.json",
        '"id_column": "execution_id"',
        '"id_column": "task_id"',
        ("tests/common/cloud/test_tables.py",),
    ),
    Mistake(
        "seventh: what was given up ends as an incident with its first row",
        "config/views/incidents.sql",
        "MIN(back.back_at) AS ends",
        "MAX(back.back_at) AS ends",
        ("tests/views/test_incidents.py",),
    ),
    Mistake(
        "seventh: the newest scrapes stand first",
        "dashboards/source/scrapers.yaml",
        "ORDER BY triggered_at DESC\n      LIMIT 500",
        "ORDER BY triggered_at\n      LIMIT 500",
        ("tests/dashboards/test_panels.py",),
    ),
)
