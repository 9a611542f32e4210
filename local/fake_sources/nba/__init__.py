"""NBA.com: its live data files, stats.nba.com, official.nba.com and the pages themselves."""
