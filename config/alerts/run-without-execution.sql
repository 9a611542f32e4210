-- A RUN that came to nothing. The row in workflow_executions is written when an execution ends, which may
-- rightly take many minutes; its first sign is a scraper's log row. So an incident is
--   `not-started`: a RUN older than 10 min with neither row;
--   `not-ended`: one older than 2 h without the execution's row (cleanup writes silent tasks off after 1 h).
-- Cleanup ends every RUN with a row within 24 h, so older ones are not looked at.
WITH runs AS (
  SELECT decision_id, workflow_name, decision_time
  FROM `nba-props-platform.nba_orchestration.workflow_decisions`
  WHERE decision_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 26 HOUR)
    AND decision_time < TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 10 MINUTE)
    AND action = 'RUN'
    -- In an adopted table the previous controller's runs have none: no execution can name them.
    AND decision_id IS NOT NULL
), ended AS (
  SELECT DISTINCT decision_id
  FROM `nba-props-platform.nba_orchestration.workflow_executions`
  WHERE execution_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 27 HOUR)
), begun AS (
  SELECT DISTINCT decision_id
  FROM `nba-props-platform.nba_orchestration.scraper_execution_log`
  WHERE triggered_at >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 27 HOUR)
)
SELECT
  CONCAT(IF(begun.decision_id IS NULL, 'not-started ', 'not-ended '), runs.decision_id) AS incident,
  CONCAT(runs.workflow_name, ' decided RUN at ', CAST(runs.decision_time AS STRING)) AS detail
FROM runs
LEFT JOIN ended ON ended.decision_id = runs.decision_id
LEFT JOIN begun ON begun.decision_id = runs.decision_id
WHERE ended.decision_id IS NULL
  AND (
    begun.decision_id IS NULL
    OR runs.decision_time < TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 2 HOUR)
  )
