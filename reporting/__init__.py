"""Read-only report pages and the rolled-up tables behind them."""
