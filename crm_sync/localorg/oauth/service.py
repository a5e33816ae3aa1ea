"""The addresses below /services/oauth2 and the identity address."""

import secrets
from collections.abc import Callable
from urllib.parse import urlencode

from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Answer, Call, refusal
from crm_sync.localorg.oauth import flows
from crm_sync.localorg.oauth.tokens import OAuthError
from crm_sync.localorg.oauth.who import identity_answer, identity_form, user_info
from crm_sync.localorg.sessions import Session

DATA_SCOPES = frozenset(("api", "full"))


def bearer(call: Call) -> str:
    """Return the token a call carries, in any of the forms clients use."""
    scheme, _, value = call.header("authorization").partition(" ")
    if scheme.lower() in {"bearer", "oauth"} and value:
        return value.strip()
    return call.params().get("oauth_token", "") or call.params().get("access_token", "")


def session_of(call: Call) -> Session:
    """Return the session of a call, or refuse it."""
    token = bearer(call)
    if not token and call.header("authorization"):
        raise SalesforceError("INVALID_AUTH_HEADER", "INVALID_AUTH_HEADER")
    session = call.org.sessions.find(token)
    if session is None:
        raise SalesforceError("INVALID_SESSION_ID", "Session expired or invalid")
    if not DATA_SCOPES & set(session.scopes.split()):
        message = "This session is not valid for use with the REST API"
        raise SalesforceError("INVALID_SESSION_ID", message)
    return session


def _user_info(call: Call) -> Answer:
    token = bearer(call) or call.form().get("access_token", "")
    session = call.org.sessions.find(token)
    if session is None:
        return _denied("Bad_OAuth_Token" if token else "Missing_OAuth_Token")
    return Answer(user_info(call, session.user_id))


def _revoke(call: Call) -> Answer:
    token = {**call.params(), **call.form()}.get("token", "")
    if not call.org.sessions.revoke(token):
        raise OAuthError("unsupported_token_type", "this token type is not supported")
    return Answer(raw=b"")


def _introspect(call: Call) -> Answer:
    form = call.form()
    flows.check_client(call, form)
    token, kind = form.get("token", ""), "access_token"
    session = call.org.sessions.find(token)
    if session is None and token:
        session, kind = call.org.sessions.by_refresh_token(token), "refresh_token"
    if session is None:
        return Answer({"active": False})
    return Answer(
        {
            "active": True,
            "scope": session.scopes,
            "client_id": session.client_id,
            "username": user_info(call, session.user_id)["preferred_username"],
            "sub": f"{call.host}/id/{call.org.org_id}/{session.user_id}",
            "token_type": kind,
            "exp": int(session.used) + 7200,
            "iat": int(session.issued),
            "nbf": int(session.issued),
        }
    )


def _single_access(call: Call) -> Answer:
    """Give out an address at which a browser is signed in; the pages here ask for no sign-in."""
    session_of(call)
    target = {**call.params(), **call.form()}.get("redirect_uri", "")
    if "//" in target or "\\" in target:
        raise OAuthError("invalid_request", "redirect_uri has to be a path of this org")
    door = {"otp": secrets.token_urlsafe(48), "cshc": secrets.token_urlsafe(16)}
    wish = door | ({"startURL": target} if target else {})
    return Answer({"frontdoor_uri": f"{call.host}/secur/frontdoor.jsp?{urlencode(wish)}"})


ADDRESSES: dict[tuple[str, str], Callable[[Call], Answer]] = {
    ("POST", "token"): flows.token,
    ("GET", "token"): flows.token,
    ("GET", "userinfo"): _user_info,
    ("POST", "userinfo"): _user_info,
    ("POST", "revoke"): _revoke,
    ("GET", "revoke"): _revoke,
    ("POST", "introspect"): _introspect,
    ("GET", "singleaccess"): _single_access,
    ("POST", "singleaccess"): _single_access,
}


def answer(call: Call) -> Answer:
    """Answer an address of the sign-in service."""
    name = call.path.rstrip("/").rpartition("/")[2]
    handler = ADDRESSES.get((call.method, name))
    if handler is None:
        return refusal(not_found())
    try:
        return handler(call)
    except OAuthError as error:
        return Answer(error.as_json(), status=error.status)


def _denied(word: str, status: int = 403) -> Answer:
    return Answer(raw=word.encode(), status=status, content_type="text/html;charset=UTF-8")


def identity(call: Call) -> Answer:
    """Answer the identity address of a user, in the form that is asked for."""
    form = call.form() if call.method == "POST" else {}
    params = {**call.params(), **form}
    token = bearer(call) or params.get("oauth_token", "") or params.get("access_token", "")
    session = call.org.sessions.find(token)
    if session is None:
        return _denied("Bad_OAuth_Token" if token else "Missing_OAuth_Token")
    org_id, _, user_id = call.path.removeprefix("/id/").strip("/").partition("/")
    if org_id[:15] != call.org.org_id[:15]:
        return _denied("Wrong_Org")
    if user_id[:15] != session.user_id[:15]:
        return _denied("Bad_Id", 404)
    found = identity_answer(call, session.user_id, params.get("version", ""))
    return identity_form(call, found, params)
