"""One database, set up for many short transactions at once."""

from pathlib import Path
from typing import Any

import environ

SQLITE = "django.db.backends.sqlite3"
# The write lock is taken at the start: two writers wait for each other and never fail half-way.
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
}
# The server plans a statement once for each connection: half its work for a purchase.
PREPARES = {"server_side_binding": True, "prepare_threshold": 5}


def configure(env: environ.Env, folder: Path) -> dict[str, dict[str, Any]]:
    """What `DATABASE_URL` names, else a file in the folder."""
    database: dict[str, Any] = env.db("DATABASE_URL", f"sqlite:///{folder / 'store.sqlite3'}")
    if database["ENGINE"] == SQLITE:
        return {"default": {**database, "OPTIONS": SQLITE_OPTIONS}}
    options = database.get("OPTIONS", {})
    if env.bool("DATABASE_PREPARES", default=True):
        options = {**options, **PREPARES}
    ours = {"ENGINE": "shop.core.postgres", "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    return {"default": {**database, **ours, "OPTIONS": options}}
