"""Passwords of users, and the layouts of record pages."""

from crm_sync.localorg import credentials, ids
from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Answer, Call, no_content
from crm_sync.localorg.rest.describe import describe_field, object_of
from crm_sync.localorg.schema.model import Field, SObject

SHORTEST_PASSWORD = 8
MASTER = "012000000000000AAA"


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


def _item(owner: SObject, field: Field) -> dict[str, object]:
    component = {"details": describe_field(owner, field), "type": "Field", "value": field.name}
    return {
        "editableForNew": field.createable,
        "editableForUpdate": field.updateable,
        "label": field.label,
        "layoutComponents": [{**component, "displayLines": 1, "tabOrder": 1}],
        "placeholder": False,
        "required": field.required,
    }


def _layout(call: Call, name: str) -> dict[str, object]:
    owner = object_of(call, name)
    rows = [{"layoutItems": [_item(owner, field)], "numItems": 1} for field in owner.stored()]
    section: dict[str, object] = {
        "columns": 1,
        "heading": "Information",
        "layoutRows": rows,
        "rows": len(rows),
        "tabOrder": "LeftToRight",
        "useCollapsibleSection": False,
        "useHeading": True,
    }
    related = [
        {"label": each.name, "name": each.name, "sobject": each.child, "field": each.field}
        for each in owner.children
        if each.name
    ]
    return {
        "buttonLayoutSection": None,
        "detailLayoutSections": [section],
        "editLayoutSections": [section],
        "id": "00h000000000000AAA",
        "multirowEditLayoutSections": [],
        "offlineLinks": [],
        "relatedLists": related,
    }


def layouts(call: Call, name: str) -> Answer:
    """Return the one layout that every record of an object has here."""
    found = _layout(call, name)
    mapping = {"available": True, "layoutId": found["id"], "recordTypeId": MASTER}
    return Answer(
        {
            "layouts": [found],
            "recordTypeMappings": [{**mapping, "master": True, "name": "Master"}],
            "recordTypeSelectorRequired": [False],
        }
    )


def layout(call: Call, name: str, record_type: str) -> Answer:
    """Return the layout of one record type."""
    if ids.normalize(record_type) is None:
        raise SalesforceError("MALFORMED_ID", f"Malformed ID {record_type}")
    return Answer(_layout(call, name))
