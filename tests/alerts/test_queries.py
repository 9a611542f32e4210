"""Every alert query on an emulated BigQuery: an incident from its threshold on, else no row."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from common.cloud.tables import NAMES, table
from common.eastern import at
from common.errors import BadInputError
from common.settings import ROOT
from tests.alerts.days import (
    DATASET,
    DAY,
    PROJECT,
    Emulator,
    Rows,
    lived,
    postponed,
)
from tests.alerts.incident_rows import CASES, Case, rows
from tests.alerts.policies import ALERTS, incidents_sql
from tests.kit.seasons import season_of, write_season

pytestmark = pytest.mark.stack
FOLDER = ROOT / "config" / "alerts"
QUERIES = sorted(FOLDER.glob("*.sql"))
COVERAGE = ROOT / "config" / "views" / "game_coverage.sql"
SUMMER = date(2032, 7, 20)
CLOCKS = ("00:20", "05:35", "06:05", "08:05", "15:50", "23:10")


@pytest.fixture(scope="module")
def troubled(emulator: Emulator) -> Emulator:
    """The emulator with the dataset `troubled`, which contains every incident."""
    emulator.load("troubled", rows(), views=True)
    return emulator


@pytest.fixture(scope="module")
def summer(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Emulator:
    """The emulator with the dataset `summer`: two days weeks after the last game."""
    season = season_of({SUMMER - timedelta(days=30): ["19:00"]})
    file = write_season(tmp_path_factory.mktemp("summer") / "schedule.json", season)
    emulator.load("summer", lived(file, SUMMER - timedelta(days=1)), views=True)
    return emulator


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
def test_a_healthy_day_is_quiet(emulator: Emulator, query: Path) -> None:
    """No query finds an incident at any time of the replayed game day."""
    for now in instants(DAY):
        assert emulator.ask("healthy", query.read_text(), now) == [], now


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_off_season_is_quiet(summer: Emulator, query: Path) -> None:
    """No query finds an incident on a day without games, plan or runs."""
    for now in instants(SUMMER):
        assert summer.ask("summer", query.read_text(), now) == [], now


@pytest.mark.parametrize(("tips", "planned"), [(["13:00", "14:30"], False), (["22:30"], True)])
def test_the_day_after_the_last_game_is_quiet(
    emulator: Emulator, tmp_path: Path, tips: list[str], *, planned: bool
) -> None:
    """A break begins with an empty plan, or with a plan for a late game; neither is an incident."""
    schedule = write_season(tmp_path / "schedule.json", season_of({SUMMER: tips}))
    dataset = f"break_{planned}"
    emulator.load(dataset, lived(schedule, SUMMER))
    after = SUMMER + timedelta(days=1)
    plan = f"SELECT * FROM `{PROJECT}.{DATASET}.daily_expected_schedule` WHERE date = '{after}'"
    assert bool(emulator.ask(dataset, plan, at(after, time(6)))) is planned
    sql = (FOLDER / "no-plan.sql").read_text()
    for now in instants(after):
        assert emulator.ask(dataset, sql, now) == [], now


def test_the_day_after_a_postponed_game_is_quiet(emulator: Emulator) -> None:
    """No post-game run asks for its box score, and yet nothing is left to collect."""
    held = postponed(season_of({SUMMER: ["19:00"]}), SUMMER)
    assert any(row["action"] == "RUN" and row["game_ids"] for row in held["workflow_decisions"])
    emulator.load("postponed", held)
    sql = (FOLDER / "no-plan.sql").read_text()
    for now in instants(SUMMER + timedelta(days=1)):
        assert emulator.ask("postponed", sql, now) == [], now


def test_a_late_game_without_a_plan_is_reported_before_the_first_tick(
    emulator: Emulator, tmp_path: Path
) -> None:
    """The last decision about yesterday's games still contains the game."""
    schedule = write_season(tmp_path / "schedule.json", season_of({SUMMER: ["22:30"]}))
    emulator.load("unplanned", {**lived(schedule, SUMMER), "daily_expected_schedule": []})
    now = at(SUMMER + timedelta(days=1), time(5, 35)).astimezone(UTC)
    sql = (FOLDER / "no-plan.sql").read_text()
    ((_, detail),) = emulator.ask("unplanned", sql, now)
    assert detail.endswith("1 game(s) of yesterday are left to collect")


@pytest.mark.parametrize("case", CASES, ids=name)
def test_an_incident_is_reported_in_its_time(troubled: Emulator, case: Case) -> None:
    """The query answers it from its threshold on, with a detail, and not before."""
    sql = (FOLDER / f"{case.query}.sql").read_text()
    found = sorted(troubled.ask("troubled", sql, case.now))
    assert len(found) == len(case.incidents)
    for (incident, detail), wanted in zip(found, case.incidents, strict=True):
        assert incident.startswith(wanted)
        assert detail


def test_every_query_has_an_incident_and_a_quiet_case() -> None:
    """Each query is seen to report and to stay quiet."""
    loud = {case.query for case in CASES if case.incidents}
    quiet = {case.query for case in CASES if not case.incidents}
    assert loud == quiet == {query.stem for query in QUERIES}


@pytest.mark.parametrize("query", [*QUERIES, COVERAGE], ids=lambda path: path.stem)
def test_a_query_bounds_each_partition_column_that_it_reads(query: Path) -> None:
    """It reads days, not years; the view that a rule reads does as well."""
    sql = query.read_text()
    read = [name for name in re.findall(r"FROM `[\w.-]+\.(\w+)`", sql) if name in NAMES]
    assert len(read) == sum(sql.count(f"WHERE {table(name).partition_column} ") for name in NAMES)
    assert read or COVERAGE.stem in sql


def test_all_rules_are_one_query_that_fails_with_their_incidents(
    troubled: Emulator,
) -> None:
    """It names the rules first, then the incidents; without any it answers `quiet`."""
    now = datetime(2032, 1, 15, 17, 20, tzinfo=UTC)
    with pytest.raises(BadInputError) as raised:
        troubled.ask("troubled", incidents_sql(), now)
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


def test_all_rules_together_are_quiet_on_a_healthy_day(emulator: Emulator) -> None:
    """The query that is deployed answers `quiet` where no rule finds an incident."""
    now = at(DAY, time(15, 50)).astimezone(UTC)
    assert emulator.ask("healthy", incidents_sql(), now) == [("quiet",)]


def test_an_incident_without_a_text_is_reported_all_the_same(troubled: Emulator) -> None:
    """A NULL would make the whole error NULL, which looks like a broken query."""
    bare = "SELECT CAST(NULL AS STRING) AS incident, CAST(NULL AS STRING) AS detail\n"
    with pytest.raises(BadInputError, match=r"ALERT abort: \?: \?"):
        troubled.ask("troubled", incidents_sql({"abort": bare}), at(DAY, time(6)))
