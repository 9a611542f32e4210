-- No plan after 05:30 ET on a day that needs one. A plan of no rows is right when neither today nor
-- yesterday needs anything, so a missing one shows in the decisions instead:
--   from 05:30: a game of yesterday that no post-game run has asked for (the 06:00 window's work), unless
--   the newest decision that looked at yesterday's games no longer saw it: it was postponed;
--   from 06:00: a decision about today's games, such as a RUN of morning_operations.
-- Where only today has games the first sign is the 06:00 tick; a locker that fails is reported at once by the
-- alert `locker-failing`.
WITH planned AS (
  SELECT COUNT(*) AS entries
  FROM `nba-props-platform.nba_orchestration.daily_expected_schedule`
  WHERE date = DATE(CURRENT_TIMESTAMP(), 'America/New_York')
), decided AS (
  SELECT
    *,
    DATE(slot, 'America/New_York') AS day,
    'nbac_boxscore' IN UNNEST(scrapers) AS collects
  FROM `nba-props-platform.nba_orchestration.workflow_decisions`
  WHERE decision_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 48 HOUR)
    AND decision_time <= CURRENT_TIMESTAMP()
    AND NOT COALESCE(forced, FALSE)
), games AS (
  SELECT game_id, LOGICAL_OR(collects) AS asked_for
  FROM decided, UNNEST(game_ids) AS game_id
  WHERE action = 'RUN'
    AND day = DATE_SUB(DATE(CURRENT_TIMESTAMP(), 'America/New_York'), INTERVAL 1 DAY)
    AND target_date = day
  GROUP BY game_id
), looked AS (
  SELECT inputs
  FROM decided
  WHERE STRPOS(inputs, CONCAT('"', CAST(
    DATE_SUB(DATE(CURRENT_TIMESTAMP(), 'America/New_York'), INTERVAL 1 DAY) AS STRING), '":[')) > 0
  ORDER BY slot DESC
  LIMIT 1
), needs AS (
  SELECT CONCAT(COUNT(*), ' game(s) of yesterday are left to collect') AS need, COUNT(*) AS found
  FROM games
  WHERE NOT asked_for
    AND STRPOS(COALESCE((SELECT inputs FROM looked), game_id), game_id) > 0
  UNION ALL
  SELECT 'today has games', COUNT(*)
  FROM decided
  WHERE day = DATE(CURRENT_TIMESTAMP(), 'America/New_York')
    AND target_date = day
    AND reason_code IN ('IN_WINDOW', 'READY', 'NO_SEASON_FILE', 'NOT_FOUND_YET', 'TOO_EARLY')
)
SELECT
  CONCAT('no-plan ', CAST(DATE(CURRENT_TIMESTAMP(), 'America/New_York') AS STRING)) AS incident,
  CONCAT('daily_expected_schedule has no row for today, but ', STRING_AGG(need, ', ')) AS detail
FROM needs
WHERE found > 0
  AND (SELECT entries FROM planned) = 0
  AND TIME(CURRENT_TIMESTAMP(), 'America/New_York') >= TIME '05:30:00'
HAVING COUNT(*) > 0
