"""What Terraform deploys, a line a value: `python -m tests.terraform.written_down` writes it anew.

What a further run of `terraform/tests/deployment.tftest.hcl` has besides begins with its name.

An age after which data is deleted, a role, a retry: each is one value of one resource, and a
mistake in it deploys well. So a change of one is to be seen in `tests/terraform/deployed.txt`.
What is computed of another resource, such as a topic's id, is told as that resource's.
"""

import re
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.terraform.offline import DEPLOYMENT, prepared

FILE = Path(__file__).with_name("deployed.txt")
MADE_UP = re.compile(
    r""".* = [\[{']*[0-9a-z]{8}['\]}]*|.*"[0-9a-z]{8}".*|.* = \['[0-9a-z]{8}', None.*"""
)
"""What the mocked provider may say of what it would compute: another text each time."""
COMPUTED = re.compile("[0-9a-z]{8}")
"""An id or name that it makes up."""
SHOWN_CHARACTERS_MAX = 160
"""Longer texts are files of config/ and SQL, which have tests of their own."""
DEPLOYS = "deploys"
"""The run that applies what is the default."""
Resources = Mapping[str, Mapping[str, Any]]


def facts(deployed: Resources) -> list[str]:
    """Tell every value that is set; what all instances of a resource have is told once."""
    instances: dict[str, set[str]] = defaultdict(set)
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    computed = {
        values[name]: f"{address}.{name}"
        for address, values in deployed.items()
        for name in ("id", "name")
        if COMPUTED.fullmatch(str(values.get(name)))
    }
    for address, values in deployed.items():
        resource, _, key = address.partition("[")
        instances[resource].add(key)
        others = {text: of for text, of in computed.items() if not of.startswith(f"{address}.")}
        for fact in _facts("", _referring(values, others)):
            held[resource, fact].add(key)
    return sorted(
        f"{resource}{at} {fact}"
        for (resource, fact), keys in held.items()
        for at in (
            [""] if keys == instances[resource] else [f"[{key}" if key else "" for key in keys]
        )
    )


def _referring(value: Any, computed: Mapping[str, str]) -> Any:
    """Put what it is of in place of each text that is computed of another resource."""
    if isinstance(value, Mapping):
        return {key: _referring(part, computed) for key, part in value.items()}
    if isinstance(value, list):
        return [_referring(part, computed) for part in value]
    return computed.get(value, value) if isinstance(value, str) else value


def _facts(name: str, value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _facts(f"{name}.{key}" if name else key, part)
    elif isinstance(value, list) and any(isinstance(part, Mapping) for part in value):
        for number, part in enumerate(value):
            yield from _facts(f"{name}[{number}]", part)
    elif value or value is False:
        text = repr(value)
        more = " and more" if len(text) > SHOWN_CHARACTERS_MAX else ""
        yield f"{name} = {text[:SHOWN_CHARACTERS_MAX]}{more}"


def differences(now: Collection[str], before: Collection[str]) -> list[str]:
    """List what is not deployed any more, and what is now; what is made up is neither."""
    new = [fact for fact in now if fact not in before and not MADE_UP.fullmatch(fact)]
    return [*sorted({*before} - {*now}), *new]


def told(report: Sequence[Mapping[str, Any]]) -> list[str]:
    """Tell what the run `deploys` applies, and what each other run has that it lacks."""
    held = {run: facts(resources) for run, resources in _runs(report)}
    deployed = held.pop(DEPLOYS)
    known = {*deployed}
    more = (f"{run}: {fact}" for run in sorted(held) for fact in held[run] if fact not in known)
    return [*deployed, *more]


def _runs(report: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Resources]]:
    """Yield the values of every resource and output of each run that is to be deployed."""
    for line in report:
        if line["type"] == "test_state":
            listed = line["test_state"].get("root_module", {}).get("resources", ())
            held = {each["address"]: each["values"] for each in listed}
            told = line["test_state"].get("outputs", {})
            yield (
                line["@testrun"],
                held | {f"output.{name}": {"value": told[name]["value"]} for name in told},
            )
        elif line["type"] == "test_plan":
            listed = line["test_plan"].get("resource_changes", ())
            held = {each["address"]: each["change"]["after"] or {} for each in listed}
            told = line["test_plan"].get("output_changes", {})
            yield (
                line["@testrun"],
                held | {f"output.{name}": {"value": told[name].get("after")} for name in told},
            )


def _deployed() -> list[str]:
    with tempfile.TemporaryDirectory() as scratch, prepared(Path(scratch)) as offline:
        return told(offline.lines("test", "-json", "-verbose", DEPLOYMENT))


def main() -> None:
    """Write down what is deployed the same each time."""
    same = {*_deployed()} & {*_deployed()}
    FILE.write_text("\n".join([*sorted(same), ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
