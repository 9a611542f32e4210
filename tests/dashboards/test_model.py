"""The committed JSON against its sources and Grafana's own model."""

import json
import re
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from common.cloud.tables import NAMES, table
from common.errors import ConfigError
from common.settings import ROOT
from local.dashboards import source
from local.dashboards.model import FOLDER, text_of, write
from local.dashboards.source import COLUMNS, SOURCES, sources
from tests.dashboards.conftest import KEPT
from tests.docs.pages import anchors

Json = dict[str, Any]


@pytest.fixture(params=KEPT.values(), ids=list(KEPT))
def kept(request: pytest.FixtureRequest) -> Json:
    """One dashboard."""
    found: Json = request.param
    return found


def test_the_committed_json_is_made_of_the_sources() -> None:
    """No JSON was edited by hand, and none is left of a source that is gone."""
    made = {f"{name}.json": text_of(dashboard) for name, dashboard in sources()}
    assert made == {path.name: path.read_text() for path in FOLDER.glob("*.json")}


def test_there_is_an_overview_a_lineage_and_one_dashboard_a_table() -> None:
    """There are seven dashboards, and the title of five names a table."""
    assert len(KEPT) == len(NAMES) + 2
    assert {one["title"].split(": ")[1] for one in KEPT.values()} >= {*NAMES, "overview"}
    assert "lineage" in KEPT


def test_grafanas_own_model_takes_it(kept: Json) -> None:
    """Grafana's model, which knows panels and queries by their kind, reads and writes it the same.

    It adds defaults of its own and nothing else.
    """
    register_default_plugins()
    read = Dashboard.from_json(kept)
    assert missing(kept, json.loads(JSONEncoder().encode(read))) == []


def missing(ours: object, theirs: object, path: str = "") -> list[str]:
    """List what of ours did not come back; the model may add defaults of its own."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return [
            lost
            for key, value in ours.items()
            for lost in missing(value, theirs.get(key), f"{path}.{key}")
        ]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = enumerate(zip(ours, theirs, strict=True))
        return [lost for place, pair in pairs for lost in missing(*pair, f"{path}[{place}]")]
    return [] if ours == theirs else [f"{path}: {ours!r} became {theirs!r}"]


def test_a_misspelt_field_does_not_come_back() -> None:
    """The comparison with Grafana's model can fail."""
    assert missing({"a": {"b": [1]}}, {"a": {"b": [1], "c": 2}}) == []
    assert missing({"gridpos": 1}, {"gridPos": 1}) == [".gridpos: 1 became None"]


def test_uids_are_unique() -> None:
    """Grafana would replace one dashboard by another of the same uid."""
    uids = [one["uid"] for one in KEPT.values()]
    assert len(set(uids)) == len(uids)
    assert all(0 < len(uid) <= 40 for uid in uids)


def test_a_dashboard_is_portable(kept: Json) -> None:
    """It has no id of its own, and panels and queries take the variable's data source."""
    assert "id" not in kept
    assert kept["schemaVersion"] == 41
    variables = {one["name"]: one for one in kept["templating"]["list"]}
    assert set(variables) >= {"source", "project", "dataset", "runbook"}
    for panel in kept["panels"]:
        refs = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
        assert refs == [{"type": variables["source"]["query"], "uid": "${source}"}] * len(refs)
        assert [target["refId"] for target in panel["targets"]] == ["A"]


def test_panels_have_ids_and_places_of_their_own(kept: Json) -> None:
    """Ids are unique, no panel leaves the 24 columns or covers another, and no gap is left."""
    ids = [panel["id"] for panel in kept["panels"]]
    assert len(set(ids)) == len(ids)
    places = [panel["gridPos"] for panel in kept["panels"]]
    assert all(place["x"] >= 0 and place["x"] + place["w"] <= COLUMNS for place in places)
    assert not [pair for pair in combinations(places, 2) if overlap(*pair)]
    assert all(one["y"] <= other["y"] for one, other in pairwise(places))
    assert sum(place["w"] * place["h"] for place in places) == COLUMNS * max(
        place["y"] + place["h"] for place in places
    )


def overlap(one: Json, other: Json) -> bool:
    """Whether two places share a cell of the grid."""
    apart = (
        one["x"] + one["w"] <= other["x"]
        or other["x"] + other["w"] <= one["x"]
        or one["y"] + one["h"] <= other["y"]
        or other["y"] + other["h"] <= one["y"]
    )
    return not apart


def test_a_source_that_does_not_fit_names_file_and_field(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A misspelt key is refused and not ignored."""
    text = (SOURCES / "plan.yaml").read_text().replace("width: 24", "widht: 24")
    (tmp_path / "plan.yaml").write_text(text)
    monkeypatch.setattr(source, "SOURCES", tmp_path)
    advice = r"; local/dashboards/source\.py describes the fields$"
    with pytest.raises(ConfigError, match=rf"/plan\.yaml: (.|\n)*widht(.|\n)*{advice}"):
        list(sources())
    (tmp_path / "plan.yaml").write_text("{")
    with pytest.raises(ConfigError, match=rf"/plan\.yaml: (.|\n)*{advice}"):
        list(sources())


def test_sources_come_in_the_order_of_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the system lists them."""
    monkeypatch.setattr(source, "SOURCES", tmp_path)
    text = (SOURCES / "plan.yaml").read_text()
    for name in "cabfed":
        (tmp_path / f"{name}.yaml").write_text(text)
    assert [name for name, _ in sources()] == [*"abcdef"]


def test_the_command_writes_what_is_committed(tmp_path: Path) -> None:
    """It writes the same files into an empty folder, and names them."""
    written = write(tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        path.name: path.read_text() for path in FOLDER.glob("*.json")
    }
    assert {*written} == {*tmp_path.iterdir()}


@pytest.mark.parametrize("name", KEPT)
def test_a_panel_says_what_it_means_when_it_is_empty(name: str) -> None:
    """In words of its own, in place of Grafana's `No data`."""
    told = [panel["fieldConfig"]["defaults"]["noValue"] for panel in KEPT[name]["panels"]]
    assert all(len(text) > 10 for text in told)


def test_a_time_range_is_of_the_column_by_which_a_table_is_kept() -> None:
    """So BigQuery reads the days of the range alone; the plan, kept by date, has a time beside."""
    by_table = {name: table(name).partition_column for name in NAMES}
    by_table["daily_expected_schedule"] = "expected_run_time"
    selected = [
        (panel.title, re.findall(r"\$__timeFilter\((?:\w+\.)?(\w+)\)", panel.sql), panel.sql)
        for _, dashboard in sources()
        for panel in dashboard.panels
    ]
    for title, columns, sql in selected:
        read = {by_table[name] for name in NAMES if name in sql}
        assert set(columns) <= read, title
    assert {one for _, columns, _ in selected for one in columns} == {*by_table.values()}


def test_a_panel_leads_to_the_section_of_the_runbook_that_it_is_about() -> None:
    """Each section exists; every panel that may be empty in good times, or turns red, has one."""
    known = anchors((ROOT / "docs" / "operations.md").read_text())
    for kept in KEPT.values():
        for panel in kept["panels"]:
            urls = [link["url"] for link in panel["links"]]
            found = [re.fullmatch(r"\$\{runbook\}docs/operations\.md#(.+)", url) for url in urls]
            assert all(one and one[1] in known for one in found), urls
    alerting = [
        panel
        for _, dashboard in sources()
        for panel in dashboard.panels
        if panel.healthy == "may be empty" or panel.bad_from is not None
    ]
    assert alerting
    assert [panel.title for panel in alerting if not panel.runbook] == []


def test_a_panel_has_the_sections_of_its_source_and_the_form_of_its_kind() -> None:
    """What runs over time asks the plugin for series (0), and all else for a table (1)."""
    for name, dashboard in sources():
        for panel, kept in zip(dashboard.panels, KEPT[name]["panels"], strict=True):
            assert kept["type"] == panel.kind
            in_time = panel.kind in ("timeseries", "status-history")
            assert kept["targets"][0]["format"] == (0 if in_time else 1)
            sections = [link["url"].split("#")[1] for link in kept["links"]]
            assert sections == list(panel.runbook)


def test_a_link_out_of_grafana_opens_a_page_of_its_own(kept: Json) -> None:
    """And one to another dashboard stays on this page, as one goes back from there."""
    links = list(_links(kept["panels"]))
    assert links
    assert [one["url"] for one in links if one["targetBlank"] == one["url"].startswith("/d/")] == []


def _links(held: object) -> Iterator[Json]:
    """Find every link below a part of a dashboard."""
    if isinstance(held, dict):
        if "targetBlank" in held:
            yield held
        for each in held.values():
            yield from _links(each)
    elif isinstance(held, list):
        for each in held:
            yield from _links(each)
