"""The addresses below /services/oauth2 and the identity address."""

from collections.abc import Callable

from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Answer, Call, refusal
from crm_sync.localorg.oauth import flows
from crm_sync.localorg.oauth.tokens import OAuthError, identity_answer, user_info
from crm_sync.localorg.sessions import Session


def bearer(call: Call) -> str:
    """Return the token a call carries, in any of the forms clients use."""
    scheme, _, value = call.header("authorization").partition(" ")
    if scheme.lower() in {"bearer", "oauth"} and value:
        return value.strip()
    return call.params().get("oauth_token", "") or call.params().get("access_token", "")


def session_of(call: Call) -> Session:
    """Return the session of a call, or refuse it."""
    token = bearer(call)
    if not token:
        raise SalesforceError("INVALID_AUTH_HEADER", "INVALID_AUTH_HEADER")
    session = call.org.sessions.find(token)
    if session is None:
        raise SalesforceError("INVALID_SESSION_ID", "Session expired or invalid")
    return session


def _user_info(call: Call) -> Answer:
    session = call.org.sessions.find(bearer(call) or call.form().get("access_token", ""))
    if session is None:
        return Answer(raw=b"Bad_OAuth_Token", status=403, content_type="text/html;charset=UTF-8")
    return Answer(user_info(call, session.user_id))


def _revoke(call: Call) -> Answer:
    token = {**call.params(), **call.form()}.get("token", "")
    if not call.org.sessions.revoke(token):
        raise OAuthError("unsupported_token_type", "this token type is not supported")
    return Answer(raw=b"")


def _introspect(call: Call) -> Answer:
    form = call.form()
    flows.check_client(call, form)
    session = call.org.sessions.find(form.get("token", ""))
    if session is None:
        return Answer({"active": False})
    return Answer(
        {
            "active": True,
            "scope": session.scopes,
            "client_id": session.client_id,
            "username": call.org.credentials.username,
            "sub": f"{call.host}/id/{call.org.org_id}/{session.user_id}",
            "token_type": "access_token",
            "exp": int(session.used) + 7200,
            "iat": int(session.issued),
            "nbf": int(session.issued),
        }
    )


def _single_access(call: Call) -> Answer:
    """Give out an address at which a browser is signed in; the pages here ask for no sign-in."""
    session_of(call)
    target = {**call.params(), **call.form()}.get("redirect_uri", "").lstrip("/")
    if "//" in target or "\\" in target:
        raise OAuthError("invalid_request", "redirect_uri has to be a path of this org")
    return Answer({"frontdoor_uri": f"{call.host}/{target}"})


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


def identity(call: Call) -> Answer:
    """Answer the identity address of a user."""
    session = session_of(call)
    return Answer(identity_answer(call, session.user_id))
