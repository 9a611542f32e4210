-- What went wrong in the last 90 days, an incident a row: one rule and key, from the first bad row to the
-- next good one, however many bad rows are between.
--   decision: a workflow decided with alert level WARNING or ERROR, whatever its action;
--   execution: a workflow's run ended as failed;
--   cleanup: a sweep looked up nothing (ERROR) or saw too much missing (STORM);
--   quarantine: an item was given up; closed by its log row, or its run's execution.
-- `closed` is NULL while it lasts.
WITH events AS (
  SELECT
    'decision' AS rule,
    workflow_name AS key,
    decision_time AS seen_at,
    alert_level IN ('WARNING', 'ERROR') AS bad,
    alert_level AS level,
    CONCAT(action, ': ', reason) AS detail
  FROM `nba-props-platform.nba_orchestration.workflow_decisions`
  WHERE decision_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)
  UNION ALL
  SELECT
    'execution',
    workflow_name,
    COALESCE(finished_at, execution_time),
    status = 'failed',
    'ERROR',
    COALESCE(error_message, outcome)
  FROM `nba-props-platform.nba_orchestration.workflow_executions`
  WHERE execution_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)
  UNION ALL
  SELECT
    'cleanup',
    'cleanup_processor',
    cleanup_time,
    COALESCE(status, 'OK') != 'OK',
    'WARNING',
    CONCAT(status, ': ', error_message)
  FROM `nba-props-platform.nba_orchestration.cleanup_operations`
  WHERE cleanup_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)
  UNION ALL
  SELECT 'quarantine', item, cleanup_time, TRUE, 'ERROR', 'cleanup has given it up'
  FROM `nba-props-platform.nba_orchestration.cleanup_operations`, UNNEST(quarantined) AS item
  WHERE cleanup_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)
  UNION ALL
  SELECT 'quarantine', gcs_path, logged_at, FALSE, NULL, NULL
  FROM `nba-props-platform.nba_orchestration.scraper_execution_log`
  WHERE triggered_at >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)
  UNION ALL
  SELECT 'quarantine', CONCAT('decision ', decision_id), finished_at, FALSE, NULL, NULL
  FROM `nba-props-platform.nba_orchestration.workflow_executions`
  WHERE execution_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)
), stretches AS (
  -- A stretch begins with a good row; the bad ones after it are one incident.
  SELECT
    *,
    SUM(IF(bad, 0, 1)) OVER (PARTITION BY rule, key ORDER BY seen_at ROWS UNBOUNDED PRECEDING) AS nth
  FROM events
), grouped AS (
  SELECT
    rule,
    key,
    COUNTIF(bad) AS times,
    MIN(IF(bad, seen_at, NULL)) AS opened,
    MAX(IF(bad, seen_at, NULL)) AS last_seen,
    LEAD(MIN(seen_at)) OVER (PARTITION BY rule, key ORDER BY nth) AS closed,
    IF(COUNTIF(bad AND level = 'ERROR') > 0, 'ERROR', 'WARNING') AS level,
    ANY_VALUE(detail HAVING MAX IF(bad, seen_at, NULL)) AS detail
  FROM stretches
  GROUP BY rule, key, nth
)
SELECT rule, key, level, opened, last_seen, closed, times, detail
FROM grouped
WHERE times > 0
