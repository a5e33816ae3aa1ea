"""Passwords of users."""

from crm_sync.localorg import credentials, ids
from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Answer, Call, no_content

SHORTEST_PASSWORD = 8


def _user(call: Call, user_id: str) -> str:
    full = ids.normalize(user_id)
    text = f"SELECT Id FROM User WHERE Id = '{full}'"
    if full is None or not call.org.reader.query(text).records:
        raise not_found()
    return full


def password_state(call: Call, user_id: str) -> Answer:
    """Say whether a user's password has run out; here none ever does."""
    _user(call, user_id)
    return Answer({"isExpired": False})


def change_password(call: Call, user_id: str, word: str) -> None:
    """Give a user another password; only the org's own user signs in with one."""
    full = _user(call, user_id)
    if len(word) < SHORTEST_PASSWORD:
        message = f"Your password must be at least {SHORTEST_PASSWORD} characters long."
        raise SalesforceError("INVALID_NEW_PASSWORD", message)
    if full == call.org.user_id:
        path = call.org.settings.folder / "credentials.json"
        call.org.credentials = credentials.with_password(path, call.org.credentials, word)


def set_password(call: Call, user_id: str) -> Answer:
    """Give a user another password."""
    word = call.json_object().get("NewPassword")
    change_password(call, user_id, word if isinstance(word, str) else "")
    return no_content()
