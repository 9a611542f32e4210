output "functions" {
  description = "Address of each function."
  value       = { for name, function in google_cloudfunctions2_function.function : name => function.service_config[0].uri }
}

output "accounts" {
  description = "Service account of each function."
  value       = { for name, account in google_service_account.function : name => account.email }
}

output "topics" {
  description = "Name of each topic of config/topology.yaml."
  value       = { for name, topic in google_pubsub_topic.topic : name => topic.name }
}

output "dead_letters" {
  description = "Subscription on which dead letters wait."
  value       = google_pubsub_subscription.dead_letters.id
}

output "tables" {
  description = "Full name of each table."
  value       = { for name, table in google_bigquery_table.table : name => "${var.project}.${var.dataset}.${name}" }
}

output "odds_api_key_secret" {
  description = "Secret that takes The Odds API's key: gcloud secrets versions add NAME --data-file=-"
  value       = google_secret_manager_secret.odds_api_key.secret_id
}

output "bundle" {
  description = "Object that the functions are built from."
  value       = google_storage_bucket_object.bundle.name
}
