"""What each function does with the state bucket, and what the conditions of its grants allow."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tests.terraform.parsed import Module
from tests.terraform.touched import StateUse

Right = tuple[str, str, str]
"""Function, use (`overwrites`, `creates` or `reads`), and the prefix that it has it for."""
PERMISSIONS = {
    "roles/storage.objectUser": {"create", "delete", "get"},
    "roles/storage.objectCreator": {"create"},
    "roles/storage.objectViewer": {"get", "list"},
}
"""https://cloud.google.com/storage/docs/access-control/iam-roles, as far as the port needs them.

objectUser may list too; no condition of ours says so for it.
"""
NEEDED = {
    "create": {"create"},
    "replace": {"create", "delete"},
    "read": {"get"},
    "stat": {"get"},
    "list": {"list"},
}
"""https://cloud.google.com/storage/docs/access-control/iam-json, by call of the storage port."""
OPERATORS_MAX, BINDINGS_OF_ONE_MAX, BINDINGS_MAX = 12, 20, 100
"""https://cloud.google.com/iam/docs/conditions-overview#limitations: operators of a condition,
conditions of one role and member, and conditional bindings of one policy."""
_NAMED = re.compile(r'resource\.name\.startsWith\("projects/_/buckets/([^/"]+)/objects/([^"]+)"\)')
_LISTED = re.compile(
    r'api\.getAttribute\("storage\.googleapis\.com/objectListPrefix", ""\)'
    r'\.startsWith\("([^"]+)"\)'
)


def prefix_of(name: str) -> str:
    """The smallest prefix that one function can be granted for an object."""
    parts = name.split("/")
    if name in {"cleanup/cursor.json", "pauses.json"}:
        return name
    return "/".join(parts[: 2 if parts[0] in ("claims", "alerts") else 1]) + "/"


def needed(uses: Iterable[StateUse]) -> set[Right]:
    """Derive the rights that recorded calls need, one a prefix and function."""
    calls: dict[tuple[str, str], set[str]] = {}
    for function, call, name in uses:
        calls.setdefault((function, prefix_of(name)), set()).add(call)
    return {(function, _use(prefix, made), prefix) for (function, prefix), made in calls.items()}


def _use(prefix: str, calls: set[str]) -> str:
    # A claim that is taken may have to be taken over and freed (common/state/claims.py).
    if "replace" in calls or ("create" in calls and prefix.startswith("claims/")):
        return "overwrites"
    return "creates" if "create" in calls else "reads"


def listed(module: Module) -> set[Right]:
    """Read the table of state.tf, with what every function has."""
    found: set[Right] = set()
    for function, uses in module.locals["state"].items():
        found |= {(function, use, prefix) for use, held in uses.items() for prefix in held}
        if function == "console":  # no topic calls it
            continue
        found |= {(function, "overwrites", f"claims/{function}/")}
        found |= {(function, "creates", f"alerts/{function}/")}
    return found


class Grants:
    """The grants on the state bucket of an applied module, evaluated as IAM does."""

    def __init__(self, deployed: Mapping[str, Mapping[str, Any]], bucket: str) -> None:
        self._bucket = bucket
        self.held = [
            held
            for address, held in deployed.items()
            if address.startswith("google_storage_bucket_iam_member") and held["bucket"] == bucket
        ]

    def conditions(self) -> Iterator[str]:
        """Yield the condition of every grant; every grant has one."""
        for held in self.held:
            (condition,) = held["condition"]
            yield condition["expression"]

    def allows(self, use: StateUse) -> bool:
        """Whether the function's account may make a call."""
        function, call, name = use
        member = f"nba-{function.replace('_', '-')}@"
        given: set[str] = set()
        for held, expression in zip(self.held, self.conditions(), strict=True):
            if member in held["member"]:
                granted = PERMISSIONS[held["role"]]
                given |= {one for one in granted if self._is_met(expression, one, name)}
        return NEEDED[call] <= given

    def _is_met(self, expression: str, permission: str, name: str) -> bool:
        """Evaluate a condition: a listing is checked against the bucket, with its prefix."""
        for test in expression.split(" || "):
            named, by_prefix = _NAMED.fullmatch(test), _LISTED.fullmatch(test)
            assert named or by_prefix, f"no test that this file knows: {test}"
            if named and permission != "list":
                if named[1] == self._bucket and name.startswith(named[2]):
                    return True
            elif by_prefix and permission == "list" and name.startswith(by_prefix[1]):
                return True
        return False


def operators(expression: str) -> int:
    """Count the operators of a condition."""
    return expression.count("||") + expression.count("&&") + expression.count("!")


def strangers(uses: Iterable[StateUse], rights: set[Right]) -> Sequence[StateUse]:
    """Make calls on all objects that were seen, by the functions that were not seen at them."""
    functions = sorted({function for function, _, _ in rights})
    own = {(function, prefix) for function, _, prefix in rights}
    names = sorted({name for _, _, name in uses})
    return [
        (function, call, name)
        for function in functions
        for name in names
        if (function, prefix_of(name)) not in own
        for call in NEEDED
    ]
