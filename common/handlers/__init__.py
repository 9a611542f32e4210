"""The work of the seven functions, one file each."""
