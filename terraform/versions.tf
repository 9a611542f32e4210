terraform {
  # Write-only arguments (the secret's value never enters the state) need 1.11.
  required_version = ">= 1.11, < 2.0"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.7"
    }
    time = {
      source  = "hashicorp/time"
      version = "~> 0.13"
    }
  }
}

provider "google" {
  project        = var.project
  region         = var.region
  default_labels = var.labels
}

data "google_project" "this" {}

data "google_storage_project_service_account" "gcs" {}
