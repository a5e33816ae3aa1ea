"""Secrets at rest: encrypted with the first key, readable with any that is still listed."""

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


class Unreadable(Exception):
    """The text was not encrypted with any key that is listed."""


@lru_cache(maxsize=8)
def _keyring(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS is empty")
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """Hide a text under the first key."""
    return _keyring(tuple(settings.FIELD_ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """Read a hidden text with whichever key fits."""
    try:
        return _keyring(tuple(settings.FIELD_ENCRYPTION_KEYS)).decrypt(text.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """A text column whose content is unreadable in the database and in backups."""

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Read the hidden text."""
        return decrypt(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        """Hide the text."""
        return encrypt(str(value)) if value else value
