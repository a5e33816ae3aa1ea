"""The figures of each report, from the rolled-up tables."""
