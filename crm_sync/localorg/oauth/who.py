"""Who a user is: the identity address and its OpenID form."""

from typing import Any
from urllib.parse import urlencode

from lxml import etree

from crm_sync.localorg.messages import Answer, Call

LATEST = "68.0"
FORMS = ("json", "xml", "urlencoded")


def identity_answer(call: Call, user_id: str, version: str = "") -> dict[str, Any]:
    """Return who a user is; with a version, the addresses name it."""
    found = call.org.reader.query(
        "SELECT Id, Username, Name, FirstName, LastName, Email, IsActive, MobilePhone, "
        "TimeZoneSidKey, LanguageLocaleKey, LocaleSidKey, SystemModstamp "
        f"FROM User WHERE Id = '{user_id}'"
    ).records
    user = found[0] if found else {}
    base = f"{call.host}/services"
    number = LATEST if version == "latest" else version or "{version}"
    rest = f"{base}/data/v{number}"
    photo = f"{call.host}/profilephoto/005"
    return {
        "id": f"{call.host}/id/{call.org.org_id}/{user_id}",
        "asserted_user": True,
        "user_id": user_id,
        "organization_id": call.org.org_id,
        "username": user.get("Username"),
        "nick_name": "integration",
        "display_name": user.get("Name"),
        "email": user.get("Email"),
        "email_verified": True,
        "photos": {"picture": f"{photo}/F", "thumbnail": f"{photo}/T"},
        "addr_street": None,
        "addr_city": None,
        "addr_state": None,
        "addr_country": None,
        "addr_zip": None,
        "mobile_phone": user.get("MobilePhone"),
        "mobile_phone_verified": False,
        "is_lightning_login_user": False,
        "status": {"created_date": None, "body": None},
        "first_name": user.get("FirstName"),
        "last_name": user.get("LastName"),
        "timezone": user.get("TimeZoneSidKey"),
        "active": user.get("IsActive"),
        "user_type": "STANDARD",
        "language": user.get("LanguageLocaleKey"),
        "locale": user.get("LocaleSidKey"),
        "utcOffset": 0,
        "last_modified_date": user.get("SystemModstamp"),
        "is_app_installed": True,
        "urls": {
            "enterprise": f"{base}/Soap/c/{number}/{call.org.org_id[:15]}",
            "metadata": f"{base}/Soap/m/{number}/{call.org.org_id[:15]}",
            "partner": f"{base}/Soap/u/{number}/{call.org.org_id[:15]}",
            "rest": f"{rest}/",
            "sobjects": f"{rest}/sobjects/",
            "search": f"{rest}/search/",
            "query": f"{rest}/query/",
            "recent": f"{rest}/recent/",
            "tooling_soap": f"{base}/Soap/T/{number}/{call.org.org_id[:15]}",
            "tooling_rest": f"{rest}/tooling/",
            "profile": f"{call.host}/{user_id}",
            "custom_domain": call.host,
        },
    }


def user_info(call: Call, user_id: str) -> dict[str, Any]:
    """Return the OpenID form of who a user is."""
    known = identity_answer(call, user_id)
    return {
        "sub": known["id"],
        "user_id": user_id,
        "organization_id": call.org.org_id,
        "preferred_username": known["username"],
        "nickname": known["nick_name"],
        "name": known["display_name"],
        "email": known["email"],
        "email_verified": True,
        "profile": f"{call.host}/{user_id}",
        "picture": known["photos"]["picture"],
        "photos": known["photos"],
        "given_name": known["first_name"],
        "family_name": known["last_name"],
        "zoneinfo": known["timezone"],
        "active": known["active"],
        "user_type": "STANDARD",
        "language": known["language"],
        "locale": known["locale"],
        "utcOffset": 0,
        "updated_at": known["last_modified_date"],
        "is_app_installed": True,
        "urls": known["urls"],
    }


def _flat(known: dict[str, Any], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in known.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = _text(value)
    return found


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _fill(parent: etree._Element, known: dict[str, Any]) -> None:
    for name, value in known.items():
        made = etree.SubElement(parent, name)
        if isinstance(value, dict):
            _fill(made, value)
        else:
            made.text = _text(value)


def _form_of(call: Call, params: dict[str, str]) -> str:
    asked = params.get("format", "").lower()
    if asked in FORMS:
        return asked
    accept = call.header("accept").lower()
    if "application/xml" in accept and "json" not in accept:
        return "xml"
    return "urlencoded" if "application/x-www-form-urlencoded" in accept else "json"


def identity_form(call: Call, known: dict[str, Any], params: dict[str, str]) -> Answer:
    """Return who a user is as JSON, XML or a form, whichever a client asks for."""
    form = _form_of(call, params)
    if form == "json":
        return Answer(known)
    if form == "urlencoded":
        kind = "application/x-www-form-urlencoded;charset=UTF-8"
        return Answer(raw=urlencode(_flat(known)).encode(), content_type=kind)
    root = etree.Element("user")
    _fill(root, known)
    text = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return Answer(raw=text, content_type="application/xml;charset=UTF-8")
