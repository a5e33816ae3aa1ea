"""Talking to one org: sign-in, calls, and what its answers mean."""
