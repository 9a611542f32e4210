locals {
  services = [
    "artifactregistry",
    "bigquery",
    "bigquerydatatransfer",
    "billingbudgets",
    "cloudbuild",
    "cloudfunctions",
    "cloudscheduler",
    "iam",
    "logging",
    "monitoring",
    "pubsub",
    "run",
    "secretmanager",
    "storage",
  ]
}

resource "google_project_service" "service" {
  for_each = toset(local.services)

  service = "${each.key}.googleapis.com"
  # Other systems in the project may use them.
  disable_on_destroy = false
}
