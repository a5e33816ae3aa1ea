"""Tests of the settings and what guards them."""
