"""What must hold for the whole tree, whoever changed it."""
