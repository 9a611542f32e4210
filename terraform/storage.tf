# Scraped objects are the product and kept for good. No function may overwrite or delete one, so versions
# and soft delete (7 days) only guard against mistakes by hand.
resource "google_storage_bucket" "data" {
  #checkov:skip=CKV_GCP_62:scraper_execution_log has a row for every object; access logs would cost more objects than there are
  name                        = var.data_bucket
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }

  lifecycle_rule {
    action {
      type          = "SetStorageClass"
      storage_class = "NEARLINE"
    }
    condition {
      age = 90
    }
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age            = 90
      matches_prefix = ["failed/"]
    }
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      days_since_noncurrent_time = 30
      with_state                 = "ARCHIVED"
    }
  }

  depends_on = [time_sleep.apis]
}

# Claims, manifests and results; of no use once no dead letter is left to replay.
resource "google_storage_bucket" "state" {
  #checkov:skip=CKV_GCP_62:coordination objects of our own functions; access logs would double the bucket's writes
  #checkov:skip=CKV_GCP_78:a claim is overwritten each time it is taken over or freed; its old versions are of no use
  name                        = var.state_bucket
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  # What passes is deleted by age; soft delete would only prolong what it costs.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = var.state_retention_days
      # Pauses, and what was told of open incidents, stay until they are changed.
      matches_prefix = [
        "alerts/", "claims/", "cleanup/", "decided/", "executions/", "pacing/", "quota/", "sources/", "switches/", "tasks/",
      ]
    }
  }

  depends_on = [time_sleep.apis]
}

resource "google_storage_bucket" "bundles" {
  #checkov:skip=CKV_GCP_62:one upload a deployment; Terraform's history records who uploaded it and when
  #checkov:skip=CKV_GCP_78:an object's name carries its content's hash, so no object is ever overwritten
  name                        = "${var.project}-${var.topic_prefix}nba-bundles"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  # A bundle is read at a build only; a rollback uploads the older bundle again.
  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 1
    }
  }

  depends_on = [time_sleep.apis]
}

# A changed bundle is another object, and so a new build of every function.
resource "google_storage_bucket_object" "bundle" {
  name           = "bundle-${filesha256("${path.module}/${var.bundle}")}.zip"
  bucket         = google_storage_bucket.bundles.name
  source         = "${path.module}/${var.bundle}"
  detect_md5hash = filemd5("${path.module}/${var.bundle}")
}

resource "google_storage_notification" "scraped_objects" {
  bucket         = google_storage_bucket.data.name
  topic          = google_pubsub_topic.topic["scraped-objects"].id
  payload_format = "JSON_API_V1"
  event_types    = ["OBJECT_FINALIZE"]

  depends_on = [google_pubsub_topic_iam_member.storage_notifies]
}
