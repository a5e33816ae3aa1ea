"""Mail as files, for a store without a mail server: one that any mail program opens for each."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

DJANGO_FILES = "django.core.mail.backends.filebased.EmailBackend"


def configure(found: dict[str, Any]) -> dict[str, Any]:
    """Where mail goes; into files of our own where the address names a folder."""
    if found["EMAIL_BACKEND"] == DJANGO_FILES:
        return {**found, "EMAIL_BACKEND": "config.mail.MailFiles"}
    return found


class MailFiles(BaseEmailBackend):
    """Writes each mail to a file of its own, in the order of their names."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the mails; a file has its name only when it is whole."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{uuid4().hex[:6]}"
            fresh = folder / f".{name}.new"
            fresh.write_bytes(message.message().as_bytes())
            fresh.rename(folder / f"{name}.eml")
        return len(email_messages)
