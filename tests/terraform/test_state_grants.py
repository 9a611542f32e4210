"""Each account touches its own prefixes of the state bucket, as the code was seen to use them."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from common.settings import ROOT
from tests.terraform.breaks import Break
from tests.terraform.offline import copied
from tests.terraform.parsed import Module
from tests.terraform.state_rights import (
    BINDINGS_MAX,
    BINDINGS_OF_ONE_MAX,
    NEEDED,
    OPERATORS_MAX,
    Grants,
    listed,
    needed,
    operators,
    prefix_of,
    strangers,
)
from tests.terraform.touched import Recorder

Resources = Mapping[str, Mapping[str, Any]]
BUCKET = "nba-orchestration-state"


@pytest.fixture
def grants(deployed: Resources) -> Grants:
    """The grants on the state bucket of the applied module."""
    found = Grants(deployed, BUCKET)
    assert len(found.held) > 20
    return found


def test_the_table_of_state_is_what_the_functions_use(module: Module, recorded: Recorder) -> None:
    """A use without its right fails, and so does a right without a use."""
    assert listed(module) == needed(recorded.uses)


def test_every_function_holds_its_claims_and_alerts(recorded: Recorder) -> None:
    """Two days with failures show both for each of the seven functions that a topic calls."""
    rights = needed(recorded.uses)
    functions = {function for function, _, _ in rights} - {"console"}
    assert len(functions) == 7
    assert {(f, "overwrites", f"claims/{f}/") for f in functions} < rights
    assert {(f, "creates", f"alerts/{f}/") for f in functions} < rights


def test_every_recorded_call_is_allowed(grants: Grants, recorded: Recorder) -> None:
    """The conditions of the applied module, evaluated for each call, refuse none of them."""
    assert len(recorded.uses) > 500
    assert [use for use in sorted(recorded.uses) if not grants.allows(use)] == []


def test_a_call_on_another_functions_objects_is_refused(grants: Grants, recorded: Recorder) -> None:
    """No account may read, list, create or replace what its function was never seen to touch."""
    foreign = strangers(recorded.uses, needed(recorded.uses))
    assert len(foreign) > 1000
    assert [use for use in foreign if grants.allows(use)] == []


def test_what_is_only_created_or_read_cannot_be_replaced(
    grants: Grants, recorded: Recorder
) -> None:
    """A manifest, a result, a turn and a mark stay as they were first written."""
    rights = {(function, prefix): use for function, use, prefix in needed(recorded.uses)}
    kept = [
        (function, name)
        for function, _, name in sorted(recorded.uses)
        if rights[function, prefix_of(name)] != "overwrites"
    ]
    assert {name.split("/")[0] for _, name in kept} > {"executions", "alerts", "pacing"}
    assert [one for one in kept if grants.allows((one[0], "replace", one[1]))] == []


def test_the_whole_bucket_cannot_be_listed(grants: Grants, recorded: Recorder) -> None:
    """A listing without a prefix, or with a shorter one, is refused to every account."""
    functions = {function for function, _, _ in recorded.uses}
    asked = [
        (function, "list", prefix)
        for function in functions
        for prefix in ("", "claims/", "alerts/", "c")
    ]
    assert len(asked) == 32
    assert [use for use in asked if grants.allows(use)] == []


def test_the_conditions_stay_within_the_limits_of_iam(grants: Grants) -> None:
    """Google refuses a policy with longer conditions or with more of them."""
    assert max(map(operators, grants.conditions())) <= OPERATORS_MAX
    assert len(grants.held) <= BINDINGS_MAX
    of_one = Counter((held["role"], held["member"]) for held in grants.held)
    assert max(of_one.values()) <= BINDINGS_OF_ONE_MAX


def test_conditions_have_uniform_access(deployed: Resources) -> None:
    """Without it, Cloud Storage takes no conditions."""
    assert deployed["google_storage_bucket.state"]["uniform_bucket_level_access"] is True


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('creates    = ["pacing/", "sources/", ', 'creates    = ["pacing/", '),
        ('overwrites = ["decided/"]', "overwrites = []"),
        ('reads      = ["decided/"]', 'reads      = ["decided/", "quota/"]'),
    ],
)
def test_a_right_too_many_or_too_few_is_found(
    old: str, new: str, tmp_path: Path, recorded: Recorder
) -> None:
    """The table differs by one from what the functions use."""
    root = copied(tmp_path / "repository")
    Break("state.tf", old, new).apply(root)
    assert len(listed(Module(root)) ^ needed(recorded.uses)) == 1
    shutil.rmtree(root)


def documented() -> Iterator[tuple[re.Pattern[str], set[str]]]:
    """Yield the form of each state object in docs/messages.md and the words for its writers."""
    section = (ROOT / "docs" / "messages.md").read_text().split("\n## State objects\n")[1]
    for name, writers in re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", section, re.MULTILINE):
        form = re.sub("<[^>]+>", "[^/]+", re.sub(r"\[.*\]", "*", name).replace(".", "[.]"))
        yield re.compile(form.replace("*", "[^/]*")), set(re.findall("[a-z]+_[a-z]+", writers))


def test_docs_messages_names_the_writers(recorded: Recorder) -> None:
    """Each row of the table of state objects names the functions that were seen to write them."""
    functions = {function for function, _, _ in recorded.uses}
    written = [(f, name) for f, call, name in recorded.uses if call in ("create", "replace")]
    compared = [
        (form.pattern, words & functions, {f for f, name in written if form.fullmatch(name)})
        for form, words in documented()
        if words & functions
    ]
    seen = [row for row in compared if row[2]]
    assert len(seen) > 8
    assert [row for row in seen if row[1] != row[2]] == []


def test_the_calls_of_the_port_are_known(recorded: Recorder) -> None:
    """Every call on the state bucket is one whose permissions are written down."""
    assert {call for _, call, _ in recorded.uses} == NEEDED.keys()
