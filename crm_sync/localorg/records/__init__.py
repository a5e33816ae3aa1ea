"""Creating, changing and deleting records by the platform's rules."""
