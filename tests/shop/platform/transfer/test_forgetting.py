"""Files of imports go when their time is over, and not before."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from shop.core import jobs, options
from shop.core.actors import SYSTEM_ACTOR
from shop.platform.transfer import forgetting, tasks

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


@pytest.fixture
def folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "import_export": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "private" / "uploads", "base_url": None},
        }
    }
    return tmp_path


def write(path, age):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("email\nmeera@example.com\n")
    moment = (NOW - age).timestamp()
    os.utime(path, (moment, moment))
    return path


def left(folder):
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_a_store_without_uploads_has_nothing_to_forget(folder):
    assert forgetting.forget_files(now=NOW) == 0


@pytest.mark.req("DATA-17")
def test_uploads_nobody_confirmed_go_after_a_day(folder):
    uploads = folder / "private" / "uploads"
    write(uploads / "django-import-export" / "old", timedelta(hours=24, seconds=1))
    write(uploads / "django-import-export" / "fresh", timedelta(hours=23))
    write(uploads / "refused", timedelta(days=3))
    write(folder / "private" / "kept", timedelta(days=300))

    assert forgetting.forget_files(now=NOW) == 2
    assert left(folder) == {"fresh", "kept"}
    assert forgetting.forget_files(now=NOW) == 0


@pytest.mark.req("DATA-17")
def test_lists_of_rejected_rows_go_after_their_time(folder):
    write(folder / "imports" / "01abc-errors.csv", timedelta(days=91))
    write(folder / "imports" / "01abd-errors.csv", timedelta(days=89))
    write(folder / "imports" / "notes.txt", timedelta(days=300))

    assert forgetting.forget_files(now=NOW) == 1
    assert left(folder) == {"01abd-errors.csv", "notes.txt"}

    options.set_value("import.errors_days", 30, SYSTEM_ACTOR, NOW)
    assert forgetting.forget_files(now=NOW) == 1
    assert left(folder) == {"notes.txt"}


def test_the_job_runs_by_the_clock(folder):
    name = storages["import_export"].save("django-import-export/upload", ContentFile(b"sku\n"))

    assert tasks.forget_files() == 0
    assert storages["import_export"].exists(name)
    assert forgetting.forget_files(now=timezone.now() + timedelta(hours=25)) == 1
    assert not storages["import_export"].exists(name)
    assert tasks.FORGET_FILES in {schedule.task for schedule in jobs.schedules()}
