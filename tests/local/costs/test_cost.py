"""The cost table is computed from what was counted and from the price list, and is current."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from common.cloud.tables import NAMES
from common.errors import BadInputError, ConfigError
from common.settings import ROOT
from local.commands.cli import main
from local.costs.cost import (
    COUNTS,
    DAYS,
    HIGH_LOAD_FACTOR,
    MONTHS,
    PAGE,
    Counts,
    dollars,
    load_counts,
    quantities,
    query_bytes,
    recount,
    render,
    save_counts,
    seconds_of,
    total,
)
from local.costs.metered import count
from local.costs.prices import PRICES, Prices, load_prices
from local.costs.usage import Usage
from local.costs.watching import ALERTS, DASHBOARDS, VIEWS, Watching, watching
from local.simulator.world import ROUTES
from tests.local.commands.command_line import assert_one_line, run

SCHEDULE = ROOT.parent / "shared" / "data" / "schedule-2024-25.json"
needs_schedule = pytest.mark.skipif(not SCHEDULE.exists(), reason=f"{SCHEDULE} is not here")
AGAIN = "count anew: python -m local cost --count ../shared/data/schedule-2024-25.json --write"
CLOSE = 0.05
FIXED = {"jobs", "secrets", "images", "conditions"}


def test_the_page_is_current(prices: Prices) -> None:
    """docs/cost.md is what the counts and the prices beside it give."""
    assert render(load_counts(), prices) == PAGE.read_text(), "run: python -m local cost --write"


def test_what_is_watched_is_current() -> None:
    """Every alert condition and every panel of this checkout is on the bill."""
    assert watching() == load_counts().watching, AGAIN


@needs_schedule
def test_the_counts_of_the_off_season_are_current() -> None:
    """The ticks of a month without games still ask what was counted, within 5 %."""
    month = "off-season month"
    assert not differences(load_counts().months[month], count(SCHEDULE, MONTHS[month], DAYS)), AGAIN


@needs_schedule
@pytest.mark.soak
def test_the_counts_of_both_months_are_current() -> None:
    """As above, the month with games included."""
    now, held = recount(SCHEDULE), load_counts()
    for month, usage in held.months.items():
        assert not differences(usage, now.months[month]), AGAIN


def differences(held: Usage, now: Usage) -> dict[str, tuple[int, int]]:
    """Amounts and calls that are further apart than 5 %."""
    pairs = {name: (held.amounts[name], now.amounts[name]) for name in held.amounts | now.amounts}
    for name in held.functions.keys() | now.functions.keys():
        calls = (each.functions.get(name, Counter())["calls"] for each in (held, now))
        pairs[name] = next(calls), next(calls)
    return {name: (a, b) for name, (a, b) in pairs.items() if abs(a - b) > CLOSE * max(a, b)}


def test_a_quantity_is_in_the_unit_of_its_price(counts: Counts, prices: Prices) -> None:
    """Computed by hand for a month of round numbers."""
    taken = quantities(counts, "month", prices)
    assert set(taken) == set(prices.prices)
    assert taken["messages"] == 1
    assert taken["class_a"] == 7
    assert taken["class_b"] == 1
    assert taken["calls"] == 100 / 1e6
    assert taken["secret_reads"] == 10 / 1e4
    sizes = prices.assumed.object_bytes["nbac_play_by_play"] * 2 + 500
    assert taken["objects"] == (prices.assumed.months_kept * sizes + 2**20) / 2**30
    assert {key: taken[key] for key in FIXED - {"images"}} == {
        "jobs": 4,
        "secrets": 1,
        "conditions": 3,
    }


def test_seconds_add_up_computing_starting_and_waiting(counts: Counts, prices: Prices) -> None:
    """A third of a processor computes three times as long."""
    own, assumed = prices.measured["scraper_runner"], prices.assumed
    asked = counts.months["month"].functions["scraper_runner"]
    computing = (90 * own.warm + 10 * own.cold) / assumed.vcpu
    waiting = 200 * prices.seconds("storage") + 50 * prices.seconds("source")
    starting = 10 * prices.seconds("start") + 100 * assumed.rounding
    expected = pytest.approx(computing + waiting + starting)
    assert seconds_of("scraper_runner", asked, prices) == expected


def test_a_query_is_billed_ten_mib_a_table(counts: Counts, prices: Prices) -> None:
    """Those of the functions grow with the load; those of the watching do not."""
    looks = 5 * prices.assumed.page_loads["overview"] + 2 * prices.assumed.page_loads_otherwise
    expected = {"functions": 300, "alerts": 10 * 30, "dashboards": looks * 30}
    for load in (1, HIGH_LOAD_FACTOR):
        read = query_bytes(counts, "month", prices, load)
        tables = {who: number // (10 * 2**20) for who, number in read.items()}
        assert tables == {**expected, "functions": load * 300}


def test_ten_times_the_load_is_ten_times_what_was_counted(counts: Counts, prices: Prices) -> None:
    """But for what is there anyway."""
    one, ten = (quantities(counts, "month", prices, load) for load in (1, HIGH_LOAD_FACTOR))
    for key in one.keys() - {"queries"}:
        assert ten[key] == pytest.approx(one[key] * (1 if key in FIXED else HIGH_LOAD_FACTOR)), key
    assert one["queries"] < ten["queries"] < HIGH_LOAD_FACTOR * one["queries"]


def test_what_is_free_is_taken_off_and_never_paid_out(prices: Prices) -> None:
    """With and without the free tier."""
    assert dollars("jobs", 4, prices, free=False) == pytest.approx(0.40)
    assert dollars("jobs", 4, prices, free=True) == pytest.approx(0.10)
    assert dollars("jobs", 2, prices, free=True) == 0
    taken = {"jobs": 4.0, "conditions": 2.0}
    assert total(taken, prices, free=False, alerting=False) == pytest.approx(0.40)
    assert total(taken, prices, free=False, alerting=True) == pytest.approx(3.40)


def test_every_price_names_its_page_and_its_day(prices: Prices) -> None:
    """And why it is not sure where it is not; every function has been measured."""
    for key, price in (*prices.prices.items(), ("airflow", prices.airflow)):
        assert price.source.startswith("https://"), key
        assert price.taken >= date(2026, 11, 23), key
        assert price.confirmed or price.note, key
    assert set(prices.measured) == set(ROUTES)


def test_a_price_list_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """With file and field."""
    wrong = tmp_path / "prices.yaml"
    wrong.write_text(PRICES.read_text().replace("price: 0.000024", "price: cheap"))
    with pytest.raises(ConfigError, match=r"prices\.yaml: prices\.cpu\.price: .*'cheap'"):
        load_prices(wrong)
    for text in ("{", "", "7"):
        wrong.write_text(text)
        with pytest.raises(ConfigError, match=r"(?s)/prices\.yaml: .*; see config/prices\.yaml$"):
            load_prices(wrong)
        with pytest.raises(ConfigError, match=r"(?s)^/.*; see config/prices\.yaml$"):
            load_prices(PRICES, wrong)
    with pytest.raises(ConfigError, match=r"none\.yaml: .*No such file"):
        load_prices(tmp_path / "none.yaml")


def test_counts_are_kept_as_they_were(tmp_path: Path, counts: Counts) -> None:
    """Through the file; without one the command to count is named."""
    save_counts(counts, tmp_path / "counts.json")
    assert load_counts(tmp_path / "counts.json") == counts
    missing = tmp_path / "none.json"
    with pytest.raises(BadInputError) as refused:
        load_counts(missing)
    why = "No such file or directory; count first, with --count FILE"
    assert str(refused.value) == f"{missing}: {why}"
    save_counts(load_counts(), tmp_path / "again.json")
    assert (tmp_path / "again.json").read_text() == COUNTS.read_text()


def test_what_is_watched_is_read_from_alerts_and_dashboards(tmp_path: Path) -> None:
    """Tables of the watchdog's day, and of each look at a page and its variables, no comments."""
    alerts, pages = tmp_path / "alerts.yaml", tmp_path / "pages"
    pages.mkdir()
    alerts.write_text(
        "policies: {incidents: {}, lines: {}}\nwatchdog: {every: every 2 hours}\n"
        "logs: [{}]\nmetrics: [{}, {}, {}]\n"
    )
    join = "SELECT 1 FROM x.workflow_decisions JOIN x.workflow_executions"
    (tmp_path / "watchdog.sql").write_text(f"-- not x.cleanup_operations\n{join}")
    panels = [
        {"targets": [{"rawSql": join}, {"rawSql": "SELECT 1 FROM x.workflow_decisions_old"}]},
        {"targets": [{"rawSql": None}]},
    ]
    chosen = {"query": {"rawSql": "SELECT workflow_name FROM x.workflow_decisions"}}
    (pages / "plan.json").write_text(json.dumps({"panels": panels, "templating": [chosen]}))
    assert watching(alerts, pages) == Watching(2 * 12, 5, {"plan": 3})


def test_a_view_counts_as_the_tables_that_it_reads(tmp_path: Path) -> None:
    """Each once, also where the query names one of them as well."""
    pages = tmp_path / "pages"
    pages.mkdir()
    sql = "SELECT 1 FROM `x.y.freshness` CROSS JOIN `x.y.workflow_decisions` -- x.incidents"
    (pages / "plan.json").write_text(json.dumps({"targets": [{"rawSql": sql}]}))
    read = [name for name in NAMES if name in (VIEWS / "freshness.sql").read_text()]
    assert len(read) == 3
    assert watching(dashboards=pages).page_tables == {"plan": 3}


def test_an_alert_that_runs_by_another_rule_is_refused(tmp_path: Path) -> None:
    """The words are BigQuery's; two forms of them are counted here."""
    alerts = tmp_path / "alerts.yaml"
    alerts.write_text("policies: {}\nwatchdog: {every: first sunday}\nmetrics: []\n")
    (tmp_path / "watchdog.sql").write_text("SELECT 1")
    with pytest.raises(BadInputError, match="'first sunday'"):
        watching(alerts, tmp_path)


def test_this_checkout_watches_something() -> None:
    """Its alerts and dashboards are found where they are looked for."""
    found = watching()
    assert ALERTS.exists()
    assert found.alert_tables_a_day > 0
    assert found.page_tables["overview"] > 0


def test_the_overview_reloads_as_often_as_is_assumed(prices: Prices) -> None:
    """Somebody who has it open for eight hours loads it so many times."""
    page = json.loads((DASHBOARDS / "overview.json").read_text())
    minutes = int(page["refresh"].removesuffix("m"))
    assert prices.assumed.page_loads["overview"] == 8 * 60 / minutes


def test_the_command_prints_the_page(prices: Prices) -> None:
    """Without --write nothing is written."""
    before = PAGE.read_text(), COUNTS.read_text()
    printed = CliRunner().invoke(main, ["cost"])
    assert printed.exit_code == 0
    assert printed.output == render(load_counts(), prices)
    assert (PAGE.read_text(), COUNTS.read_text()) == before


def test_a_schedule_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    """With exit status 2; nothing is counted."""
    before = COUNTS.read_text()
    assert_one_line(run("cost", "--count", str(tmp_path / "none.json")), "give another file")
    assert COUNTS.read_text() == before


def test_both_months_of_the_schedule_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each month is counted from its first day on, and stands under its own name."""
    monkeypatch.setattr("local.costs.metered.count", lambda *asked: asked)
    file = tmp_path / "season.json"
    found = recount(file)
    assert found.months == {
        "game month": (file, date(2025, 1, 1), 31),
        "off-season month": (file, date(2025, 8, 1), 31),
    }
    assert (found.jobs, found.watching) == (load_counts().jobs, watching())
