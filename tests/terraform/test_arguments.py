"""The module's arguments, read without Terraform: this always runs."""

import pytest

from tests.terraform.offline import SCHEMA
from tests.terraform.parsed import Module
from tests.terraform.rules import complaints
from tests.terraform.spelling import FILE, arguments


def test_nothing_is_to_be_complained_of(module: Module) -> None:
    """Subscriptions, jobs, functions, tables, buckets, grants, settings, variables, alerts."""
    assert complaints(module) == []


def test_everything_is_read(module: Module) -> None:
    """The parser sees each resource block of the files, so that no rule passes for want of it."""
    assert len(module.resources) == module.text.count('\nresource "') + module.text.startswith(
        'resource "'
    )
    assert len(module.resources) > 40


@pytest.mark.skipif(not SCHEMA.exists(), reason=f"{SCHEMA} is not here to compare with")
def test_the_known_arguments_are_the_providers(module: Module) -> None:
    """Of every type in use, and of no other: `python -m tests.terraform.spelling` writes them."""
    assert FILE.read_text() == arguments(address.split(".")[0] for address in module.resources)
