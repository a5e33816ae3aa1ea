"""One folder, one process: two of them would hand out the same ids."""

import fcntl
import os
from pathlib import Path
from typing import IO

from crm_sync.localorg.errors import SalesforceError

NAME = "lock"


def hold(folder: Path) -> IO[str]:
    """Claim an org's folder until the process ends, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    held = (folder / NAME).open("a+", encoding="utf-8")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        held.seek(0)
        by = held.read().strip() or "?"
        held.close()
        message = f"the org in {folder} is served already, by process {by}; stop it first"
        raise SalesforceError("FOLDER_IN_USE", message) from error
    held.truncate(0)
    held.write(str(os.getpid()))
    held.flush()
    return held
