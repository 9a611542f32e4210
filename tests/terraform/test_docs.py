"""docs/deploy.md and terraform.tfvars.example, held to the module."""

import re
from datetime import UTC, datetime

import hcl2

from common.cloud.tables import NAMES
from common.scrapers import REGISTRY
from common.scrapers.model import GameRef, Scraper, Target
from common.settings import ROOT, Settings
from tests.terraform.parsed import Module, plain

EXAMPLE = (ROOT / "terraform" / "terraform.tfvars.example").read_text()
DEPLOY = (ROOT / "docs" / "deploy.md").read_text()


def test_every_variable_is_documented(module: Module) -> None:
    """And none that does not exist."""
    table = DEPLOY.split("## Variables")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == module.variables.keys()


def test_every_setting_that_is_named_exists() -> None:
    """`settings.<field>` is a field."""
    named = set(re.findall(r"`settings\.(\w+)`", DEPLOY))
    assert "nba_stats_fallback" in named
    assert named <= Settings.model_fields.keys()


def test_who_asks_the_host_that_blocks_clouds_is_told() -> None:
    """Each scraper that goes to stats.nba.com is named where its proxy is."""
    told = DEPLOY.split("### A proxy")[1].split("\n### ")[0]
    asking = {scraper.name for scraper in REGISTRY.values() if asks_stats(scraper)}
    assert set(re.findall(r"`(nbac_\w+)`", told)) == asking


def asks_stats(scraper: Scraper) -> bool:
    """Whether a scraper's calls go to stats.nba.com."""
    now = datetime(2025, 11, 12, 17, tzinfo=UTC)
    game = GameRef("0022500207", "TOR", "BKN") if scraper.scope == "game" else None
    target = Target(scraper.name, now.date(), "2025-26", game)
    return any(call.source == "nba_stats" for call in scraper.calls(target, now))


def test_every_resource_that_is_named_exists(module: Module) -> None:
    """Commands that name a resource's address work."""
    named = set(re.findall(r"google_\w+\.\w+", DEPLOY))
    assert named
    assert named <= module.resources.keys()


def test_every_file_of_the_module_that_is_named_exists() -> None:
    """And each of the table's files says what it is for."""
    named = set(re.findall(r"`(\w+\.tf)`", DEPLOY))
    assert named <= {path.name for path in (ROOT / "terraform").glob("*.tf")}


def test_what_an_adopted_bucket_is_given_is_told(module: Module) -> None:
    """Each argument that changes a bucket in use has its row, with the days and the names in it."""
    adopt = DEPLOY.split("### Adopt")[1].split("\n### ")[0]
    bucket = module.resources["google_storage_bucket.data"]
    told = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", adopt, re.MULTILINE))
    assert told.keys() == bucket.keys() - {"name", "location", "depends_on"}
    assert bucket["public_access_prevention"] in told["public_access_prevention"]
    for rule in bucket["lifecycle_rule"]:
        (condition,), (action,) = rule["condition"], rule["action"]
        if days := condition.get("days_since_noncurrent_time"):
            assert f"{days} days" in told["versioning"]
        else:
            prefixes = condition.get("matches_prefix", [])
            for word in (f"{condition['age']} days", action.get("storage_class", ""), *prefixes):
                assert word in told["lifecycle_rule"]


def test_the_table_that_refuses_unbounded_queries_is_told(module: Module) -> None:
    """To whoever adopts it."""
    required = module.resources["google_bigquery_table.table"]["require_partition_filter"]
    (name,) = re.findall(r'"?each\.key == "(\w+)"', required)
    assert f"`{name}` gets `require_partition_filter`" in DEPLOY


def test_the_example_sets_variables_that_exist(module: Module) -> None:
    """Whoever copies it is told of no unknown one."""
    given = plain(hcl2.loads(EXAMPLE))
    assert given
    assert given.keys() <= module.variables.keys()


def test_the_example_imports_nothing() -> None:
    """In a fresh project there is nothing to import, and a plan that wants to is refused."""
    assert "adopt" not in plain(hcl2.loads(EXAMPLE))


def test_the_example_adopts_everything_once_its_mark_is_taken_off() -> None:
    """The commented lines are whole, and name each table."""
    (lines,) = re.findall(r"^# adopt = \{$.*?^# \}$", EXAMPLE, re.MULTILINE | re.DOTALL)
    (adopt,) = plain(hcl2.loads(re.sub("^# ", "", lines, flags=re.MULTILINE) + "\n")).values()
    assert (adopt["dataset"], adopt["data_bucket"]) == (True, True)
    assert sorted(adopt["tables"]) == sorted(NAMES)
