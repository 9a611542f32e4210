"""Mistakes in what operators see and run, of 26 November 2026, that no test near the code noticed.

Each stands for a kind, and is noticed now.
"""

from tools.mistake import Mistake

OPERATE, COMMANDS, PAGES = "tests/local/operate", "tests/local/commands", "tests/common/pages"
PASSED = (f"{COMMANDS}/test_passed_on.py",)
VARIABLES = ("tests/terraform/test_variables.py",)

DRAWN_SHOWN = (
    Mistake(
        "drawn: a whole night of the playoffs is asked for as regular season",
        "local/operate/asking.py",
        "named = (self.game, *self.games)",
        "named = (self.game,)",
        (f"{OPERATE}/test_asking.py",),
    ),
    Mistake(
        "drawn: the wait for a row includes that for all before it",
        "local/operate/asking.py",
        "pauses, waited = looks(), 0.0",
        "pauses = looks()",
        (f"{OPERATE}/test_asking.py",),
    ),
    Mistake(
        "drawn: what has no data is found, and no alternative is asked",
        "local/operate/backfill.py",
        '["outcome"] != "SUCCESS"]',
        '["outcome"] not in ("SUCCESS", "NO_DATA")]',
        (f"{OPERATE}/test_backfill.py",),
    ),
    Mistake(
        "drawn: a letter is gone before its original was sent",
        "local/operate/subscription.py",
        "self._publisher.publish(again.topic, again.body, again.attributes)\n",
        "self.drop(lease, letter)\n"
        "            self._publisher.publish(again.topic, again.body, again.attributes)\n",
        (f"{OPERATE}/test_subscription.py",),
    ),
    Mistake(
        "drawn: a window's slot is that of the day before while it opens",
        "local/operate/force.py",
        "opened if opened <= now else",
        "opened if opened < now else",
        (f"{OPERATE}/test_force.py",),
    ),
    Mistake(
        "drawn: a full disk is a trace in place of a line",
        "local/commands/cli.py",
        "except (OrchestrationError, OSError) as error:",
        "except OrchestrationError as error:",
        (f"{COMMANDS}/test_cli.py",),
    ),
    Mistake(
        "drawn: an expired login is no missing login",
        "local/commands/operate/schedule.py",
        "except (DefaultCredentialsError, RefreshError) as error:",
        "except DefaultCredentialsError as error:",
        (f"{COMMANDS}/operate/test_schedule.py",),
    ),
    Mistake(
        "drawn: a script reads a note of back-fill among its JSON",
        "local/commands/operate/backfill.py",
        'click.echo(f"no answer yet: {question.said}", err=as_json)',
        'click.echo(f"no answer yet: {question.said}")',
        (f"{COMMANDS}/operate/test_backfill.py",),
    ),
    Mistake(
        "drawn: a stack that is up catches up from the UTC date",
        "local/commands/stack/up.py",
        "eastern_date(instant) - timedelta(days=1)",
        "instant.date() - timedelta(days=1)",
        PASSED,
    ),
    Mistake(
        "drawn: a search of random weeks from a later seed on ends early",
        "local/commands/develop/soak.py",
        "range(from_seed, from_seed + seeds)",
        "range(from_seed, seeds)",
        PASSED,
    ),
    Mistake(
        "drawn: a silent controller is well",
        "common/pages/health.py",
        "not (self.lacking or self.blind or self.failing or silent or is_open)",
        "not (self.lacking or self.blind or self.failing or is_open)",
        (f"{PAGES}/test_health.py",),
    ),
    Mistake(
        "drawn: a season ends as the present does, without the last day",
        "common/pages/season.py",
        "min(now, end) + timedelta(days=1)",
        "min(now, end)",
        (f"{PAGES}/test_season.py",),
    ),
    Mistake(
        "drawn: the plan of a day is that of the morning after, too",
        "common/pages/day.py",
        "noon = start + timedelta(hours=12)",
        "noon = start + timedelta(hours=24)",
        (f"{PAGES}/test_day.py",),
    ),
    Mistake(
        "drawn: another reason for the same action is no change",
        "common/pages/decision.py",
        'return (again.action, again.reason_code) != (self.row["action"], self.row["reason_code"])',
        'return again.action != self.row["action"]',
        (f"{PAGES}/test_decision.py",),
    ),
    Mistake(
        "drawn: a mark that turns the direction of a text is not shown",
        "common/pages/render.py",
        r"\u2028-\u202e\u2060",
        r"\u2028-\u202d\u2060",
        (f"{PAGES}/test_render.py",),
    ),
    Mistake(
        "drawn: what was never there is not due",
        "config/views/freshness.sql",
        "COALESCE(last_success < last_asked, TRUE)",
        "COALESCE(last_success < last_asked, FALSE)",
        ("tests/views/test_freshness.py",),
    ),
    Mistake(
        "drawn: a run without an end never ended",
        "config/views/incidents.sql",
        "COALESCE(finished_at, execution_time) AS ended_at",
        "finished_at AS ended_at",
        ("tests/views/test_incidents.py",),
    ),
    Mistake(
        "drawn: what comes at the last second is late",
        "config/views/game_coverage.sql",
        "firsts.triggered_at <= due.due_at",
        "firsts.triggered_at < due.due_at",
        ("tests/views/test_game_coverage.py",),
    ),
    Mistake(
        "drawn: the longest name of a project is refused",
        "terraform/variables.tf",
        "^[a-z][a-z0-9-]{4,28}[a-z0-9]$",
        "^[a-z][a-z0-9-]{4,27}[a-z0-9]$",
        VARIABLES,
    ),
    Mistake(
        "drawn: a proxy may have a path, which is lost",
        "terraform/variables.tf",
        'given.proxy == null || can(regex("^https?://[^[:space:]/]+/?$", given.proxy))',
        'given.proxy == null || can(regex("^https?://[^[:space:]/]+/?", given.proxy))',
        VARIABLES,
    ),
    Mistake(
        "drawn: make searches with the seeds of nobody",
        "Makefile",
        "soak --schedule $(SCHEDULE) --seeds $(SEEDS)",
        "soak --schedule $(SCHEDULE)",
        (f"{COMMANDS}/test_make.py",),
    ),
)
