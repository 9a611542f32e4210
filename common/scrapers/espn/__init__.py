"""ESPN: its site API and the pages themselves."""
