"""Writing tables to files, row by row."""
