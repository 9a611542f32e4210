-- What each game of the last 90 days has of the data whose steps say by when it must be there (fresh_by in the
-- workflow file): a row for each game and scraper. docs/views.md tells what it cannot know.
--   state: `there`; `late`, it came after due_at; `missing`, due_at has passed without it; `waiting`.
WITH expected AS (
  -- Each scraper with itself and with those that stand in for it, from the workflow file.
  SELECT scraper_name, brought_by, counted_from, minutes
  FROM UNNEST(ARRAY<STRUCT<scraper_name STRING, brought_by STRING, counted_from STRING, minutes INT64>>[
    OUR_EXPECTED
  ])
), decided AS (
  SELECT decision_id, slot, action, scrapers, game_ids, inputs
  FROM `nba-props-platform.nba_orchestration.workflow_decisions`
  WHERE decision_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)
), listed AS (
  -- A game in a decision's inputs: [id, visitors, hosts, seconds from the slot to the tip-off, …]. A slot to come
  -- that was forced is no last look: the schedule may change until it comes.
  SELECT
    slot,
    JSON_VALUE(game, '$[0]') AS game_id,
    JSON_VALUE(game, '$[1]') AS away,
    JSON_VALUE(game, '$[2]') AS home,
    TIMESTAMP_ADD(slot, INTERVAL CAST(JSON_VALUE(game, '$[3]') AS INT64) SECOND) AS tip_off
  FROM decided,
    UNNEST(REGEXP_EXTRACT_ALL(inputs, r'\["[-a-z0-9]+","[A-Z]{3}","[A-Z]{3}",-?[0-9]+,[0-9],[01]\]')) AS game
  WHERE slot <= CURRENT_TIMESTAMP()
), looked AS (
  -- A game that was postponed or moved is not listed any more by the last decision that looked at its date.
  SELECT day, MAX(slot) AS last_slot
  FROM decided, UNNEST(REGEXP_EXTRACT_ALL(inputs, r'"([0-9]{4}-[0-9]{2}-[0-9]{2})":\[')) AS day
  WHERE slot <= CURRENT_TIMESTAMP()
  GROUP BY day
), games AS (
  SELECT listed.game_id, listed.away, listed.home, listed.tip_off, CAST(looked.day AS DATE) AS game_date
  FROM listed
  JOIN looked
    ON looked.day = CAST(DATE(listed.tip_off, 'America/New_York') AS STRING) AND looked.last_slot = listed.slot
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY listed.game_id ORDER BY listed.slot DESC) = 1
), succeeded AS (
  SELECT scraper_name, decision_id, game_id, triggered_at, gcs_path
  FROM `nba-props-platform.nba_orchestration.scraper_execution_log`
  WHERE triggered_at >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)
    AND outcome = 'SUCCESS'
), scrapes AS (
  -- What was scraped for a whole date or by events counts for each game that its decision was for.
  SELECT game_id, scraper_name, triggered_at, gcs_path
  FROM succeeded
  UNION ALL
  SELECT target, succeeded.scraper_name, succeeded.triggered_at, succeeded.gcs_path
  FROM succeeded
  JOIN decided ON decided.decision_id = succeeded.decision_id
  CROSS JOIN UNNEST(decided.game_ids) AS target
  WHERE succeeded.game_id IS NULL
), firsts AS (
  SELECT
    scrapes.game_id,
    expected.scraper_name,
    scrapes.scraper_name AS brought_by,
    scrapes.triggered_at,
    scrapes.gcs_path
  FROM scrapes
  JOIN expected ON expected.brought_by = scrapes.scraper_name
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY scrapes.game_id, expected.scraper_name ORDER BY scrapes.triggered_at) = 1
), asked AS (
  SELECT DISTINCT scraper_name
  FROM decided, UNNEST(scrapers) AS scraper_name
  WHERE action = 'RUN'
), wanted AS (
  -- No RUN asks for a scraper whose source is off. A game counts as over after 150 minutes, as for the decisions.
  SELECT DISTINCT
    expected.scraper_name,
    expected.minutes + IF(expected.counted_from = 'final', 150, 0) AS minutes
  FROM expected
  JOIN asked ON asked.scraper_name = expected.brought_by
), due AS (
  SELECT
    games.*,
    wanted.scraper_name,
    TIMESTAMP_ADD(games.tip_off, INTERVAL wanted.minutes MINUTE) AS due_at
  FROM games
  CROSS JOIN wanted
)
SELECT
  due.game_date,
  due.game_id,
  due.away,
  due.home,
  due.tip_off,
  due.scraper_name,
  due.due_at,
  firsts.triggered_at AS first_success,
  firsts.brought_by,
  firsts.gcs_path,
  CASE
    WHEN firsts.triggered_at <= due.due_at THEN 'there'
    WHEN firsts.triggered_at > due.due_at THEN 'late'
    WHEN CURRENT_TIMESTAMP() > due.due_at THEN 'missing'
    ELSE 'waiting'
  END AS state
FROM due
LEFT JOIN firsts ON firsts.game_id = due.game_id AND firsts.scraper_name = due.scraper_name
