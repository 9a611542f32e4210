-- Each RUN with its execution and the number of its scrapes that were logged: the end-to-end query of
-- docs/03-bigquery-schemas.md in the form that BigQuery takes. Bound decision_time to read only its days.
WITH runs AS (
  SELECT
    d.decision_id,
    d.workflow_name,
    d.decision_time,
    d.slot,
    d.target_date,
    ARRAY_LENGTH(d.game_ids) AS games,
    e.execution_id,
    e.execution_time,
    e.finished_at,
    e.status AS execution_status,
    e.outcome AS execution_outcome,
    e.error_message,
    e.scrapers_triggered,
    e.scrapers_succeeded,
    e.scrapers_failed,
    run_id
  FROM `nba-props-platform.nba_orchestration.workflow_decisions` d
  LEFT JOIN `nba-props-platform.nba_orchestration.workflow_executions` e
    ON d.decision_id = e.decision_id
  LEFT JOIN UNNEST(e.scraper_execution_ids) AS run_id
  WHERE d.action = 'RUN'
)
SELECT
  runs.workflow_name,
  runs.decision_time,
  runs.execution_time,
  runs.execution_status,
  runs.scrapers_triggered,
  runs.scrapers_succeeded,
  COUNT(s.execution_id) AS scraper_runs_logged,
  runs.scrapers_failed,
  runs.finished_at,
  runs.execution_outcome,
  runs.error_message,
  runs.decision_id,
  runs.execution_id,
  runs.slot,
  runs.target_date,
  runs.games
FROM runs
LEFT JOIN `nba-props-platform.nba_orchestration.scraper_execution_log` s
  ON s.execution_id = runs.run_id
GROUP BY 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16
