"""Variables and links: what is chosen, what a click leads to, and that both find their rows."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from local.dashboards.columns import LINKS
from local.dashboards.source import sources
from tests.dashboards.conftest import END, KEPT, Grafana
from tests.dashboards.grafana import follow, variables_of

pytestmark = pytest.mark.stack
BY_UID = {one["uid"]: name for name, one in KEPT.items()}
CHOSEN = {"workflow": "workflow_name", "scraper": "scraper_name"}
PANELS = [(name, panel) for name, dashboard in sources() for panel in dashboard.panels]
TABLES = [
    pytest.param(name, panel.title, id=f"{name}: {panel.title}")
    for name, panel in PANELS
    if panel.kind == "table" and not panel.matrix
]
CHOOSABLE = [
    pytest.param(name, panel.title, variable, id=f"{name}: {panel.title} by {variable}")
    for name, panel in PANELS
    for variable in CHOSEN
    if f"${{{variable}:" in panel.sql
]


def clicked(
    name: str, title: str, column: str, value: str
) -> dict[str, tuple[str, dict[str, str]]]:
    """Follow the links of a cell: by their titles the dashboard's name, and its variables.

    A link that leaves Grafana has its whole address in place of a name.
    """
    (panel,) = (one for one in KEPT[name]["panels"] if one["title"] == title)
    links = [
        link
        for override in panel["fieldConfig"]["overrides"]
        if override["matcher"]["options"] == column
        for what in override["properties"]
        if what["id"] == "links"
        for link in what["value"]
    ]
    return {link["title"]: _followed(name, link["url"], {"__value.raw": value}) for link in links}


def _followed(name: str, link: str, cell: dict[str, str]) -> tuple[str, dict[str, str]]:
    url = follow(link, variables_of(KEPT[name]), cell)
    if url.startswith("https:"):
        return url, {}
    parts = urlsplit(url)
    query = parse_qs(parts.query, keep_blank_values=True)
    assert query.pop("from") == ["1"]
    assert query.pop("to") == ["2"]
    target = BY_UID[parts.path.removeprefix("/d/")]
    known = {one["name"] for one in KEPT[target]["templating"]["list"]}
    assert all(len(values) == 1 for values in query.values())
    given = {key.removeprefix("var-"): values[0] for key, values in query.items()}
    assert set(given) <= known
    assert given.pop("project") == "nba-props-platform"
    assert [given.pop(carried) for carried in ("source", "dataset", "runbook")]
    return target, given


def test_from_a_decision_to_what_came_of_it(replayed: Grafana) -> None:
    """The lineage of that decision alone, with its execution and all of its scrapes."""
    decisions = replayed.show("decisions", "RUN and ABORT, newest first")
    decided = decisions[0]["decision_id"]
    assert len({row["decision_id"] for row in decisions}) > 1
    leads = clicked("decisions", "RUN and ABORT, newest first", "decision_id", decided)
    assert leads == {"What came of this decision": ("lineage", {"decision": decided})}
    rows = replayed.show("lineage", "Each scrape with the decision it came from", decision=decided)
    assert {row["decision_id"] for row in rows} == {decided}
    (flow,) = replayed.show(
        "lineage",
        "workflow_executions: End-to-End Flow (Decision → Execution → Scrapers)",
        decision=decided,
    )
    assert flow["scraper_runs_logged"] == len(rows) > 1


def test_from_an_execution_to_its_scrapes(replayed: Grafana) -> None:
    """As many as it says it has triggered."""
    last = replayed.show("executions", "Executions, newest first")[0]
    leads = clicked("executions", "Executions, newest first", "execution_id", last["execution_id"])
    (found,) = leads.values()
    assert found == ("scrapers", {"execution": last["execution_id"]})
    rows = replayed.show("scrapers", "Scrapes and uploads, newest first", **found[1])
    assert len(rows) == last["scrapers_triggered"]
    assert {row["workflow_execution_id"] for row in rows} == {last["execution_id"]}


def test_an_id_of_the_days_before_is_found_too(replayed: Grafana) -> None:
    """Of a run at 23:00, whose scrapes lie after midnight, and of a game of the evening before."""
    morning = (END - timedelta(minutes=59), END)
    decided = replayed.show("decisions", "RUN and ABORT, newest first")[-1]["decision_id"]
    for title in ("Each scrape with the decision it came from", "From decision to end"):
        assert replayed.ask("lineage", title, morning, decision=decided)[1], title
    ran = replayed.show("executions", "Executions, newest first")[-1]["execution_id"]
    scrapes = ("scrapers", "Scrapes and uploads, newest first", morning)
    assert replayed.ask(*scrapes, execution=ran)[1]
    assert not {ran} & {row["workflow_execution_id"] for row in replayed.show(*scrapes)}


def test_from_an_object_to_its_rows_and_to_cloud_storage(replayed: Grafana) -> None:
    """To the row that it was logged with, and to the page of its bucket and name."""
    titles = ("Data of games, and by when", "Scrapes and uploads, newest first")
    found = next(row for row in replayed.show("scrapers", titles[0]) if row["state"] == "there")
    rows, storage = clicked("scrapers", titles[0], "object", found["object"]).values()
    assert rows == ("scrapers", {"object": found["object"]})
    (row,) = replayed.show("scrapers", titles[1], **rows[1])
    assert (row["object"], row["scraper_name"]) == (found["object"], found["brought_by"])
    assert found["object"].startswith("nba-scraped-data/")
    console = "https://console.cloud.google.com/storage/browser/_details"
    assert storage == (f"{console}/{found['object']}", {})


@pytest.mark.parametrize(("name", "title"), TABLES)
def test_each_cell_with_an_id_leads_somewhere(replayed: Grafana, name: str, title: str) -> None:
    """In every table: wherever a decision, an execution, an object or a name is shown."""
    columns, _ = replayed.ask(name, title)
    for column in LINKS.keys() & set(columns):
        leads = clicked(name, title, column, "an-id")
        assert list(leads) == list(LINKS[column])


def test_a_grid_leads_from_its_cells() -> None:
    """From an hour to the decisions of its workflow, from a game's datum to its scraper."""
    grids = {
        "Decisions by workflow and hour": ("__field.labels.metric", "decisions", "workflow"),
        "Games and their data": ("__field.name", "scrapers", "scraper"),
    }
    for title, (told, target, variable) in grids.items():
        (panel,) = (one for one in KEPT["overview"]["panels"] if one["title"] == title)
        (link,) = panel["fieldConfig"]["defaults"]["links"]
        assert _followed("overview", link["url"], {told: "x"}) == (target, {variable: "x"})


@pytest.mark.parametrize(("name", "title", "variable"), CHOOSABLE)
def test_what_is_chosen_is_shown_alone(
    replayed: Grafana, name: str, title: str, variable: str
) -> None:
    """All shows what every name does together; one or two names show theirs."""
    options = [row[0] for row in replayed.run(name, options_of(name, variable))[1]]
    assert len(options) > 2
    columns, everything = replayed.ask(name, title)
    by_name = replayed.ask(name, title, **{variable: options})[1]
    assert sorted(map(repr, by_name)) == sorted(map(repr, everything))
    some = replayed.show(name, title, **{variable: options[:2]})
    if CHOSEN[variable] in columns:
        assert {row[CHOSEN[variable]] for row in some} <= set(options[:2])


def options_of(name: str, variable: str) -> str:
    """Return the query that lists a variable's values."""
    (found,) = (one for one in KEPT[name]["templating"]["list"] if one["name"] == variable)
    sql: Any = found["query"]["rawSql"]
    return str(sql)


@pytest.mark.parametrize("name", [n for n in KEPT if "${workflow:" in str(KEPT[n])])
def test_a_quote_in_a_value_is_part_of_the_value(replayed: Grafana, name: str) -> None:
    """It ends no string of the statement: nothing has that name, so nothing is shown."""
    odd = "it's ') OR 1=1 --"
    for panel in KEPT[name]["panels"]:
        if "${workflow:" in panel["targets"][0]["rawSql"]:
            _, rows = replayed.ask(name, panel["title"], workflow=[odd])
            assert all(not value for row in rows for value in row), panel["title"]
