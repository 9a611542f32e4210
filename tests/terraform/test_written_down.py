"""What Terraform deploys is what was last looked at."""

from typing import Any

from tests.terraform.written_down import FILE, differences, told


def test_a_deployed_value_changes_only_on_purpose(tested: list[dict[str, Any]]) -> None:
    """Every value of every resource stands in `tests/terraform/deployed.txt`."""
    before = FILE.read_text(encoding="utf-8").splitlines()
    why = "on purpose? write it anew: python -m tests.terraform.written_down"
    assert differences(told(tested), before) == [], why
