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
