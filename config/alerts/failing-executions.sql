-- A workflow whose last three executions all failed, the last of them in the past 30 minutes: it is reported
-- with the third failure and with each further one, but not while nothing runs.
WITH ended AS (
  SELECT
    workflow_name,
    status,
    error_message,
    finished_at,
    ROW_NUMBER() OVER (PARTITION BY workflow_name ORDER BY execution_time DESC) AS nth
  FROM `nba-props-platform.nba_orchestration.workflow_executions`
  WHERE execution_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 168 HOUR)
    AND execution_time <= CURRENT_TIMESTAMP()
)
SELECT
  CONCAT('failing ', workflow_name) AS incident,
  CONCAT('the last three executions failed; the last: ',
    COALESCE(MAX(IF(nth = 1, error_message, NULL)), 'no message')) AS detail
FROM ended
WHERE nth <= 3
GROUP BY workflow_name
HAVING COUNTIF(status = 'failed') = 3
  AND MAX(finished_at) >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 30 MINUTE)
