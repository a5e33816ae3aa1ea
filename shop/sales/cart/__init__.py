"""Carts and their lines: what a visitor means to buy."""
