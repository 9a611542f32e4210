-- More than 5 files without a log row in one cleanup of the last 30 minutes, the seed's threshold. Two
-- scheduled runs see each cleanup, so that a late run loses none.
SELECT
  CONCAT('missing-files ', cleanup_id) AS incident,
  CONCAT(
    CAST(missing_files_found AS STRING), ' of ', CAST(files_checked AS STRING), ' files had no log row at ',
    CAST(cleanup_time AS STRING), ', ', CAST(republished_count AS STRING), ' sent again, status ',
    COALESCE(status, 'unknown')
  ) AS detail
FROM `nba-props-platform.nba_orchestration.cleanup_operations`
WHERE cleanup_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 30 MINUTE)
  AND cleanup_time <= CURRENT_TIMESTAMP()
  AND missing_files_found > 5
