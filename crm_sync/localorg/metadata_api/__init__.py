"""Deploying and retrieving metadata."""
