-- No cleanup for 30 minutes: one is due every 15, day and night, all year. A cleanup whose lookup failed
-- (status ERROR) has cleaned up nothing and does not count.
SELECT
  'no-cleanup' AS incident,
  CONCAT(
    'last of 24 hours: ', COALESCE(CAST(MAX(IF(status = 'ERROR', NULL, cleanup_time)) AS STRING), 'none'),
    ', failed since: ', CAST(COUNTIF(status = 'ERROR') AS STRING)
  ) AS detail
FROM `nba-props-platform.nba_orchestration.cleanup_operations`
WHERE cleanup_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 24 HOUR)
  AND cleanup_time <= CURRENT_TIMESTAMP()
HAVING COALESCE(MAX(IF(status = 'ERROR', NULL, cleanup_time)), TIMESTAMP '2000-01-01 00:00:00+00')
  < TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 30 MINUTE)
