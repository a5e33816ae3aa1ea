"""Writing batches of records through the services of the packages that own them."""
