-- No decision for two hours between 06:00 and 23:00 ET. The controller writes a row a workflow an hour,
-- off season as well. The first two hours of the day end at 08:00; after 23:00 no tick is due.
SELECT
  CONCAT('no-decision ', CAST(DATE(CURRENT_TIMESTAMP(), 'America/New_York') AS STRING)) AS incident,
  CONCAT('last decision of 24 hours: ', COALESCE(CAST(MAX(decision_time) AS STRING), 'none')) AS detail
FROM `nba-props-platform.nba_orchestration.workflow_decisions`
WHERE decision_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 24 HOUR)
  AND decision_time <= CURRENT_TIMESTAMP()
  AND NOT COALESCE(forced, FALSE)
HAVING TIME(CURRENT_TIMESTAMP(), 'America/New_York') BETWEEN TIME '08:00:00' AND TIME '23:15:00'
  AND COALESCE(MAX(decision_time), TIMESTAMP '2000-01-01 00:00:00+00')
    < TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 2 HOUR)
