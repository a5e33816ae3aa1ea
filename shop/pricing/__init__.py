"""What it costs: tax, prices, offers and the one calculator of sums."""
