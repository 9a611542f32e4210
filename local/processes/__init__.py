"""Child processes of the local stack: started, watched, forked and stopped by their own handle."""
