locals {
  # Where Google's buildpacks put the bundle.
  workspace  = "/workspace"
  secret_dir = "/secrets"
  # Secrets with the keys of further sources, by source.
  keys = { for source, given in var.sources : source => given.key_secret if given.key_secret != null }
  # How those that ask sources leave through a network of the operator's; both ways at once are refused by var.egress.
  connector = lookup(var.egress, "vpc_connector", null)
  direct    = length(setintersection(keys(var.egress), ["network", "subnetwork"])) > 0
  traffic   = lookup(var.egress, "traffic", "ALL_TRAFFIC")

  environment = merge(
    {
      NBA_PROJECT        = var.project
      NBA_DATASET        = var.dataset
      NBA_DATA_BUCKET    = var.data_bucket
      NBA_STATE_BUCKET   = var.state_bucket
      NBA_TOPIC_PREFIX   = var.topic_prefix
      NBA_WORKFLOWS_FILE = "${local.workspace}/${var.workflows_file}"
      NBA_TOPOLOGY_FILE  = "${local.workspace}/${var.topology_file}"
    },
    { for field, value in var.settings : "NBA_${upper(field)}" => value if value != null },
    [
      for source, given in var.sources : {
        for what, value in { URL = given.url, ROUTES = join(" ", given.routes), PROXY = given.proxy } :
        "NBA_${upper(source)}_${what}" => value if value != null && value != ""
      }
    ]...
  )
}

resource "google_cloudfunctions2_function" "function" {
  #checkov:skip=CKV_GCP_124:IAM alone decides who invokes, so that gcloud functions call works too; var.ingress restricts the network further
  for_each = local.functions

  name        = "${var.topic_prefix}${replace(each.key, "_", "-")}"
  location    = var.region
  description = "See functions/${each.key}/main.py"

  build_config {
    runtime           = "python${replace(trimspace(file("${local.root}/config/python.txt")), ".", "")}"
    entry_point       = each.key
    service_account   = google_service_account.builder.id
    docker_repository = google_artifact_registry_repository.images.id

    # All functions share one bundle; this names the function's own file in it.
    # https://github.com/GoogleCloudPlatform/buildpacks/blob/main/cmd/python/functions_framework
    environment_variables = {
      GOOGLE_FUNCTION_SOURCE = "functions/${each.key}/main.py"
    }

    source {
      storage_source {
        bucket = google_storage_bucket.bundles.name
        object = google_storage_bucket_object.bundle.name
      }
    }
  }

  service_config {
    service_account_email            = google_service_account.function[each.key].email
    ingress_settings                 = var.ingress
    available_memory                 = var.memory
    available_cpu                    = var.cpu
    timeout_seconds                  = local.delivery.function_timeout_seconds
    min_instance_count               = 0
    max_instance_count               = lookup(var.max_instances, each.key, 10)
    max_instance_request_concurrency = var.concurrency
    all_traffic_on_latest_revision   = true

    vpc_connector                 = local.access[each.key].secret ? local.connector : null
    vpc_connector_egress_settings = local.access[each.key].secret && local.connector != null ? local.traffic : null
    direct_vpc_egress             = local.access[each.key].secret && local.direct ? "VPC_EGRESS_${local.traffic}" : null

    dynamic "direct_vpc_network_interface" {
      for_each = local.access[each.key].secret && local.direct ? [var.egress] : []
      content {
        network    = lookup(direct_vpc_network_interface.value, "network", null)
        subnetwork = lookup(direct_vpc_network_interface.value, "subnetwork", null)
      }
    }

    environment_variables = merge(
      local.environment,
      local.access[each.key].secret ? { NBA_ODDS_API_KEY_FILE = "${local.secret_dir}/odds-api-key" } : {},
      local.access[each.key].tells && var.webhook_form != "" ? {
        NBA_WEBHOOK_FILE = "${local.secret_dir}/webhook"
        NBA_WEBHOOK_FORM = var.webhook_form
      } : {},
      local.access[each.key].secret ? { for source, secret in local.keys : "NBA_${upper(source)}_KEY_FILE" => "${local.secret_dir}-${source}/key" } : {},
    )

    # Mounted, not in the environment: a rotated key is read by the next instance without a deployment.
    dynamic "secret_volumes" {
      for_each = local.access[each.key].secret ? [google_secret_manager_secret.odds_api_key] : []
      content {
        mount_path = local.secret_dir
        project_id = var.project
        secret     = secret_volumes.value.secret_id

        versions {
          path    = "odds-api-key"
          version = "latest"
        }
      }
    }

    dynamic "secret_volumes" {
      for_each = local.access[each.key].tells ? google_secret_manager_secret.webhook : []
      content {
        mount_path = local.secret_dir
        project_id = var.project
        secret     = secret_volumes.value.secret_id

        versions {
          path    = "webhook"
          version = "latest"
        }
      }
    }

    # Each secret needs a folder of its own.
    dynamic "secret_volumes" {
      for_each = local.access[each.key].secret ? local.keys : {}
      content {
        mount_path = "${local.secret_dir}-${secret_volumes.key}"
        project_id = var.project
        secret     = secret_volumes.value

        versions {
          path    = "key"
          version = "latest"
        }
      }
    }
  }

  depends_on = [
    google_secret_manager_secret_version.odds_api_key,
    google_secret_manager_secret_version.webhook,
    time_sleep.grants,
  ]
}

resource "google_artifact_registry_repository" "images" {
  #checkov:skip=CKV_GCP_84:Images of our own source; Google's own encryption at rest is enough
  repository_id = "${var.topic_prefix}nba-functions"
  location      = var.region
  format        = "DOCKER"
  description   = "Images that Cloud Build makes of the bundle."

  cleanup_policies {
    id     = "keep-recent"
    action = "KEEP"
    most_recent_versions {
      keep_count = 10
    }
  }
  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      older_than = "7776000s"
    }
  }

  depends_on = [time_sleep.apis]
}
