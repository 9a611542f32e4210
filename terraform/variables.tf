# Where it runs.

variable "project" {
  description = "Google Cloud project."
  type        = string
  default     = "nba-props-platform"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "project: 6 to 30 lower-case letters, digits and hyphens, such as nba-props-platform."
  }
}

variable "region" {
  description = "Region of the functions, the scheduler jobs and the buckets."
  type        = string
  default     = "us-central1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region: a region's name, such as us-central1."
  }
}

variable "dataset_location" {
  description = "Location of the dataset; it can never change, so an adopted dataset's own."
  type        = string
  default     = "US"

  validation {
    condition     = can(regex("^([A-Z]{2}|[a-z]+-[a-z]+[0-9]+)$", var.dataset_location))
    error_message = "dataset_location: a multi-region (US, EU) or a region's name."
  }
}

variable "labels" {
  description = "Labels of every resource that takes them."
  type        = map(string)
  default     = { app = "nba-orchestration", managed-by = "terraform" }

  validation {
    condition     = alltrue([for key, value in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))])
    error_message = "labels: lower-case letters, digits, _ and -, up to 63; a key starts with a letter."
  }
}

# Names that functions and resources share: NBA_PROJECT is var.project, and so on.

variable "dataset" {
  description = "BigQuery dataset (NBA_DATASET)."
  type        = string
  default     = "nba_orchestration"

  validation {
    condition     = can(regex("^[A-Za-z0-9_]+$", var.dataset))
    error_message = "dataset: letters, digits and underscores."
  }
}

variable "data_bucket" {
  description = "Bucket of the scraped objects (NBA_DATA_BUCKET)."
  type        = string
  default     = "nba-scraped-data"

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$", var.data_bucket))
    error_message = "data_bucket: 3 to 63 lower-case letters, digits, hyphens, dots and underscores."
  }
}

variable "state_bucket" {
  description = "Bucket of claims, manifests and results (NBA_STATE_BUCKET)."
  type        = string
  default     = "nba-orchestration-state"

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$", var.state_bucket)) && var.state_bucket != var.data_bucket
    error_message = "state_bucket: a bucket name other than data_bucket."
  }
}

variable "topic_prefix" {
  description = "Goes before the names of topics (NBA_TOPIC_PREFIX), subscriptions, jobs, functions, accounts and secrets, so that two deployments can share a project; buckets and dataset have names of their own."
  type        = string
  default     = ""

  validation {
    # A service account's id has 30 characters, our longest 21.
    condition     = can(regex("^([a-z][a-z0-9]{0,7}-)?$", var.topic_prefix)) && !startswith(var.topic_prefix, "goog")
    error_message = "topic_prefix: empty, or up to 8 lower-case letters and digits and a hyphen, such as staging-."
  }
}

variable "settings" {
  description = "The other settings of docs/settings.md: field f is NBA_<F>. What is absent or null is left to the code's default."
  type        = map(string)
  default     = {}

  # A map, because an object type drops a name that it does not know, so that a mistyped one would do nothing.
  validation {
    condition     = length(setsubtract(keys(var.settings), local.setting_names)) == 0
    error_message = "settings: no setting has the name ${join(", ", setsubtract(keys(var.settings), local.setting_names))}; known are ${join(", ", local.setting_names)}."
  }
  validation {
    condition     = can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", coalesce(lookup(var.settings, "collect_since", null), "2000-01-01")))
    error_message = "settings.collect_since: a date such as 2025-10-21."
  }
  validation {
    # Rule R6: function timeout < ack deadline < lease.
    condition     = try(tonumber(coalesce(lookup(var.settings, "lease_seconds", null), 660)), 0) > local.delivery.ack_deadline_seconds
    error_message = "settings.lease_seconds: longer than the ack deadline of config/topology.yaml."
  }
  validation {
    condition     = try(tonumber(coalesce(lookup(var.settings, "scrape_seconds", null), 420)), 1000000000) < local.delivery.function_timeout_seconds
    error_message = "settings.scrape_seconds: less than the functions' timeout in config/topology.yaml."
  }
  validation {
    condition     = can(regex("^https?://[^[:space:]/]+/?$", coalesce(lookup(var.settings, "http_proxy", null), "http://none")))
    error_message = "settings.http_proxy: such as http://user:password@proxy.example.com:3128."
  }
  validation {
    condition = alltrue([
      for name, value in var.settings : try(tonumber(value) > 0, false)
      if value != null && !contains(["collect_since", "http_proxy", "odds_api_reserve", "source_interval_seconds", "tell_incidents"], name)
    ])
    error_message = "settings: seconds, failures, tries and bytes are numbers above 0."
  }
}

variable "sources" {
  description = "What is set for single sources, by the names of docs/settings.md. url replaces the source's own, routes are further ways to the same files (https://host/base|/PREFIX|s3), proxy is an HTTP proxy on the way to url, key_secret an existing secret of the project with the key of its API. No route is given by default: which one may be used is the operator's to read."
  type = map(object({
    url        = optional(string)
    routes     = optional(list(string), [])
    proxy      = optional(string)
    key_secret = optional(string)
  }))
  default = {}

  validation {
    # The functions know the names: a source may be declared in the file of its scraper.
    condition     = alltrue([for name, given in var.sources : can(regex("^[a-z][a-z0-9_]*$", name))])
    error_message = "sources: names of docs/settings.md, such as nba_cdn."
  }
  validation {
    condition = alltrue(flatten([
      for given in values(var.sources) : [
        for route in concat(given.routes, given.url == null ? [] : [given.url]) :
        can(regex("^https://[^[:space:]|,/]+(/[^[:space:]|,]*)?([|]/[^[:space:]|,]*)?([|](404|s3))?$", route))
      ]
    ]))
    error_message = "sources: url and routes have the form https://host/base|/PREFIX|s3; prefix and absence (s3 or 404) may be left out."
  }
  validation {
    condition     = alltrue([for given in values(var.sources) : given.proxy == null || can(regex("^https?://[^[:space:]/]+/?$", given.proxy))])
    error_message = "sources: proxy is such as http://user:password@proxy.example.com:3128."
  }
  validation {
    condition     = try(var.sources["odds_api"].key_secret, null) == null
    error_message = "sources: the key of odds_api has a secret of its own; see odds_api_key."
  }
}

variable "topology_file" {
  description = "Topics, subscriptions and jobs, from the repository's root; also in the bundle (NBA_TOPOLOGY_FILE)."
  type        = string
  default     = "config/topology.yaml"

  validation {
    condition     = fileexists("${path.module}/../${var.topology_file}")
    error_message = "topology_file: no such file below the repository's root."
  }
}

variable "workflows_file" {
  description = "Workflow configuration, from the bundle's root (NBA_WORKFLOWS_FILE)."
  type        = string
  default     = "config/workflows.yaml"

  validation {
    condition     = fileexists("${path.module}/../${var.workflows_file}")
    error_message = "workflows_file: no such file below the repository's root."
  }
}

# How the functions run.

variable "bundle" {
  description = "The zip that `make bundle` builds."
  type        = string
  default     = "../dist/bundle.zip"

  validation {
    condition     = endswith(var.bundle, ".zip") && fileexists("${path.module}/${var.bundle}")
    error_message = "bundle: no .zip file is at terraform/${var.bundle}; build it with make bundle."
  }
}

variable "ingress" {
  description = "Who reaches the functions' addresses at all; IAM decides who may invoke. Pub/Sub of the same project counts as internal, gcloud functions call does not."
  type        = string
  default     = "ALLOW_ALL"

  validation {
    condition     = contains(["ALLOW_ALL", "ALLOW_INTERNAL_ONLY", "ALLOW_INTERNAL_AND_GCLB"], var.ingress)
    error_message = "ingress: ALLOW_ALL, ALLOW_INTERNAL_ONLY or ALLOW_INTERNAL_AND_GCLB."
  }
}

variable "egress" {
  description = "The way of scraper_runner to the sources, where they shall see an address of yours: network and subnetwork (Direct VPC egress, either may be left out), or vpc_connector; traffic is ALL_TRAFFIC, or PRIVATE_RANGES_ONLY for a proxy inside the network. Empty: Google's own addresses."
  type        = map(string)
  default     = {}

  # A map, as with the settings.
  validation {
    condition     = length(setsubtract(keys(var.egress), ["network", "subnetwork", "vpc_connector", "traffic"])) == 0
    error_message = "egress: known are network, subnetwork, vpc_connector, traffic."
  }
  validation {
    # https://docs.cloud.google.com/functions/docs/running/direct-vpc
    condition     = length(var.egress) == 0 || contains(keys(var.egress), "vpc_connector") != (length(setintersection(keys(var.egress), ["network", "subnetwork"])) > 0)
    error_message = "egress: either network and subnetwork, or vpc_connector; Google takes no function with both, and traffic alone leads nowhere."
  }
  validation {
    condition     = alltrue([for name in ["network", "subnetwork"] : can(regex("^[a-z][a-z0-9./:-]*$", lookup(var.egress, name, "none")))])
    error_message = "egress.network and egress.subnetwork: a name, or projects/… for one of another project."
  }
  validation {
    condition     = can(regex("^projects/[^/]+/locations/${var.region}/connectors/[a-z0-9-]+$", lookup(var.egress, "vpc_connector", "projects/p/locations/${var.region}/connectors/c")))
    error_message = "egress.vpc_connector: projects/PROJECT/locations/${var.region}/connectors/NAME, in the region of the functions."
  }
  validation {
    condition     = contains(["ALL_TRAFFIC", "PRIVATE_RANGES_ONLY"], lookup(var.egress, "traffic", "ALL_TRAFFIC"))
    error_message = "egress.traffic: ALL_TRAFFIC or PRIVATE_RANGES_ONLY."
  }
}

variable "memory" {
  description = "Memory of an instance; the code keeps below 256 MiB, the rest is for the framework's peaks."
  type        = string
  default     = "512Mi"

  validation {
    condition     = can(regex("^[0-9]+(Mi|Gi)$", var.memory))
    error_message = "memory: such as 512Mi."
  }
}

variable "cpu" {
  description = "Processors of an instance; below 1 only with a concurrency of 1."
  type        = string
  default     = "0.333"

  validation {
    condition     = can(tonumber(var.cpu)) && (tonumber(var.cpu) >= 1 || var.concurrency == 1)
    error_message = "cpu: a number; Cloud Run wants at least 1 for a concurrency above 1."
  }
  validation {
    # https://cloud.google.com/run/docs/configuring/services/cpu
    condition     = try(tonumber(var.cpu) >= (local.memory_mib > 1024 ? 1 : local.memory_mib > 512 ? 0.5 : 0.08), true)
    error_message = "cpu: Cloud Run wants at least 0.5 for a memory above 512Mi, and 1 above 1Gi."
  }
}

variable "concurrency" {
  description = "Requests that an instance serves at a time."
  type        = number
  default     = 1

  validation {
    condition     = var.concurrency >= 1 && var.concurrency <= 1000
    error_message = "concurrency: 1 to 1000."
  }
}

variable "max_instances" {
  description = "Most instances of a function, where other than 10. The scraper_runner has few: each paces its own requests to a source's host."
  type        = map(number)
  default     = { scraper_runner = 4 }

  validation {
    condition     = alltrue([for name, most in var.max_instances : contains(local.functions, name) && most >= 1])
    error_message = "max_instances: names of functions, and at least 1 instance."
  }
}

# Who may do what.

variable "operators" {
  description = "IAM members (user:, group:, serviceAccount:) who may call the functions by hand."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for member in var.operators : can(regex("^(user|group|serviceAccount):.+@.+$", member))])
    error_message = "operators: user:…, group:… or serviceAccount:…; never allUsers."
  }
}

variable "viewers" {
  description = "IAM members (user:, group:, serviceAccount:) who may look at the console, with gcloud run services proxy."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for member in var.viewers : can(regex("^(user|group|serviceAccount):.+@.+$", member))])
    error_message = "viewers: user:…, group:… or serviceAccount:…; never allUsers."
  }
}

variable "console_group" {
  description = "Google group (an address) that reaches the console through Identity-Aware Proxy; null leaves the proxy off. One command more switches it on: docs/deploy.md."
  type        = string
  default     = null

  validation {
    condition     = var.console_group == null || can(regex("^[^@[:space:]:]+@[^@[:space:]]+$", var.console_group))
    error_message = "console_group: a group's address without group:, such as data@example.com."
  }
}

variable "readers" {
  description = "IAM members who may query the five tables, such as Grafana's service account."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for member in var.readers : can(regex("^(user|group|serviceAccount):.+@.+$", member))])
    error_message = "readers: user:…, group:… or serviceAccount:…; never allUsers."
  }
}

variable "odds_api_key" {
  description = "The Odds API's key; written once a version of odds_api_key_version, never into state or plan. Give it as TF_VAR_odds_api_key, or add it later with gcloud secrets versions add."
  type        = string
  default     = "not-set"
  sensitive   = true
  ephemeral   = true

  validation {
    condition     = trimspace(var.odds_api_key) != ""
    error_message = "odds_api_key: the key, or leave it out."
  }
}

variable "odds_api_key_version" {
  description = "Raise it to write odds_api_key again."
  type        = number
  default     = 1

  validation {
    condition     = var.odds_api_key_version >= 1 && floor(var.odds_api_key_version) == var.odds_api_key_version
    error_message = "odds_api_key_version: 1, 2, 3 …"
  }
}

# What is kept.

variable "adopt" {
  description = "What exists already and is imported instead of created: the dataset (true), tables by name, the data bucket (true)."
  type        = any
  default     = {}

  # Not an object type, as with the settings.
  validation {
    condition     = length(setsubtract(try(keys(var.adopt), ["?"]), ["dataset", "tables", "data_bucket"])) == 0
    error_message = "adopt: known are dataset, tables, data_bucket."
  }
  validation {
    condition = alltrue([
      for name in ["dataset", "data_bucket"] : contains([true, false], try(tobool(lookup(var.adopt, name, false)), "?"))
    ])
    error_message = "adopt.dataset and adopt.data_bucket: true or false."
  }
  validation {
    condition     = try(length(setsubtract(try(var.adopt.tables, []), keys(local.tables))) == 0, false)
    error_message = "adopt.tables: a list of names of config/tables/*.json."
  }
}

variable "deletion_protection" {
  description = "Refuse to delete the tables; false only to destroy a deployment."
  type        = bool
  default     = true
}

variable "state_retention_days" {
  description = "How long claims, manifests and results are kept."
  type        = number
  default     = 45

  validation {
    # A dead letter replayed on its last day must still find its claim.
    condition     = var.state_retention_days > local.dead_letter_retention_days
    error_message = "state_retention_days: longer than dead letters are kept (31 days)."
  }
}

# Alerts.

variable "alert_emails" {
  description = "Addresses that alerts go to."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@ ]+@[^@ ]+[.][^@ ]+$", address))])
    error_message = "alert_emails: e-mail addresses."
  }
}

variable "slack_channel" {
  description = "Slack channel that Monitoring's alerts go to, such as #nba-alerts; empty: none. Needs slack_token."
  type        = string
  default     = ""

  validation {
    condition     = var.slack_channel == "" || can(regex("^#[a-z0-9_-]{1,80}$", var.slack_channel))
    error_message = "slack_channel: such as #nba-alerts, or empty."
  }
}

variable "slack_token" {
  description = "Token of Monitoring's Slack connection; written once a version of channel_secrets_version, never into state or plan. Give it as TF_VAR_slack_token."
  type        = string
  default     = ""
  sensitive   = true
  ephemeral   = true

  validation {
    condition     = (var.slack_channel == "") == (var.slack_token == "")
    error_message = "slack_token: the token that belongs to slack_channel; give both or neither."
  }
}

variable "pagerduty" {
  description = "Whether Monitoring's alerts go to PagerDuty. Needs pagerduty_key."
  type        = bool
  default     = false
}

variable "pagerduty_key" {
  description = "Integration key of the PagerDuty service, written like slack_token. Give it as TF_VAR_pagerduty_key."
  type        = string
  default     = ""
  sensitive   = true
  ephemeral   = true

  validation {
    condition     = var.pagerduty == (var.pagerduty_key != "")
    error_message = "pagerduty_key: the key of the service; give it and pagerduty, or neither."
  }
}

variable "channel_secrets_version" {
  description = "Raise it to write slack_token and pagerduty_key again."
  type        = number
  default     = 1

  validation {
    condition     = var.channel_secrets_version >= 1 && floor(var.channel_secrets_version) == var.channel_secrets_version
    error_message = "channel_secrets_version: 1, 2, 3 …"
  }
}

variable "webhook_form" {
  description = "What a webhook of your own takes that notices of incidents are posted to: slack, teams or plain (NBA_WEBHOOK_FORM); empty: no webhook. Needs webhook."
  type        = string
  default     = ""

  validation {
    condition     = contains(["", "slack", "teams", "plain"], var.webhook_form)
    error_message = "webhook_form: slack, teams or plain, or empty."
  }
}

variable "webhook" {
  description = "The webhook's address, a secret; written once a version of webhook_version, never into state or plan. Give it as TF_VAR_webhook."
  type        = string
  default     = ""
  sensitive   = true
  ephemeral   = true

  validation {
    condition     = var.webhook_form == "" ? var.webhook == "" : can(regex("^https://[^[:space:]/]+/[^[:space:]]*$", var.webhook))
    error_message = "webhook: an address such as https://host/path, and its form in webhook_form; give both or neither."
  }
}

variable "webhook_version" {
  description = "Raise it to write webhook again."
  type        = number
  default     = 1

  validation {
    condition     = var.webhook_version >= 1 && floor(var.webhook_version) == var.webhook_version
    error_message = "webhook_version: 1, 2, 3 …"
  }
}

variable "runbook_url" {
  description = "Where the repository's files can be read, ending with /; an alert links to its runbook below it. Empty: alerts name the file."
  type        = string
  default     = ""

  validation {
    condition     = var.runbook_url == "" || can(regex("^https://.+/$", var.runbook_url))
    error_message = "runbook_url: https://…/, or empty."
  }
}

variable "billing_account" {
  description = "Billing account that gets the month's budget; empty: none. Needs the right to edit budgets on it."
  type        = string
  default     = ""

  validation {
    condition     = var.billing_account == "" || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "billing_account: such as 012345-6789AB-CDEF01, or empty."
  }
}
