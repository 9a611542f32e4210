"""The five tables as traces and as lineage, for tools that read OpenTelemetry or OpenLineage."""
