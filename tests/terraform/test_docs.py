"""docs/deploy.md and terraform.tfvars.example, compared with the module."""

import re
from datetime import UTC, datetime, timedelta

import hcl2

from common.cloud.tables import NAMES
from common.messages.models import GameRef
from common.scrapers import REGISTRY
from common.scrapers.model import Scraper, Target
from common.settings import ROOT, Settings
from tests.terraform.parsed import Module, plain

EXAMPLE = (ROOT / "terraform" / "terraform.tfvars.example").read_text()
DEPLOY = (ROOT / "docs" / "deploy.md").read_text()


def test_every_variable_is_documented(module: Module) -> None:
    """The table of docs/deploy.md names each variable, and no other."""
    table = DEPLOY.split("## Variables")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == module.variables.keys()


def test_every_setting_that_is_named_exists() -> None:
    """`settings.<field>` is a field of the settings."""
    named = set(re.findall(r"`settings\.(\w+)`", DEPLOY))
    assert "nba_stats_fallback" in named
    assert named <= Settings.model_fields.keys()


def test_the_scrapers_that_need_a_proxy_are_named() -> None:
    """The section on the proxy names each scraper that asks stats.nba.com."""
    section = DEPLOY.split("### A proxy")[1].split("\n### ")[0]
    asking = {scraper.name for scraper in REGISTRY.values() if asks_stats(scraper)}
    assert set(re.findall(r"`(nbac_\w+)`", section)) == asking


def asks_stats(scraper: Scraper) -> bool:
    """Whether a call of the scraper goes to stats.nba.com, asked on the next day."""
    now = datetime(2025, 11, 12, 17, tzinfo=UTC)
    game = (
        GameRef(game_id="0022500207", away="TOR", home="BKN") if scraper.scope == "game" else None
    )
    target = Target(scraper.name, now.date(), "2025-26", game)
    return any(
        call.source == "nba_stats" for call in scraper.calls(target, now + timedelta(days=1))
    )


def test_every_resource_that_is_named_exists(module: Module) -> None:
    """Each address of a resource in docs/deploy.md is one of the module."""
    named = set(re.findall(r"google_\w+\.\w+", DEPLOY))
    assert named
    assert named <= module.resources.keys()


def test_every_file_of_the_module_that_is_named_exists() -> None:
    """Each `*.tf` in docs/deploy.md is a file of the module."""
    named = set(re.findall(r"`(\w+\.tf)`", DEPLOY))
    assert named
    assert named <= {path.name for path in (ROOT / "terraform").glob("*.tf")}


def test_what_an_adopted_bucket_is_given_is_documented(module: Module) -> None:
    """Each argument that changes a bucket in use has its row, with its days and names."""
    adopt = DEPLOY.split("### Adopt")[1].split("\n### ")[0]
    bucket = module.resources["google_storage_bucket.data"]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", adopt, re.MULTILINE))
    assert rows.keys() == bucket.keys() - {"name", "location", "depends_on"}
    assert bucket["public_access_prevention"] in rows["public_access_prevention"]
    for rule in bucket["lifecycle_rule"]:
        (condition,), (action,) = rule["condition"], rule["action"]
        if days := condition.get("days_since_noncurrent_time"):
            assert f"{days} days" in rows["versioning"]
        else:
            prefixes = condition.get("matches_prefix", [])
            for word in (f"{condition['age']} days", action.get("storage_class", ""), *prefixes):
                assert word in rows["lifecycle_rule"]


def test_the_table_that_refuses_unbounded_queries_is_documented(module: Module) -> None:
    """An operator who adopts it reads that queries without a date are refused."""
    required = module.resources["google_bigquery_table.table"]["require_partition_filter"]
    (name,) = re.findall(r'"?each\.key == "(\w+)"', required)
    assert f"`{name}` gets `require_partition_filter`" in DEPLOY


def test_the_example_sets_variables_that_exist(module: Module) -> None:
    """Each name in terraform.tfvars.example is a variable of the module."""
    given = plain(hcl2.loads(EXAMPLE))
    assert given
    assert given.keys() <= module.variables.keys()


def test_the_example_imports_nothing() -> None:
    """A fresh project has nothing to import, and a plan that imports something would fail."""
    assert "adopt" not in plain(hcl2.loads(EXAMPLE))


def test_the_example_adopts_everything_once_its_mark_is_taken_off() -> None:
    """The commented lines can be parsed, and name each table."""
    (lines,) = re.findall(r"^# adopt = \{$.*?^# \}$", EXAMPLE, re.MULTILINE | re.DOTALL)
    (adopt,) = plain(hcl2.loads(re.sub("^# ", "", lines, flags=re.MULTILINE) + "\n")).values()
    assert (adopt["dataset"], adopt["data_bucket"]) == (True, True)
    assert sorted(adopt["tables"]) == sorted(NAMES)
