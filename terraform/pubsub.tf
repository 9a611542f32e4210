locals {
  # The longest that Pub/Sub keeps a message: the time to mend the cause and replay.
  dead_letter_retention_days = 31
}

resource "google_pubsub_topic" "topic" {
  #checkov:skip=CKV_GCP_83:Messages hold public sports data and ids; Google's own encryption at rest is enough
  for_each = toset(local.topology.topics)

  name = "${var.topic_prefix}${each.key}"

  depends_on = [time_sleep.apis]
}

# One push subscription a function, declared here: Eventarc would create hidden ones.
resource "google_pubsub_subscription" "push" {
  for_each = local.subscriptions

  name                       = "${var.topic_prefix}${each.key}"
  topic                      = google_pubsub_topic.topic[each.value.topic].id
  filter                     = lookup(each.value, "filter", null)
  ack_deadline_seconds       = local.delivery.ack_deadline_seconds
  message_retention_duration = "${local.delivery.retention_seconds}s"

  push_config {
    # The run.app address: the one that counts as internal ingress, and the token's audience.
    push_endpoint = google_cloudfunctions2_function.function[each.value.function].service_config[0].uri

    oidc_token {
      service_account_email = google_service_account.invoker.email
      audience              = google_cloudfunctions2_function.function[each.value.function].service_config[0].uri
    }
  }

  retry_policy {
    minimum_backoff = "${local.delivery.minimum_backoff_seconds}s"
    maximum_backoff = "${local.delivery.maximum_backoff_seconds}s"
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.topic[local.delivery.dead_letter_topic].id
    max_delivery_attempts = local.delivery.max_delivery_attempts
  }

  # The default deletes a subscription after 31 idle days, and some are idle all summer.
  expiration_policy {
    ttl = ""
  }

  depends_on = [
    google_cloud_run_v2_service_iam_member.invoker,
    google_service_account_iam_member.pubsub_signs,
  ]
}

# Dead letters wait here for an operator: without a subscription the topic would lose them.
resource "google_pubsub_subscription" "dead_letters" {
  name                       = "${var.topic_prefix}${local.delivery.dead_letter_topic}--kept"
  topic                      = google_pubsub_topic.topic[local.delivery.dead_letter_topic].id
  ack_deadline_seconds       = local.delivery.ack_deadline_seconds
  message_retention_duration = "${local.dead_letter_retention_days * 86400}s"

  expiration_policy {
    ttl = ""
  }
}

# Google's service agents.

resource "google_pubsub_topic_iam_member" "pubsub_dead_letters" {
  topic  = google_pubsub_topic.topic[local.delivery.dead_letter_topic].id
  role   = "roles/pubsub.publisher"
  member = local.pubsub_agent
}

# Forwarding a dead letter acknowledges it at its source.
resource "google_pubsub_subscription_iam_member" "pubsub_forwards" {
  for_each = local.subscriptions

  subscription = google_pubsub_subscription.push[each.key].id
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}

resource "google_pubsub_topic_iam_member" "storage_notifies" {
  topic  = google_pubsub_topic.topic["scraped-objects"].id
  role   = "roles/pubsub.publisher"
  member = "serviceAccount:${data.google_storage_project_service_account.gcs.email_address}"
}
