"""Every alert query on an emulated BigQuery: an incident from its threshold on, else no row."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from common.eastern import at
from common.errors import BadInputError
from common.settings import ROOT
from local.stack.bigquery import BigQueryServer
from tests.alerts.days import (
    DATASET,
    DAY,
    NOW,
    PROJECT,
    Rows,
    ask,
    at_instant,
    lived,
    load,
    postponed,
)
from tests.alerts.incident_rows import CASES, Case, rows
from tests.alerts.policies import ALERTS, incidents_sql
from tests.kit.seasons import season_of, write_season

pytestmark = pytest.mark.stack
FOLDER = ROOT / "config" / "alerts"
QUERIES = sorted(FOLDER.glob("*.sql"))
SUMMER = date(2032, 7, 20)
CLOCKS = ("00:20", "05:35", "06:05", "08:05", "15:50", "23:10")


@pytest.fixture(scope="module")
def troubled(server: BigQueryServer) -> BigQueryServer:
    """The server with the dataset `troubled`, which contains every incident."""
    load(server, "troubled", rows())
    return server


@pytest.fixture(scope="module")
def summer(server: BigQueryServer, tmp_path_factory: pytest.TempPathFactory) -> BigQueryServer:
    """The server with the dataset `summer`: two days weeks after the last game."""
    season = season_of({SUMMER - timedelta(days=30): ["19:00"]})
    file = write_season(tmp_path_factory.mktemp("summer") / "schedule.json", season)
    load(server, "summer", lived(file, SUMMER - timedelta(days=1)))
    return server


def instants(day: date) -> Iterator[datetime]:
    """List the moments of a day shortly before and after something is due."""
    for clock in CLOCKS:
        yield at(day, time.fromisoformat(clock)).astimezone(UTC)


def name(case: Case) -> str:
    """Name a case for the test's id."""
    return f"{case.query} {case.why}"


def test_the_healthy_days_left_rows_in_every_table(healthy: Rows) -> None:
    """A query that finds no incident among them has looked at something."""
    assert [name for name, held in healthy.items() if not held] == []


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_a_healthy_day_is_quiet(server: BigQueryServer, query: Path) -> None:
    """No query finds an incident at any time of the replayed game day."""
    for now in instants(DAY):
        assert ask(server, "healthy", at_instant(query.read_text(), now)) == [], now


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_off_season_is_quiet(summer: BigQueryServer, query: Path) -> None:
    """No query finds an incident on a day without games, plan or runs."""
    for now in instants(SUMMER):
        assert ask(summer, "summer", at_instant(query.read_text(), now)) == [], now


@pytest.mark.parametrize(("tips", "planned"), [(["13:00", "14:30"], False), (["22:30"], True)])
def test_the_day_after_the_last_game_is_quiet(
    server: BigQueryServer, tmp_path: Path, tips: list[str], *, planned: bool
) -> None:
    """A break begins with an empty plan, or with a plan for a late game; neither is an incident."""
    schedule = write_season(tmp_path / "schedule.json", season_of({SUMMER: tips}))
    dataset = f"break_{planned}"
    load(server, dataset, lived(schedule, SUMMER))
    after = SUMMER + timedelta(days=1)
    plan = f"SELECT * FROM `{PROJECT}.{DATASET}.daily_expected_schedule` WHERE date = '{after}'"
    assert bool(ask(server, dataset, plan)) is planned
    sql = (FOLDER / "no-plan.sql").read_text()
    for now in instants(after):
        assert ask(server, dataset, at_instant(sql, now)) == [], now


def test_the_day_after_a_postponed_game_is_quiet(server: BigQueryServer) -> None:
    """No post-game run asks for its box score, and yet nothing is left to collect."""
    held = postponed(season_of({SUMMER: ["19:00"]}), SUMMER)
    assert any(row["action"] == "RUN" and row["game_ids"] for row in held["workflow_decisions"])
    load(server, "postponed", held)
    sql = (FOLDER / "no-plan.sql").read_text()
    for now in instants(SUMMER + timedelta(days=1)):
        assert ask(server, "postponed", at_instant(sql, now)) == [], now


def test_a_late_game_without_a_plan_is_reported_before_the_first_tick(
    server: BigQueryServer, tmp_path: Path
) -> None:
    """The last decision about yesterday's games still contains the game."""
    schedule = write_season(tmp_path / "schedule.json", season_of({SUMMER: ["22:30"]}))
    load(server, "unplanned", {**lived(schedule, SUMMER), "daily_expected_schedule": []})
    now = at(SUMMER + timedelta(days=1), time(5, 35)).astimezone(UTC)
    sql = (FOLDER / "no-plan.sql").read_text()
    ((_, detail),) = ask(server, "unplanned", at_instant(sql, now))
    assert detail.endswith("1 game(s) of yesterday are left to collect")


@pytest.mark.parametrize("case", CASES, ids=name)
def test_an_incident_is_reported_in_its_time(troubled: BigQueryServer, case: Case) -> None:
    """The query answers it from its threshold on, with a detail, and not before."""
    sql = (FOLDER / f"{case.query}.sql").read_text()
    found = sorted(ask(troubled, "troubled", at_instant(sql, case.now)))
    assert len(found) == len(case.incidents)
    for (incident, detail), wanted in zip(found, case.incidents, strict=True):
        assert incident.startswith(wanted)
        assert detail


def test_every_query_has_an_incident_and_a_quiet_case() -> None:
    """Each query is seen to report and to stay quiet."""
    loud = {case.query for case in CASES if case.incidents}
    quiet = {case.query for case in CASES if not case.incidents}
    assert loud == quiet == {query.stem for query in QUERIES}


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_a_query_is_bound_to_one_instant(query: Path) -> None:
    """It names the present in one way only, and bounds each partition column that it reads."""
    sql = query.read_text()
    assert NOW in sql
    assert "CURRENT_DATE" not in sql
    assert sql.count("FROM `") == sum(
        sql.count(f"WHERE {column} ")
        for column in ("date", "decision_time", "cleanup_time", "triggered_at", "execution_time")
    )


def test_all_rules_are_one_query_that_fails_with_their_incidents(
    troubled: BigQueryServer,
) -> None:
    """It names the rules first, then the incidents; without any it answers `quiet`."""
    loud = at_instant(incidents_sql(), datetime(2032, 1, 15, 17, 20, tzinfo=UTC))
    with pytest.raises(BadInputError) as raised:
        ask(troubled, "troubled", loud)
    message = str(raised.value)
    extractor = ALERTS.policies.incidents.labels["rules"]
    pattern = re.fullmatch(r'REGEXP_EXTRACT\(jsonPayload\.message, "(.*)"\)', extractor)
    assert pattern is not None
    found = re.search(pattern.group(1), message)
    assert found is not None
    assert "missing-files" in found.group(1).split(", ")
    assert "missing-files storm: 6 of 40" in message
    for part in found.group(1).split(", "):
        assert any(part == query.stem for query in QUERIES)


def test_all_rules_together_are_quiet_on_a_healthy_day(server: BigQueryServer) -> None:
    """The query that is deployed answers `quiet` where no rule finds an incident."""
    now = at(DAY, time(15, 50)).astimezone(UTC)
    assert ask(server, "healthy", at_instant(incidents_sql(), now)) == [("quiet",)]


def test_an_incident_without_a_text_is_reported_all_the_same(troubled: BigQueryServer) -> None:
    """A NULL would make the whole error NULL, which looks like a broken query."""
    bare = "SELECT CAST(NULL AS STRING) AS incident, CAST(NULL AS STRING) AS detail\n"
    with pytest.raises(BadInputError, match=r"ALERT abort: \?: \?"):
        ask(troubled, "troubled", incidents_sql({"abort": bare}))
