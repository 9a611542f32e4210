"""What a refusal says, in Cloud Storage's words."""

import pytest

from local.stack.storage_server import refusals
from local.stack.storage_server.refusals import RefusalError

BROKEN = "At least one of the pre-conditions you specified did not hold."


@pytest.mark.parametrize(
    ("refusal", "status", "reason", "text"),
    [
        (refusals.invalid("so"), 400, "invalid", "so"),
        (refusals.invalid_value("a", "b"), 400, "invalid", "Invalid value for a: 'b'"),
        (
            refusals.invalid_value("a", "b" * 99),
            400,
            "invalid",
            f"Invalid value for a: '{'b' * 79}",
        ),
        (refusals.no_bucket(), 404, "notFound", "The specified bucket does not exist."),
        (refusals.no_object("a", "b/c"), 404, "notFound", "No such object: a/b/c"),
        (refusals.condition_not_met(), 412, "conditionNotMet", BROKEN),
        (
            refusals.not_served("x"),
            501,
            "notImplemented",
            "the local Cloud Storage has no x; see docs/local-parts.md",
        ),
    ],
)
def test_each_refusal_has_its_status_reason_and_text(
    refusal: RefusalError, status: int, reason: str, text: str
) -> None:
    """Deployed code goes by all three; a long value is cut."""
    assert (refusal.status, refusal.reason, str(refusal)) == (status, reason, text)
