"""Who buys and where the shop stands."""
