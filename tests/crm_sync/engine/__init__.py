"""Tests of the engine, against a real local org."""
