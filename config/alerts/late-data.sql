-- Data of games that was due in the last 30 minutes (fresh_by in the workflow file) and has not come: lines while
-- they can still be collected, box scores in the morning. Two scheduled runs see each time that passes; what
-- lacks for longer is in the view.
SELECT
  CONCAT('late-data ', scraper_name, ' ', CAST(game_date AS STRING)) AS incident,
  CONCAT(
    'due at ', CAST(MIN(due_at) AS STRING), ', missing of ', CAST(COUNT(*) AS STRING), ' game(s): ',
    STRING_AGG(CONCAT(away, '@', home), ', ' ORDER BY game_id)
  ) AS detail
FROM `nba-props-platform.nba_orchestration.game_coverage`
WHERE state = 'missing'
  AND due_at >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 30 MINUTE)
GROUP BY scraper_name, game_date
