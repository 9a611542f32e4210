"""The committed JSON against its sources and Grafana's own model."""

import json
from itertools import combinations, pairwise
from typing import Any

import pytest

from common.cloud.tables import NAMES
from common.errors import ConfigError
from local.commands.develop import dashboards
from local.commands.develop.dashboards import COLUMNS, FOLDER, SOURCES, sources, text_of, write

KEPT = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
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
    """Grafana's generated model reads every field of ours and writes it back unchanged."""
    sdk = pytest.importorskip(
        "grafana_foundation_sdk.models.dashboard", reason="grafana-foundation-sdk is not installed"
    )
    from grafana_foundation_sdk.cog import plugins  # noqa: PLC0415 - optional
    from grafana_foundation_sdk.cog.encoder import JSONEncoder  # noqa: PLC0415 - same

    plugins.register_default_plugins()
    read = sdk.Dashboard.from_json(kept)
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
    assert set(variables) == {"source", "project", "dataset"}
    for panel in kept["panels"]:
        refs = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
        assert refs == [{"type": variables["source"]["query"], "uid": "${source}"}] * len(refs)
        assert [target["refId"] for target in panel["targets"]] == ["A"]


def test_panels_have_ids_and_places_of_their_own(kept: Json) -> None:
    """Ids are unique, and no panel leaves the 24 columns or covers another."""
    ids = [panel["id"] for panel in kept["panels"]]
    assert len(set(ids)) == len(ids)
    places = [panel["gridPos"] for panel in kept["panels"]]
    assert all(place["x"] >= 0 and place["x"] + place["w"] <= COLUMNS for place in places)
    assert not [pair for pair in combinations(places, 2) if overlap(*pair)]
    assert all(one["y"] <= other["y"] for one, other in pairwise(places))


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
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A misspelt key is refused and not ignored."""
    text = (SOURCES / "plan.yaml").read_text().replace("width: 24", "widht: 24")
    (tmp_path / "plan.yaml").write_text(text)
    monkeypatch.setattr(dashboards, "SOURCES", tmp_path)
    with pytest.raises(ConfigError, match=r"plan\.yaml(.|\n)*widht"):
        list(sources())


def test_the_command_writes_what_is_committed(tmp_path: Any) -> None:
    """It writes the same files into an empty folder."""
    written = write(tmp_path)
    assert {path.name: path.read_text() for path in written} == {
        path.name: path.read_text() for path in FOLDER.glob("*.json")
    }
