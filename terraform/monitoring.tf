# Builds what config/alerts.yaml declares: what is watched and how an alert reaches a person.
locals {
  channels = [
    for channel in concat(
      values(google_monitoring_notification_channel.email),
      google_monitoring_notification_channel.slack,
      google_monitoring_notification_channel.pagerduty,
    ) : channel.id
  ]

  runbook_hint = var.runbook_url == "" ? "in the repository" : "at ${var.runbook_url}"

  metric_alerts = { for alert in local.alerts.metrics : alert.name => alert }

  watchdog_id = reverse(split("/", google_bigquery_data_transfer_config.watchdog.name))[0]

  # What replaces the words OUR_… in a filter; another deployment in the project has other names.
  ours = {
    OUR_FUNCTIONS    = join("|", [for function in google_cloudfunctions2_function.function : function.name])
    OUR_JOBS         = join("|", [for job in google_cloud_scheduler_job.job : job.name])
    OUR_DEAD_LETTERS = google_pubsub_subscription.dead_letters.name
    OUR_QUERIES      = local.watchdog_id
  }

  filters = {
    for name, filter in merge(
      { for alert in concat(local.alerts.logs, local.alerts.metrics) : alert.name => alert.filter },
      { incidents = local.alerts.policies.incidents.filter },
      ) : name => join("", [
        for word in regexall("OUR_[A-Z_]+|.", filter) : startswith(word, "OUR_") ? local.ours[word] : word
    ])
  }

  # Each log-based policy with its filter, and with the alerts that it may be about.
  log_policies = {
    incidents = merge(local.alerts.policies.incidents, {
      filter = local.filters.incidents
      about  = local.alerts.rules
    })
    lines = merge(local.alerts.policies.lines, {
      filter = join(" OR ", [for alert in local.alerts.logs : "(${local.filters[alert.name]})"])
      about  = local.alerts.logs
    })
  }
}

resource "google_monitoring_notification_channel" "email" {
  for_each = var.alert_emails

  display_name = "${var.topic_prefix}NBA orchestration, ${each.key}"
  type         = "email"
  labels       = { email_address = each.key }

  depends_on = [time_sleep.apis]
}

# Monitoring's own connections; a token is write-only and never in Terraform's state.
# https://cloud.google.com/monitoring/support/notification-options
resource "google_monitoring_notification_channel" "slack" {
  count = var.slack_channel == "" ? 0 : 1

  display_name = "${var.topic_prefix}NBA orchestration, ${var.slack_channel}"
  type         = "slack"
  labels       = { channel_name = var.slack_channel }

  sensitive_labels {
    auth_token_wo         = var.slack_token
    auth_token_wo_version = var.channel_secrets_version
  }

  depends_on = [time_sleep.apis]
}

resource "google_monitoring_notification_channel" "pagerduty" {
  count = var.pagerduty ? 1 : 0

  display_name = "${var.topic_prefix}NBA orchestration, PagerDuty"
  type         = "pagerduty"

  sensitive_labels {
    service_key_wo         = var.pagerduty_key
    service_key_wo_version = var.channel_secrets_version
  }

  depends_on = [time_sleep.apis]
}

resource "google_bigquery_data_transfer_config" "watchdog" {
  display_name         = "${var.topic_prefix}watchdog of the NBA orchestration"
  data_source_id       = "scheduled_query"
  location             = var.dataset_location
  schedule             = local.alerts.watchdog.every
  service_account_name = google_service_account.alerts.email
  params = {
    query = replace(
      file("${local.root}/config/watchdog.sql"),
      "nba-props-platform.nba_orchestration",
      "${var.project}.${var.dataset}",
    )
  }

  depends_on = [
    google_bigquery_table.table,
    time_sleep.grants,
  ]
}

# Scheduled queries run as the alerts' account through the agent of the BigQuery Data Transfer Service. A first
# use in the console makes the agent and this grant; nobody uses it there, so the guide makes the one, and this the other.
# https://cloud.google.com/bigquery/docs/enable-transfer-service
resource "google_service_account_iam_member" "transfer_runs" {
  service_account_id = google_service_account.alerts.name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-bigquerydatatransfer.iam.gserviceaccount.com"

  depends_on = [time_sleep.apis]
}

resource "google_monitoring_alert_policy" "log" {
  for_each = local.log_policies

  display_name          = "${var.topic_prefix}${each.value.title}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = each.key
    condition_matched_log {
      filter           = each.value.filter
      label_extractors = each.value.labels
    }
  }

  # Log-based policies must have one, others may not.
  alert_strategy {
    auto_close = local.alerts.auto_close
    notification_rate_limit {
      period = each.value.rate_limit
    }
  }

  # The words of the labels stand in the subject; $${…} is Monitoring's own.
  documentation {
    subject = join(" ", concat(
      ["${each.value.title}:"],
      [for label in keys(each.value.labels) : "$${log.extracted_label.${label}}"],
    ))
    mime_type = "text/markdown"
    content = join("\n", concat(
      ["What it means and how to fix it is ${local.runbook_hint}:", ""],
      [for alert in each.value.about : "- `${alert.name}`: ${alert.title}. ${alert.runbook}"],
    ))

    dynamic "links" {
      for_each = var.runbook_url == "" ? [] : ["${var.runbook_url}docs/operations.md#alerts"]
      content {
        display_name = "Runbook"
        url          = links.value
      }
    }
  }

  depends_on = [time_sleep.apis]
}

resource "google_monitoring_alert_policy" "metric" {
  for_each = local.metric_alerts

  display_name          = "${var.topic_prefix}${each.value.title}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = each.key
    condition_threshold {
      filter          = local.filters[each.key]
      comparison      = each.value.comparison
      threshold_value = each.value.threshold
      duration        = each.value.duration

      aggregations {
        alignment_period     = each.value.per
        per_series_aligner   = each.value.aligner
        cross_series_reducer = lookup(each.value, "reducer", null)
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }

  documentation {
    subject   = each.value.title
    mime_type = "text/markdown"
    content   = "${each.value.title}. What it means and how to fix it: ${each.value.runbook} ${local.runbook_hint}"

    dynamic "links" {
      for_each = var.runbook_url == "" ? [] : ["${var.runbook_url}${each.value.runbook}"]
      content {
        display_name = "Runbook"
        url          = links.value
      }
    }
  }

  depends_on = [time_sleep.apis]
}

# The scheduled query's own account.

resource "google_service_account" "alerts" {
  account_id   = "${var.topic_prefix}nba-alerts"
  display_name = "Runs the watchdog's scheduled query"

  depends_on = [time_sleep.apis]
}

resource "google_bigquery_dataset_iam_member" "alerts_reads" {
  dataset_id = google_bigquery_dataset.orchestration.dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = google_service_account.alerts.member
}

resource "google_project_iam_member" "alerts_queries" {
  project = var.project
  role    = "roles/bigquery.jobUser"
  member  = google_service_account.alerts.member
}

# Google Cloud has no budget shorter than a month. It covers the whole project.
resource "google_billing_budget" "month" {
  count = var.billing_account == "" ? 0 : 1

  billing_account = var.billing_account
  display_name    = "${var.topic_prefix}${local.alerts.budget.title}"

  budget_filter {
    projects        = ["projects/${data.google_project.this.number}"]
    calendar_period = "MONTH"
  }

  amount {
    specified_amount {
      units = tostring(ceil(local.alerts.budget.amount_a_day * 30))
    }
  }

  dynamic "threshold_rules" {
    for_each = local.alerts.budget.shares
    content {
      threshold_percent = threshold_rules.value
    }
  }

  dynamic "threshold_rules" {
    for_each = local.alerts.budget.forecast_shares
    content {
      threshold_percent = threshold_rules.value
      spend_basis       = "FORECASTED_SPEND"
    }
  }

  # A budget takes five channels at most; the account's billing administrators are mailed as well.
  dynamic "all_updates_rule" {
    for_each = length(local.channels) == 0 ? [] : [slice(local.channels, 0, min(5, length(local.channels)))]
    content {
      monitoring_notification_channels = all_updates_rule.value
    }
  }

  depends_on = [time_sleep.apis]
}
