"""Where goods lie: stock items, their ledger and reservations."""
