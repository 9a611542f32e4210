"""The module's arguments, read without Terraform: this always runs."""

from tests.terraform.parsed import Module
from tests.terraform.rules import complaints


def test_nothing_is_to_be_complained_of(module: Module) -> None:
    """Subscriptions, jobs, functions, tables, buckets, grants, settings, variables, alerts."""
    assert complaints(module) == []


def test_everything_is_read(module: Module) -> None:
    """The parser sees each resource block of the files, so that no rule passes for want of it."""
    assert len(module.resources) == module.text.count('\nresource "') + module.text.startswith(
        'resource "'
    )
    assert len(module.resources) > 40
