"""Whole stories, over HTTP."""
