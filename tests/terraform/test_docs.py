"""docs/deploy.md and terraform.tfvars.example, compared with the module."""

import re

import hcl2

from common.cloud.tables import NAMES
from common.scrapers.source import check_sources, source_of
from common.settings import ROOT, Settings
from common.sources.keys import why_off
from common.sources.routes import routes_of, url_of
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
    assert "http_proxy" in named
    assert named <= Settings.model_fields.keys()


def test_the_sources_of_the_example_can_be_asked() -> None:
    """The functions understand what docs/deploy.md sets for single sources."""
    (text,) = re.findall(r"^```hcl\n(sources = \{\n.*?)^```$", DEPLOY, re.MULTILINE | re.DOTALL)
    (given,) = plain(hcl2.loads(text)).values()
    files = {name: fields.pop("key_secret", None) for name, fields in given.items()}
    settings = Settings.model_validate({"sources": given})
    check_sources(settings)
    assert {name for name, file in files.items() if file} == {"bettingpros"}
    (_, route) = routes_of(source_of("nba_cdn"), settings)
    path = "/static/json/liveData/x.json"
    url = url_of(route, source_of("nba_cdn"), path)
    assert url.replace("/x.json", "/…") in DEPLOY
    assert why_off(source_of("nba_stats"), settings) is None


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


def test_fu11_the_example_names_nobody_who_is_made_up() -> None:
    """As it is, it can be applied: accounts, groups and addresses are commented out."""
    given = plain(hcl2.loads(EXAMPLE))
    assert given.keys() == {"project", "region", "dataset_location", "settings"}
    assert "example.com" not in str(given)
    for name in ("operators", "readers", "alert_emails", "billing_account"):
        assert re.search(rf"^# {name} +=", EXAMPLE, re.MULTILINE)


def test_every_agent_that_a_grant_names_is_made_before(module: Module) -> None:
    """A grant to an agent that nobody has made yet is refused in the middle of the apply."""
    agents = set(re.findall(r"gcp-sa-(\w+)\.", module.text))
    assert {"pubsub", "bigquerydatatransfer"} <= agents
    made = re.findall(r"services identity create --service=(\w+)\.", DEPLOY)
    assert agents == set(made)
    assert "google_storage_project_service_account" in module.text
    assert "gcloud storage service-agent " in DEPLOY


def test_the_ways_out_that_are_shown_are_taken(module: Module) -> None:
    """docs/deploy.md and the example use names that the variable knows."""
    shown = re.findall(r"egress = \{(.*)\}", DEPLOY + EXAMPLE)
    assert len(shown) == 3
    names = {name for one in shown for name in re.findall(r"(\w+) =", one)}
    (known,) = re.findall(r"egress: known are (.*)\.", str(module.variables["egress"]))
    assert names < set(known.split(", "))


def test_the_example_adopts_everything_once_its_mark_is_taken_off() -> None:
    """The commented lines can be parsed, and name each table."""
    (lines,) = re.findall(r"^# adopt = \{$.*?^# \}$", EXAMPLE, re.MULTILINE | re.DOTALL)
    (adopt,) = plain(hcl2.loads(re.sub("^# ", "", lines, flags=re.MULTILINE) + "\n")).values()
    assert (adopt["dataset"], adopt["data_bucket"]) == (True, True)
    assert sorted(adopt["tables"]) == sorted(NAMES)
