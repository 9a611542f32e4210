"""Every alert query on an emulated BigQuery: loud from its threshold on, and quiet otherwise."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from common.eastern import at
from common.errors import BadInputError
from common.settings import ROOT
from local.stack.bigquery import BigQueryServer
from tests.alerts.days import DATASET, DAY, NOW, PROJECT, ask, at_instant, lived, load, postponed
from tests.alerts.faults import CASES, Case, rows
from tests.kit.seasons import season_of, write_season

pytestmark = pytest.mark.stack
FOLDER = ROOT / "config" / "alerts"
QUERIES = sorted(FOLDER.glob("*.sql"))
SUMMER = date(2032, 7, 20)
CLOCKS = ("00:20", "05:35", "06:05", "08:05", "15:50", "23:10")


@pytest.fixture(scope="module")
def faulty(server: BigQueryServer) -> BigQueryServer:
    """The server with all faults in a dataset."""
    load(server, "faulty", rows())
    return server


@pytest.fixture(scope="module")
def summer(server: BigQueryServer, tmp_path_factory: pytest.TempPathFactory) -> BigQueryServer:
    """The server with two days weeks after the last game."""
    season = season_of({SUMMER - timedelta(days=30): ["19:00"]})
    file = write_season(tmp_path_factory.mktemp("summer") / "schedule.json", season)
    load(server, "summer", lived(file, SUMMER - timedelta(days=1)))
    return server


def instants(day: date) -> Iterator[datetime]:
    """Moments of a day at which something is or was just due."""
    for clock in CLOCKS:
        yield at(day, time.fromisoformat(clock)).astimezone(UTC)


def name(case: Case) -> str:
    """A readable test id."""
    return f"{case.query} {case.why}"


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_a_healthy_day_is_quiet(server: BigQueryServer, query: Path) -> None:
    """No alert on the replayed game day, whenever it is looked at."""
    for now in instants(DAY):
        assert ask(server, "healthy", at_instant(query.read_text(), now)) == [], now


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_off_season_is_quiet(summer: BigQueryServer, query: Path) -> None:
    """No alert on a day without games, plan or runs."""
    for now in instants(SUMMER):
        assert ask(summer, "summer", at_instant(query.read_text(), now)) == [], now


@pytest.mark.parametrize(("tips", "planned"), [(["19:00", "20:30"], False), (["22:30"], True)])
def test_the_day_after_the_last_game_is_quiet(
    server: BigQueryServer, tmp_path: Path, tips: list[str], *, planned: bool
) -> None:
    """A break begins with an empty plan, unless a late game is left; neither is an alert."""
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
    """Its lines were asked for, and no post-game run: there is nothing to collect for all that."""
    held = postponed(season_of({SUMMER: ["19:00"]}), SUMMER)
    assert any(row["action"] == "RUN" and row["game_ids"] for row in held["workflow_decisions"])
    load(server, "postponed", held)
    sql = (FOLDER / "no-plan.sql").read_text()
    for now in instants(SUMMER + timedelta(days=1)):
        assert ask(server, "postponed", at_instant(sql, now)) == [], now


def test_a_late_game_and_no_plan_is_told_before_the_first_tick(
    server: BigQueryServer, tmp_path: Path
) -> None:
    """The last decision that looked at yesterday's games still saw it."""
    schedule = write_season(tmp_path / "schedule.json", season_of({SUMMER: ["22:30"]}))
    load(server, "unplanned", {**lived(schedule, SUMMER), "daily_expected_schedule": []})
    now = at(SUMMER + timedelta(days=1), time(5, 35)).astimezone(UTC)
    sql = (FOLDER / "no-plan.sql").read_text()
    ((_, detail),) = ask(server, "unplanned", at_instant(sql, now))
    assert detail.endswith("1 game(s) of yesterday are left to collect")


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_fault_is_told_in_its_time(faulty: BigQueryServer, case: Case) -> None:
    """The incident is there from its threshold on, with a detail, and not before."""
    sql = (FOLDER / f"{case.query}.sql").read_text()
    found = sorted(ask(faulty, "faulty", at_instant(sql, case.now)))
    assert len(found) == len(case.incidents)
    for (incident, detail), wanted in zip(found, case.incidents, strict=True):
        assert incident.startswith(wanted)
        assert detail


def test_every_query_has_a_fault_and_a_quiet_case() -> None:
    """No query is only ever seen silent, and none only ever loud."""
    loud = {case.query for case in CASES if case.incidents}
    quiet = {case.query for case in CASES if not case.incidents}
    assert loud == quiet == {query.stem for query in QUERIES}


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_a_query_is_bound_to_one_instant(query: Path) -> None:
    """It names the instant in one way only, and bounds every partition column by it."""
    sql = query.read_text()
    assert NOW in sql
    assert "CURRENT_DATE" not in sql
    assert sql.count("FROM `") == sum(
        sql.count(f"WHERE {column} ")
        for column in ("date", "decision_time", "cleanup_time", "triggered_at", "execution_time")
    )


def test_the_wrapped_query_fails_with_its_incidents(faulty: BigQueryServer) -> None:
    """The wrapper that Terraform makes: an error naming the incident, or a quiet row."""
    wrapper = wrapper_of((ROOT / "config" / "alerts.yaml").read_text(), "missing-files")
    sql = (FOLDER / "missing-files.sql").read_text()
    loud = wrapper.replace(
        "<the query>", at_instant(sql, datetime(2032, 1, 15, 17, 20, tzinfo=UTC))
    )
    with pytest.raises(BadInputError, match="ALERT missing-files: missing-files storm: 6 of 40"):
        ask(faulty, "faulty", loud)
    quiet = wrapper.replace("<the query>", at_instant(sql, datetime(2032, 1, 1, tzinfo=UTC)))
    assert ask(faulty, "faulty", quiet) == [("quiet",)]


def test_an_incident_that_lacks_a_text_is_told_all_the_same(faulty: BigQueryServer) -> None:
    """A NULL would make the whole error NULL, which reads as a query that is broken."""
    wrapper = wrapper_of((ROOT / "config" / "alerts.yaml").read_text(), "abort")
    bare = "SELECT CAST(NULL AS STRING) AS incident, CAST(NULL AS STRING) AS detail"
    with pytest.raises(BadInputError, match=r"ALERT abort: \?: \?"):
        ask(faulty, "faulty", wrapper.replace("<the query>", bare))


def wrapper_of(text: str, alert: str) -> str:
    """The wrapper as the head of alerts.yaml writes it."""
    lines = [line.removeprefix("#").strip() for line in text.splitlines() if line.startswith("#")]
    comment = "\n".join(lines)
    start = comment.index("SELECT IF(COUNT(*)")
    end = comment.index(")\n", comment.index("FROM ( <the query>")) + 1
    return comment[start:end].replace("<name>", alert).replace("<the query> )", "<the query>\n)")
