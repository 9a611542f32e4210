resource "google_secret_manager_secret" "odds_api_key" {
  secret_id = "${var.topic_prefix}odds-api-key"

  replication {
    auto {}
  }

  depends_on = [time_sleep.apis]
}

# Functions cannot start while a secret they mount has no version: the first apply writes the key, or
# a stand-in that the source refuses (outcome BLOCKED) until a real version is added.
resource "google_secret_manager_secret_version" "odds_api_key" {
  secret                 = google_secret_manager_secret.odds_api_key.id
  secret_data_wo         = var.odds_api_key
  secret_data_wo_version = var.odds_api_key_version

  lifecycle {
    # A raised odds_api_key_version must not leave the functions without any version in between.
    create_before_destroy = true
    # Operators disable versions after a rotation (docs/operations.md).
    ignore_changes = [enabled]
  }
}

resource "google_secret_manager_secret" "webhook" {
  count = var.webhook_form == "" ? 0 : 1

  secret_id = "${var.topic_prefix}incident-webhook"

  replication {
    auto {}
  }

  depends_on = [time_sleep.apis]
}

resource "google_secret_manager_secret_version" "webhook" {
  count = var.webhook_form == "" ? 0 : 1

  secret                 = google_secret_manager_secret.webhook[0].id
  secret_data_wo         = var.webhook
  secret_data_wo_version = var.webhook_version

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [enabled]
  }
}
