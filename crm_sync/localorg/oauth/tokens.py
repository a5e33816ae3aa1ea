"""The token answer and the identity of a user."""

import base64
import hashlib
import hmac

from crm_sync.localorg import clock
from crm_sync.localorg.messages import Call
from crm_sync.localorg.sessions import Session


class OAuthError(Exception):
    """A sign-in that was refused, in the words of the protocol."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.status = status

    def as_json(self) -> dict[str, str]:
        """Return the body of the refusal."""
        return {"error": self.code, "error_description": self.description}


def sign(secret: str, text: str) -> str:
    """Sign a text with the client's secret."""
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def token_answer(call: Call, session: Session, *, refresh: bool = False) -> dict[str, str]:
    """Return what a client gets for a good sign-in; every value is text."""
    issued = str(clock.milliseconds())
    identity = f"{call.host}/id/{call.org.org_id}/{session.user_id}"
    answer = {
        "access_token": session.token,
        "signature": sign(call.org.credentials.client_secret, identity + issued),
        "scope": session.scopes,
        "instance_url": call.host,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued,
        "api_instance_url": call.host,
    }
    if refresh:
        answer["refresh_token"] = session.refresh_token
    return answer


def identity_answer(call: Call, user_id: str) -> dict[str, object]:
    """Return who a user is."""
    found = call.org.reader.query(
        "SELECT Id, Username, Name, FirstName, LastName, Email, IsActive, TimeZoneSidKey, "
        f"LanguageLocaleKey, LocaleSidKey, SystemModstamp FROM User WHERE Id = '{user_id}'"
    ).records
    user = found[0] if found else {}
    base = f"{call.host}/services"
    rest = f"{base}/data/v{{version}}"
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
            "enterprise": f"{base}/Soap/c/{{version}}/{call.org.org_id[:15]}",
            "metadata": f"{base}/Soap/m/{{version}}/{call.org.org_id[:15]}",
            "partner": f"{base}/Soap/u/{{version}}/{call.org.org_id[:15]}",
            "rest": f"{rest}/",
            "sobjects": f"{rest}/sobjects/",
            "search": f"{rest}/search/",
            "query": f"{rest}/query/",
            "recent": f"{rest}/recent/",
            "profile": f"{call.host}/{user_id}",
        },
    }


def user_info(call: Call, user_id: str) -> dict[str, object]:
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
