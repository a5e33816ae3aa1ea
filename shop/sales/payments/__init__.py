"""Payments: what was asked for, what came in, what went back."""
