"""The documented limits, each with its service."""

from common.cloud import limits


def test_every_limit_is_listed_once_with_its_service() -> None:
    """The three lists hold all limits of the module, each linked to a page of its own service."""
    listed = [*limits.BIGQUERY, *limits.PUBSUB, *limits.STORAGE]
    declared = [one for one in vars(limits).values() if isinstance(one, limits.Limit)]
    assert sorted(listed, key=declared.index) == declared
    of_service = {"bigquery": limits.BIGQUERY, "pubsub": limits.PUBSUB, "storage": limits.STORAGE}
    for service, part in of_service.items():
        assert all(f"cloud.google.com/{service}/" in one.link for one in part)
