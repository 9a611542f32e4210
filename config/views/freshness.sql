-- Each workflow and each scraper: when it last succeeded, when it was last asked, and whether that is due.
-- A workflow is due when the controller has not decided it at its last full hour from 06:00 to 23:00 ET, or when
-- its last RUN has no completed execution after an hour; a scraper when what the last RUN asked of it has
-- not come after an hour. At 03:00 the last hour is 23:00 of the day before. Looks back 90 days; uploads count
-- for nothing.
WITH present AS (
  SELECT
    CURRENT_TIMESTAMP() AS now,
    TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 15 MINUTE) AS a_while_ago,
    TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 HOUR) AS an_hour_ago
), ticked AS (
  SELECT
    *,
    IF(
      EXTRACT(HOUR FROM a_while_ago AT TIME ZONE 'America/New_York') >= 6,
      TIMESTAMP_TRUNC(a_while_ago, HOUR),
      TIMESTAMP(
        DATETIME(DATE_SUB(DATE(a_while_ago, 'America/New_York'), INTERVAL 1 DAY), TIME '23:00:00'),
        'America/New_York')
    ) AS last_tick
  FROM present
), decided AS (
  SELECT
    workflow_name,
    MAX(decision_time) AS last_decision,
    MAX(slot) AS last_slot,
    MAX(IF(action = 'RUN', decision_time, NULL)) AS last_asked
  FROM `nba-props-platform.nba_orchestration.workflow_decisions`
  WHERE decision_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)
    AND NOT COALESCE(forced, FALSE)
  GROUP BY workflow_name
), completed AS (
  SELECT workflow_name, MAX(finished_at) AS last_success
  FROM `nba-props-platform.nba_orchestration.workflow_executions`
  WHERE execution_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)
    AND status = 'completed'
  GROUP BY workflow_name
), asked AS (
  SELECT scraper_name, MAX(decision_time) AS last_asked
  FROM `nba-props-platform.nba_orchestration.workflow_decisions`, UNNEST(scrapers) AS scraper_name
  WHERE decision_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)
    AND action = 'RUN'
    AND NOT COALESCE(forced, FALSE)  -- its time is its slot's, which may be to come
  GROUP BY scraper_name
), scraped AS (
  SELECT scraper_name, MAX(IF(outcome = 'SUCCESS', triggered_at, NULL)) AS last_success
  FROM `nba-props-platform.nba_orchestration.scraper_execution_log`
  WHERE triggered_at >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)
    AND outcome != 'UPLOADED'
  GROUP BY scraper_name
), known AS (
  SELECT 'workflow' AS kind, workflow_name AS name, last_success, last_asked, last_decision, last_slot
  FROM decided
  LEFT JOIN completed USING (workflow_name)
  -- All workflows are decided in every slot: one that was not in the last is not in the file any more.
  WHERE last_slot = (SELECT MAX(last_slot) FROM decided)
  UNION ALL
  SELECT 'scraper', scraper_name, last_success, last_asked, last_asked, NULL
  FROM asked
  FULL JOIN scraped USING (scraper_name)
)
SELECT
  kind,
  name,
  last_success,
  TIMESTAMP_DIFF(now, last_success, MINUTE) AS minutes_since_success,
  last_asked,
  last_decision,
  TIMESTAMP_DIFF(now, last_decision, MINUTE) AS minutes_since_decision,
  COALESCE(last_slot < last_tick, FALSE)
    OR (COALESCE(last_asked < an_hour_ago, FALSE) AND COALESCE(last_success < last_asked, TRUE)) AS is_due
FROM known
CROSS JOIN ticked
