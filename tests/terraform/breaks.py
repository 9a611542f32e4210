"""What breaks each assertion of terraform/tests, one small change of the module each."""

import re
from dataclasses import dataclass
from pathlib import Path

from common.settings import ROOT


@dataclass(frozen=True)
class Break:
    """A change of one file of the module; its first occurrence of `old` becomes `new`."""

    file: str
    old: str
    new: str

    def apply(self, root: Path) -> None:
        """Change the file in a copy."""
        path = root / "terraform" / self.file
        text = path.read_text()
        assert self.old in text, f"{self.file} has no {self.old!r}"
        path.write_text(text.replace(self.old, self.new, 1))


def block(file: str, name: str) -> str:
    """Read a nested block's text, two levels deep at most."""
    text = (ROOT / "terraform" / file).read_text()
    found = re.search(rf"\n( +){name} \{{\n.*?\n\1\}}", text, re.DOTALL)
    assert found, f"{file} has no {name}"
    return found.group(0)


BREAKS = {
    "The topics are the topology's.": Break(
        "pubsub.tf", '"${var.topic_prefix}${each.key}"', '"x${each.key}"'
    ),
    "Every subscription of the topology has its topic and filter; there is no other.": Break(
        "pubsub.tf", 'lookup(each.value, "filter", null)', "null"
    ),
    "Every push goes to its function, with a token for that address.": Break(
        "pubsub.tf", "audience ", 'audience = "https://example.com" #'
    ),
    "Every push carries the invoker's identity.": Break(
        "pubsub.tf", "google_service_account.invoker.email", "google_service_account.builder.email"
    ),
    "Every push is given 600 s for an answer, and a message is kept for 7 days.": Break(
        "pubsub.tf", "${local.delivery.retention_seconds}s", "86400s"
    ),
    "Every push subscription ends in dead-letters after 100 deliveries.": Break(
        "pubsub.tf", block("pubsub.tf", "dead_letter_policy"), ""
    ),
    "Every push subscription backs off from 10 s to 600 s.": Break(
        "pubsub.tf", block("pubsub.tf", "retry_policy"), ""
    ),
    "No subscription expires.": Break("pubsub.tf", 'ttl = ""', 'ttl = "2678400s"'),
    "Dead letters are kept for 31 days, to be pulled by hand.": Break(
        "pubsub.tf", "${local.dead_letter_retention_days * 86400}s", "604800s"
    ),
    "Every job of the topology has its cron and message; there is no other.": (
        Break("scheduler.tf", "each.value.cron", '"0 0 * * *"')
    ),
    "Every cron is Eastern time.": Break("scheduler.tf", "local.topology.time_zone", '"Etc/UTC"'),
    "Every job tries five times more to publish.": Break(
        "scheduler.tf", block("scheduler.tf", "retry_config"), ""
    ),
    "The functions of the topology and the console are built from files of their own.": Break(
        "functions.tf", '= "functions/${each.key}/main.py"', '= "main.py"'
    ),
    "No function takes PYTHONPATH from the platform's builder.": Break(
        "functions.tf", "NBA_PROJECT        = var.project", 'PYTHONPATH = "/"'
    ),
    "Every function runs as an account of its own.": Break(
        "functions.tf", "function[each.key].email", 'function["scraper_runner"].email'
    ),
    "Every function is built as the builder.": Break(
        "functions.tf", "google_service_account.builder.id", "google_service_account.invoker.id"
    ),
    "Every function is built from the bundle that is named by its content.": Break(
        "storage.tf", 'bundle-${filesha256("${path.module}/${var.bundle}")}.zip', "b.zip"
    ),
    "No function is kept warm.": Break(
        "functions.tf", "min_instance_count               = 0", "min_instance_count = 1"
    ),
    "A function has up to 10 instances, the scraper_runner 4, of one request each.": Break(
        "functions.tf", "lookup(var.max_instances, each.key, 10)", "1000"
    ),
    "Every function has the memory, processor, timeout and ingress of the variables.": Break(
        "functions.tf", "= var.memory", '= "1Gi"'
    ),
    "The Odds API's key is not in the state.": Break(
        "secrets.tf",
        "secret_data_wo         = var.odds_api_key\n"
        "  secret_data_wo_version = var.odds_api_key_version",
        'secret_data = "a-key"',
    ),
    "A destroy switches no service of the project off.": Break(
        "services.tf", "disable_on_destroy = false", "disable_on_destroy = true"
    ),
    "Every table has the columns of its schema file.": Break(
        "bigquery.tf", "jsonencode(each.value.fields)", "jsonencode(slice(each.value.fields, 0, 2))"
    ),
    "Every table is partitioned, clustered and kept as its schema file says.": Break(
        "bigquery.tf",
        "expiration_ms = try(each.value.partition_expiration_days * 86400000, null)",
        "",
    ),
    "Only the plan's table requires a partition filter.": Break(
        "bigquery.tf", 'each.key == "daily_expected_schedule"', "true"
    ),
    "No table can be deleted by mistake.": Break(
        "bigquery.tf", "= var.deletion_protection", "= false"
    ),
    "A destroy does not empty the dataset.": Break(
        "bigquery.tf", "delete_contents_on_destroy = false", "delete_contents_on_destroy = true"
    ),
    "No bucket has access lists or can be made public.": Break(
        "storage.tf", '"enforced"', '"inherited"'
    ),
    "Scraped data is never deleted: only failures and old versions are.": Break(
        "storage.tf", '["failed/"]', '[""]'
    ),
    "State is deleted after 45 days, when no dead letter is left to replay.": Break(
        "storage.tf", "age = var.state_retention_days", "age = 3"
    ),
    "Each finished upload to the data bucket is published to scraped-objects.": Break(
        "storage.tf", '"OBJECT_FINALIZE"', '"OBJECT_DELETE"'
    ),
    "The custom roles allow to insert rows and to look at a job, and nothing else.": Break(
        "iam.tf",
        '"bigquery.tables.updateData"]',
        '"bigquery.tables.updateData", "bigquery.tables.delete"]',
    ),
    "The builder reads the platform's own source buckets, and no other.": Break(
        "iam.tf", "buckets/gcf-v2-sources-", "buckets/"
    ),
    "There are four policies of one condition each, because each condition is billed.": Break(
        "monitoring.tf",
        "= local.log_policies\n",
        "= merge(local.log_policies, { other = local.log_policies.lines })\n",
    ),
    "Every policy mails to the addresses, with its severity.": Break(
        "monitoring.tf", "notification_channels = local.channels", "notification_channels = []"
    ),
    "A channel mails to its address.": Break(
        "monitoring.tf", "email_address = each.key", 'email_address = "other@example.com"'
    ),
    "Every policy names the alerts it is about, and their sections of the guide.": Break(
        "monitoring.tf", "${var.runbook_url}${each.value.runbook}", "${var.runbook_url}"
    ),
    "Log policies have their rate limit and labels, and only they may have them.": Break(
        "monitoring.tf", "period = each.value.rate_limit", 'period = "60s"'
    ),
    "Every metric policy has its threshold, duration and aggregation.": Break(
        "monitoring.tf", "= each.value.threshold", "= 99999"
    ),
    "The watchdog asks every 15 minutes, as the alerts' own account.": Break(
        "monitoring.tf", "service_account_name = google_service_account.alerts.email", ""
    ),
    "The policy of the incidents looks for the notices of this deployment's functions.": Break(
        "monitoring.tf", "filter = local.filters.incidents", "filter = local.filters.source"
    ),
    "The policy of the lines looks for those of every alert.": Break(
        "monitoring.tf",
        'for alert in local.alerts.logs : "(${',
        'for alert in slice(local.alerts.logs, 1, 7) : "(${',
    ),
    "A broken query raises an alert when it is one of this deployment's.": Break(
        "monitoring.tf", "OUR_QUERIES      = local.watchdog_id", 'OUR_QUERIES      = ".*"'
    ),
    "The month's budget is 30 days, and notifies at each of its shares.": Break(
        "monitoring.tf", '"MONTH"', '"YEAR"'
    ),
}
"""What breaks each assertion of the run `deploys`, by the assertion's message."""
