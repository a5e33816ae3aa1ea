"""What the Makefile calls before or beside Django."""
