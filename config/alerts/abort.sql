-- A workflow that was aborted with WARNING (a missed window) or ERROR (schedule or history unreadable) in
-- the last 30 minutes. Two scheduled runs see each decision, so that a late run loses none.
SELECT
  CONCAT('abort ', decision_id) AS incident,
  CONCAT(alert_level, ' ', workflow_name, ' at ', CAST(decision_time AS STRING), ': ', reason) AS detail
FROM `nba-props-platform.nba_orchestration.workflow_decisions`
WHERE decision_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 30 MINUTE)
  AND decision_time <= CURRENT_TIMESTAMP()
  AND action = 'ABORT'
  AND alert_level IN ('WARNING', 'ERROR')
