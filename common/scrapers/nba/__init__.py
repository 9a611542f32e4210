"""NBA.com: its live data files, stats.nba.com and the pages themselves."""
