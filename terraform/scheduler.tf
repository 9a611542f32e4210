# Cloud Scheduler publishes with its own agent, which the API's activation grants its role.
resource "google_cloud_scheduler_job" "job" {
  for_each = local.jobs

  name      = "${var.topic_prefix}${each.key}"
  region    = var.region
  schedule  = each.value.cron
  time_zone = local.topology.time_zone

  pubsub_target {
    topic_name = google_pubsub_topic.topic[each.value.topic].id
    data       = base64encode(jsonencode(each.value.message))
  }

  # Five is the most that Scheduler takes; a tick over an hour late is SLOT_EXPIRED anyway.
  retry_config {
    retry_count          = 5
    min_backoff_duration = "${local.delivery.minimum_backoff_seconds}s"
    max_backoff_duration = "${local.delivery.maximum_backoff_seconds}s"
  }

  depends_on = [time_sleep.apis]
}
