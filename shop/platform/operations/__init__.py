"""Running the store: worker, schedules, health, figures for the monitor, demo data."""
