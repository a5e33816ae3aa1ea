"""PostgreSQL as Django speaks to it, with fewer questions whether it still listens."""
