# What Terraform shares with the code: the files below config/.
locals {
  # The fields of common/settings.py that have no variable of their own.
  setting_names = [
    "collect_since", "lease_seconds", "read_retry_seconds", "scrape_seconds", "circuit_failures", "circuit_seconds",
    "tell_incidents", "odds_api_reserve", "http_proxy", "source_timeout_seconds", "source_tries", "source_interval_seconds", "source_max_bytes",
  ]

  root     = "${path.module}/.."
  topology = yamldecode(file("${local.root}/${var.topology_file}"))
  delivery = local.topology.delivery
  # Those that a topic calls; people call the console.
  subscribed = toset([for subscription in local.topology.subscriptions : subscription.function])
  functions  = setunion(local.subscribed, ["console"])

  subscriptions = {
    for subscription in local.topology.subscriptions :
    "${subscription.topic}--${replace(subscription.function, "_", "-")}" => subscription
  }
  jobs = { for job in local.topology.jobs : job.name => job }

  tables = {
    for name in fileset("${local.root}/config/tables", "*.json") :
    trimsuffix(name, ".json") => jsondecode(file("${local.root}/config/tables/${name}"))
  }

  memory_mib = parseint(regex("^[0-9]+", var.memory), 10) * (endswith(var.memory, "Gi") ? 1024 : 1)

  alerts = yamldecode(file("${local.root}/config/alerts.yaml"))
}
