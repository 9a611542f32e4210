-- What went wrong in the last 90 days, an incident a row: one rule and key, from the first bad row to the next
-- good one, however many bad ones are between. This is the one definition of an incident: the cleanup's sweep tells
-- of what is new or over here (common/incidents/), docs/views.md lists the rules.
--   `events` are rows that are bad or good for a rule and key; `spans` are times in which something lacks.
--   `detail` is NULL where an event is no fault of its own: a good row, or a lack that goes on.
-- `closed` is NULL while it lasts. `recovered` is FALSE where nothing good has come and nobody waits any more.
WITH decided AS (
  SELECT
    *,
    DATE(slot, 'America/New_York') AS day,
    'nbac_boxscore' IN UNNEST(scrapers) AS collects
  FROM `nba-props-platform.nba_orchestration.workflow_decisions`
  WHERE decision_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)
    AND decision_time <= CURRENT_TIMESTAMP()
    -- A forced decision is as of another instant, and its operator looks at it.
    AND NOT COALESCE(forced, FALSE)
), ended AS (
  SELECT execution_id, decision_id, workflow_name, status,
    COALESCE(finished_at, execution_time) AS ended_at,
    COALESCE(error_message, outcome, 'no message') AS said
  FROM `nba-props-platform.nba_orchestration.workflow_executions`
  WHERE execution_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)
    AND COALESCE(finished_at, execution_time) <= CURRENT_TIMESTAMP()
), swept AS (
  SELECT cleanup_time, COALESCE(status, 'OK') AS status, error_message, missing_files_found, files_checked, quarantined
  FROM `nba-props-platform.nba_orchestration.cleanup_operations`
  WHERE cleanup_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)
    AND cleanup_time <= CURRENT_TIMESTAMP()
), logged AS (
  SELECT gcs_path, decision_id, COALESCE(logged_at, triggered_at) AS logged_at
  FROM `nba-props-platform.nba_orchestration.scraper_execution_log`
  WHERE triggered_at >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)
), begun AS (
  SELECT decision_id, MIN(logged_at) AS begun_at
  FROM logged
  GROUP BY decision_id
), runs AS (
  -- In an adopted table the previous controller's runs have no id: no execution can name them.
  SELECT decided.workflow_name, decided.decision_time, MIN(begun.begun_at) AS begun_at, MIN(ended.ended_at) AS ended_at
  FROM decided
  LEFT JOIN begun ON begun.decision_id = decided.decision_id
  LEFT JOIN ended ON ended.decision_id = decided.decision_id
  WHERE decided.action = 'RUN'
    AND decided.decision_id IS NOT NULL
  GROUP BY decided.workflow_name, decided.decision_time
), given_up AS (
  SELECT item, MIN(cleanup_time) AS given_up_at
  FROM swept, UNNEST(quarantined) AS item
  GROUP BY item
), back AS (
  SELECT gcs_path AS item, logged_at AS back_at FROM logged
  UNION ALL
  SELECT CONCAT('decision ', decision_id), ended_at FROM ended
  UNION ALL
  SELECT CONCAT('step ', CAST(step AS STRING), ' of execution ', execution_id), ended_at
  FROM ended, UNNEST(GENERATE_ARRAY(0, 15)) AS step
), decided_at AS (
  -- A deployment's first sweep counts as a decision: it has two hours until one is missed.
  SELECT decision_time AS instant FROM decided
  UNION ALL
  SELECT MIN(cleanup_time) FROM swept
), decision_gaps AS (
  -- A decision is due two hours after the last one, from 08:00 to 23:15 ET; after 23:00 there is no tick.
  SELECT
    instant,
    LEAD(instant) OVER (ORDER BY instant) AS next_instant,
    TIMESTAMP_ADD(instant, INTERVAL 2 HOUR) AS later
  FROM decided_at
  WHERE instant IS NOT NULL
), undecided AS (
  SELECT
    instant,
    next_instant,
    CASE
      WHEN TIME(later, 'America/New_York') < TIME '08:00:00'
        THEN TIMESTAMP(DATETIME(DATE(later, 'America/New_York'), TIME '08:00:00'), 'America/New_York')
      WHEN TIME(later, 'America/New_York') > TIME '23:15:00' THEN TIMESTAMP(
        DATETIME(DATE_ADD(DATE(later, 'America/New_York'), INTERVAL 1 DAY), TIME '08:00:00'), 'America/New_York')
      ELSE later
    END AS due
  FROM decision_gaps
), unswept AS (
  -- A sweep whose lookup failed has cleaned up nothing.
  SELECT
    cleanup_time,
    TIMESTAMP_ADD(cleanup_time, INTERVAL 30 MINUTE) AS due,
    LEAD(cleanup_time) OVER (ORDER BY cleanup_time) AS next_time
  FROM swept
  WHERE status != 'ERROR'
), present AS (
  SELECT
    DATE(CURRENT_TIMESTAMP(), 'America/New_York') AS today,
    DATE(TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 12 HOUR), 'America/New_York') AS last_noon
), asked_for AS (
  SELECT game_id, LOGICAL_OR(collects) AS asked
  FROM decided, UNNEST(game_ids) AS game_id
  WHERE action = 'RUN'
    AND target_date = day
    AND day = DATE_SUB(DATE(CURRENT_TIMESTAMP(), 'America/New_York'), INTERVAL 1 DAY)
  GROUP BY game_id
), looked AS (
  -- A game that was postponed is not listed any more by the last decision that looked at its date.
  SELECT inputs
  FROM decided
  WHERE STRPOS(inputs, CONCAT('"', CAST(
    DATE_SUB(DATE(CURRENT_TIMESTAMP(), 'America/New_York'), INTERVAL 1 DAY) AS STRING), '":[')) > 0
  ORDER BY slot DESC
  LIMIT 1
), needs AS (
  -- A plan of no rows is right when neither today nor yesterday needs anything, so a missing one shows in the
  -- decisions: a game of yesterday that no post-game run has asked for, or a decision about today's games.
  SELECT
    TIME '05:30:00' AS due,
    CONCAT(CAST(COUNT(*) AS STRING), ' game(s) of yesterday are left to collect') AS need,
    COUNT(*) AS found
  FROM asked_for
  WHERE NOT asked
    AND STRPOS(COALESCE((SELECT inputs FROM looked), game_id), game_id) > 0
  UNION ALL
  SELECT TIME '06:00:00', 'today has games', COUNT(*)
  FROM decided
  WHERE day = DATE(CURRENT_TIMESTAMP(), 'America/New_York')
    AND target_date = day
    AND reason_code IN ('IN_WINDOW', 'READY', 'NO_SEASON_FILE', 'NOT_FOUND_YET', 'TOO_EARLY')
), unplanned AS (
  SELECT MIN(due) AS due, STRING_AGG(need, ', ') AS need
  FROM needs
  WHERE found > 0
    AND NOT EXISTS (
      SELECT 1
      FROM `nba-props-platform.nba_orchestration.daily_expected_schedule`
      WHERE date = DATE(CURRENT_TIMESTAMP(), 'America/New_York')
    )
), spans AS (
  SELECT
    'quarantine' AS rule,
    COALESCE(REGEXP_EXTRACT(given_up.item, r'^gs://[^/]+/([^/]+)/'), 'runs') AS key,
    'ERROR' AS level,
    given_up.given_up_at AS begins,
    MIN(back.back_at) AS ends,
    CONCAT('cleanup has given up ', given_up.item) AS detail
  FROM given_up
  LEFT JOIN back ON back.item = given_up.item
  GROUP BY given_up.item, given_up.given_up_at
  UNION ALL
  SELECT
    'late-data',
    CONCAT(scraper_name, ' ', CAST(game_date AS STRING)),
    'ERROR',
    due_at,
    first_success,
    CONCAT(away, '@', home, ' was due at ', CAST(DATETIME(due_at, 'America/New_York') AS STRING), ' ET')
  FROM `nba-props-platform.nba_orchestration.game_coverage`
  WHERE state IN ('late', 'missing')
    AND due_at >= (SELECT MIN(instant) FROM decided_at)  -- before, nobody was there to ask
  UNION ALL
  -- A row is written when an execution ends; its first sign is a scraper's.
  SELECT 'run-without-execution', workflow_name, 'ERROR', TIMESTAMP_ADD(decision_time, INTERVAL 10 MINUTE),
    IF(COALESCE(begun_at < ended_at, ended_at IS NULL), begun_at, ended_at),
    CONCAT('not started after 10 min: the RUN of ', CAST(decision_time AS STRING))
  FROM runs
  UNION ALL
  SELECT 'run-without-execution', workflow_name, 'ERROR', TIMESTAMP_ADD(decision_time, INTERVAL 2 HOUR), ended_at,
    CONCAT('not ended after 2 h: the RUN of ', CAST(decision_time AS STRING))
  FROM runs
  UNION ALL
  SELECT 'no-decision', 'master_controller', 'ERROR', due, next_instant,
    CONCAT('the last decision was made at ', CAST(instant AS STRING))
  FROM undecided
  UNION ALL
  SELECT 'no-cleanup', 'cleanup_processor', 'ERROR', due, next_time,
    CONCAT('the last sweep that could look was at ', CAST(cleanup_time AS STRING))
  FROM unswept
  UNION ALL
  SELECT 'no-plan', CAST(today AS STRING), 'ERROR', TIMESTAMP(DATETIME(today, due), 'America/New_York'),
    CAST(NULL AS TIMESTAMP), CONCAT('no plan has a row for today, but ', need)
  FROM unplanned
  CROSS JOIN present
  UNION ALL
  -- Opened each day at 12:00 ET to prove the road of the messages, and over half an hour later.
  SELECT 'test', 'road', 'TEST', TIMESTAMP(DATETIME(last_noon, TIME '12:00:00'), 'America/New_York'),
    TIMESTAMP(DATETIME(last_noon, TIME '12:30:00'), 'America/New_York'),
    'no fault: opened once a day at 12:00 ET, over at 12:30'
  FROM present
), lacks AS (
  SELECT rule, key, level, begins, IF(ends <= CURRENT_TIMESTAMP(), ends, NULL) AS ends, detail
  FROM spans
  WHERE begins < COALESCE(ends, CURRENT_TIMESTAMP())
    AND begins <= CURRENT_TIMESTAMP()
), edges AS (
  SELECT rule, key, level, begins AS seen_at, 1 AS step, detail FROM lacks
  UNION ALL
  SELECT rule, key, level, ends, -1, NULL FROM lacks WHERE ends IS NOT NULL
), events AS (
  SELECT
    'decision' AS rule,
    workflow_name AS key,
    decision_time AS seen_at,
    alert_level IN ('WARNING', 'ERROR') AS bad,
    alert_level AS level,
    IF(alert_level IN ('WARNING', 'ERROR'), CONCAT(action, ': ', COALESCE(reason, 'no reason')), NULL) AS detail
  FROM decided
  UNION ALL
  SELECT 'execution', workflow_name, ended_at, status = 'failed', 'ERROR', IF(status = 'failed', said, NULL)
  FROM ended
  UNION ALL
  SELECT 'cleanup', 'cleanup_processor', cleanup_time, status != 'OK', 'WARNING',
    IF(status != 'OK', CONCAT(status, ': ', COALESCE(error_message, 'no message')), NULL)
  FROM swept
  UNION ALL
  SELECT 'missing-files', 'cleanup_processor', cleanup_time, missing_files_found > 5, 'WARNING',
    IF(missing_files_found > 5, CONCAT(
      CAST(missing_files_found AS STRING), ' of ', CAST(files_checked AS STRING), ' files had no log row'), NULL)
  FROM swept
  WHERE status != 'ERROR'
    AND missing_files_found IS NOT NULL
  UNION ALL
  SELECT rule, key, seen_at,
    SUM(step) OVER (PARTITION BY rule, key ORDER BY seen_at, step DESC ROWS UNBOUNDED PRECEDING) > 0, level, detail
  FROM edges
), stretches AS (
  -- A stretch begins with a good event; the bad ones after it are one incident.
  SELECT
    *,
    SUM(IF(bad, 0, 1)) OVER (PARTITION BY rule, key ORDER BY seen_at, bad DESC ROWS UNBOUNDED PRECEDING) AS nth
  FROM events
), numbered AS (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY rule, key, nth, detail IS NULL ORDER BY seen_at) AS number,
    -- One failed run or sweep may pass by itself.
    CASE rule WHEN 'execution' THEN 3 WHEN 'cleanup' THEN 2 ELSE 1 END AS enough
  FROM stretches
), grouped AS (
  SELECT
    rule,
    key,
    MIN(IF(detail IS NOT NULL, level, NULL)) AS level,  -- ERROR is before WARNING
    MIN(IF(detail IS NOT NULL AND number >= enough, seen_at, NULL)) AS opened,
    MAX(IF(detail IS NOT NULL, seen_at, NULL)) AS last_seen,
    LEAD(MIN(seen_at)) OVER (PARTITION BY rule, key ORDER BY nth) AS good_at,
    COUNTIF(detail IS NOT NULL) AS times,
    ANY_VALUE(detail HAVING MAX IF(detail IS NOT NULL, seen_at, NULL)) AS detail,
    -- Catch-up asks for 72 h; what else has not been seen again for a week is not waited for.
    TIMESTAMP_ADD(
      MAX(IF(detail IS NOT NULL, seen_at, NULL)), INTERVAL IF(rule = 'late-data', 72, 168) HOUR) AS given_up_at
  FROM numbered
  GROUP BY rule, key, nth
)
SELECT
  rule,
  key,
  level,
  opened,
  last_seen,
  IF(good_at IS NULL AND given_up_at <= CURRENT_TIMESTAMP(), given_up_at, good_at) AS closed,
  IF(good_at IS NULL AND given_up_at > CURRENT_TIMESTAMP(), NULL, good_at IS NOT NULL) AS recovered,
  times,
  detail
FROM grouped
WHERE opened IS NOT NULL
