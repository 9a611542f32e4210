"""The fifth draw: mistakes drawn on 26 November 2026 that no test near the code noticed.

Each is noticed now.
"""

from tools.mistake import Mistake

DRAWN_FIFTH = (
    Mistake(
        "drawn: one dead letter alerts nobody",
        "config/alerts.yaml",
        "comparison: COMPARISON_GT\n    threshold: 0\n",
        "comparison: COMPARISON_GT\n    threshold: 1\n",
        ("tests/alerts/test_alerts.py",),
    ),
    Mistake(
        "drawn: the slot of 06:00 is not due for an hour",
        "config/views/freshness.sql",
        "EXTRACT(HOUR FROM a_while_ago AT TIME ZONE 'America/New_York') >= 6,",
        "EXTRACT(HOUR FROM a_while_ago AT TIME ZONE 'America/New_York') > 6,",
        ("tests/views/test_freshness.py",),
    ),
    Mistake(
        "drawn: the oldest date that catch-up still collects is not named as lacking",
        "common/look/coverage.py",
        "for back in range(1, days_back(place) + 1))",
        "for back in range(1, days_back(place)))",
        ("tests/common/look/test_coverage.py",),
    ),
    Mistake(
        "drawn: a browser refuses to send the form that asks for a date",
        "common/pages/render.py",
        "form-action 'self'\"",
        "form-action 'none'\"",
        ("tests/common/pages/test_day.py",),
    ),
    Mistake(
        "drawn: a decision is judged again without the scrapers that go by NBA.com's ids",
        "common/review/stored_inputs.py",
        "        by_nba_id=by_nba_id,\n        pauses=",
        "        pauses=",
        ("tests/common/review/test_stored_inputs.py",),
    ),
    Mistake(
        "drawn: a later notice overtakes one that could not be sent",
        "common/incidents/tell.py",
        "            _log_failure(road, error)\n            break\n",
        "            _log_failure(road, error)\n            continue\n",
        ("tests/common/incidents/test_tell.py",),
    ),
    Mistake(
        "drawn: a back-fill of as many dates as are allowed is refused",
        "local/operate/backfill.py",
        "if not 1 <= days <= DAYS_MAX:",
        "if not 1 <= days < DAYS_MAX:",
        ("tests/local/operate/test_backfill.py",),
    ),
    Mistake(
        "drawn: a back-fill without an answer ends as if it were done",
        "local/commands/operate/backfill.py",
        "if filled.lacking or filled.waiting:",
        "if filled.lacking:",
        ("tests/local/commands/operate/test_backfill.py",),
    ),
    Mistake(
        "drawn: an alternative that found that there is nothing makes nothing good",
        "common/executions/alternatives.py",
        'if r.outcome in ("SUCCESS", "NO_DATA")}',
        'if r.outcome == "SUCCESS"}',
        ("tests/common/executions/test_alternatives.py",),
    ),
    Mistake(
        "drawn: a throttled request that counts as a success breaks no rule",
        "local/simulator/invariants.py",
        "REFUSED = (401, 403, 429)",
        "REFUSED = (401, 403)",
        ("tests/local/simulator/test_invariants.py",),
    ),
)
