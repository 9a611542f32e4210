-- Watches over what tells of incidents: the cleanup's sweep. It fails where nobody else can tell, `ALERT <what>: …`,
-- and config/alerts.yaml's alert `watchdog` looks for the failure; without a reason it answers `quiet`. It reads one
-- table and needs none of our functions.
--   no-cleanup: no sweep for 30 minutes: one is due every 15, day and night, all year. One whose lookup failed
--     (status ERROR) has cleaned up nothing and does not count;
--   no-notice: sweeps run, and the daily test incident of 12:00 ET was not told for 26 hours.
-- IF evaluates only the branch that it takes, so ERROR is raised only for a reason:
-- https://cloud.google.com/bigquery/docs/reference/standard-sql/debugging_functions
WITH swept AS (
  SELECT
    MIN(cleanup_time) AS first_sweep,
    MAX(IF(status = 'ERROR', NULL, cleanup_time)) AS last_good,
    COUNTIF(status = 'ERROR') AS failed,
    MAX(IF('log: INCIDENT_OPENED test road' IN UNNEST(told), cleanup_time, NULL)) AS last_test
  FROM `nba-props-platform.nba_orchestration.cleanup_operations`
  WHERE cleanup_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 48 HOUR)
    AND cleanup_time <= CURRENT_TIMESTAMP()
), reasons AS (
  SELECT
    'no-cleanup' AS reason,
    CONCAT('last of 48 hours: ', COALESCE(CAST(last_good AS STRING), 'none'), ', failed: ', CAST(failed AS STRING)) AS said
  FROM swept
  WHERE COALESCE(last_good, TIMESTAMP '2000-01-01 00:00:00+00') < TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 30 MINUTE)
  UNION ALL
  SELECT 'no-notice', CONCAT('the last test was told at: ', COALESCE(CAST(last_test AS STRING), 'not in 48 hours'))
  FROM swept
  WHERE first_sweep < TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 26 HOUR)
    AND COALESCE(last_test, first_sweep) < TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 26 HOUR)
)
SELECT IF(COUNT(*) = 0, 'quiet', ERROR(CONCAT('ALERT ', STRING_AGG(CONCAT(reason, ': ', said), '; ' ORDER BY reason)))) AS outcome
FROM reasons
