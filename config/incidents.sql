-- Fails with all incidents, if there are any: `ALERT <rules>: <incident>: <detail>; …`. Terraform puts the rules
-- of config/alerts/ in, and config/alerts.yaml's policy `incidents` looks for the failure.
-- IF evaluates only the branch that it takes, so ERROR is raised only for an incident:
-- https://cloud.google.com/bigquery/docs/reference/standard-sql/debugging_functions
-- COALESCE, because one NULL would make the whole text NULL, and the policy takes an error without a text for
-- a broken query.
SELECT IF(COUNT(*) = 0, 'quiet', ERROR(CONCAT('ALERT ', STRING_AGG(DISTINCT rule, ', ' ORDER BY rule), ': ',
  STRING_AGG(CONCAT(COALESCE(incident, '?'), ': ', COALESCE(detail, '?')), '; ' ORDER BY incident LIMIT 10)))) AS outcome
FROM (
<the rules>
)
