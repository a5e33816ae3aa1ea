"""Files of imports hold people's names and addresses: none of them stays longer than it must."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import Storage, storages

from shop.core import options

UPLOADS = "import_export"
ERRORS_FOLDER = "imports"


def forget_files(*, now: datetime) -> int:
    """Delete uploads that nobody confirmed or that were refused, and old lists of rejected rows."""
    uploads = now - timedelta(hours=options.value("import.upload_hours"))
    rejected = now - timedelta(days=options.value("import.errors_days"))
    return _forget_uploads(uploads) + _forget_rejected(rejected)


def _forget_uploads(before: datetime) -> int:
    storage = storages[UPLOADS]
    old = [name for name in _names(storage, "") if storage.get_modified_time(name) < before]
    for name in old:
        storage.delete(name)
    return len(old)


def _names(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever uploaded
        return
    yield from (f"{folder}{name}" for name in files)
    for name in folders:
        yield from _names(storage, f"{folder}{name}/")


def _forget_rejected(before: datetime) -> int:
    # Only the files that imports named themselves; one that somebody asked for elsewhere is theirs.
    folder = Path(settings.VAR_DIR) / ERRORS_FOLDER
    old = [
        path for path in folder.glob("*-errors.csv") if path.stat().st_mtime < before.timestamp()
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
