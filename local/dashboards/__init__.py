"""The Grafana dashboards: read from `dashboards/source/`, built with Grafana's own builders."""
