"""Tests of the synchronisation, against a real local org over HTTP."""
