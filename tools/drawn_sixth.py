"""The sixth draw: mistakes drawn on 26 November 2026 that no test near the code noticed.

Each is noticed now. That of a panel's condition is left out here: its JSON is written from its
source first, and `tests/dashboards/test_nights.py` notices it then.
"""

from tools.mistake import Mistake

DRAWN_SIXTH = (
    Mistake(
        "drawn: a message that is a text is taken for a push",
        "common/messages/envelope.py",
        'if isinstance(data.get("message"), dict):',
        'if "message" in data:',
        (
            "tests/common/messages/test_envelope.py",
            "tests/common/messages/test_envelope_refused.py",
        ),
    ),
    Mistake(
        "drawn: what is off where the reader looks was off in the deployment",
        "common/look/decided.py",
        "for name, flow in place.configured.items()}",
        "for name, flow in place.workflows.items()}",
        ("tests/common/look/test_decided.py",),
    ),
    Mistake(
        "drawn: a trouble was last seen when a part of it was over",
        "config/views/incidents.sql",
        "MAX(IF(detail IS NOT NULL, seen_at, NULL)) AS last_seen",
        "MAX(seen_at) AS last_seen",
        ("tests/views/test_incidents.py",),
    ),
    Mistake(
        "drawn: a view is made before the one that it reads",
        "terraform/views.tf",
        "depends_on = [google_bigquery_table.view]",
        "depends_on = [google_bigquery_table.table]",
        ("tests/terraform/test_deployed.py",),
    ),
    Mistake(
        "drawn: a letter does not say that it was cut",
        "local/operate/letters.py",
        '        "truncated": letter.truncated,\n',
        "",
        ("tests/local/operate/test_letters.py",),
    ),
    Mistake(
        "drawn: the replay center has referees before they are published",
        "local/fake_sources/nba/live.py",
        '"rows": _replay_rows(day) if rows else [],',
        '"rows": _replay_rows(day),',
        ("tests/local/fake_sources/test_answers.py",),
    ),
)
