"""The ways to sign in."""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from crm_sync.localorg.credentials import PUBLIC_KEY
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.oauth.tokens import OAuthError, token_answer
from crm_sync.localorg.sessions import CODE_START, Session

MILLISECONDS_FROM = 10**11
LONGEST_ASSERTION = 24 * 3600
AUDIENCES = frozenset(("login.salesforce.com", "test.salesforce.com"))
UNCHECKED: Any = dict.fromkeys(("verify_exp", "verify_aud", "verify_iat", "verify_nbf"), False)
Flow = Callable[[Call, dict[str, str]], Answer]
# Every org knows the CLI's own application, which has no secret.
CLI = "PlatformCLI"


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())


def client_of(call: Call, form: dict[str, str]) -> tuple[str, str]:
    """Return client id and secret from the form or from HTTP Basic."""
    header = call.header("authorization")
    if not header.lower().startswith("basic "):
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        text = base64.b64decode(header[6:], validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise OAuthError("invalid_client", "invalid client credentials") from error
    name, _, secret = text.partition(":")
    return name, secret


def check_client(call: Call, form: dict[str, str], *, secret_needed: bool = True) -> str:
    """Refuse an unknown client; return its id."""
    client_id, secret = client_of(call, form)
    known = call.org.credentials
    if client_id == CLI and not secret_needed:
        return client_id
    if not _same(client_id, known.client_id):
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if (secret or secret_needed) and not _same(secret, known.client_secret):
        raise OAuthError("invalid_client", "invalid client credentials")
    return client_id


def _answer(call: Call, session: Session, *, refresh: bool = False) -> Answer:
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return Answer(token_answer(call, session, refresh=refresh), headers=headers)


def client_credentials(call: Call, form: dict[str, str]) -> Answer:
    """Sign in as the application's own user."""
    client_id = check_client(call, form)
    return _answer(call, call.org.sessions.open(call.org.user_id, client_id, "api"))


def password(call: Call, form: dict[str, str]) -> Answer:
    """Sign in with name and password; most orgs have switched this off."""
    if not call.org.settings.allow_password:
        raise OAuthError("invalid_grant", "username-password flow is disabled in this org")
    client_id = check_client(call, form)
    known = call.org.credentials
    fits = form.get("password", "").startswith(known.password)
    if not fits or form.get("username", "").lower() != known.username.lower():
        raise OAuthError("invalid_grant", "authentication failure")
    return _answer(call, call.org.sessions.open(call.org.user_id, client_id, "api"))


def _claims(call: Call, assertion: str) -> dict[str, object]:
    """Read an assertion: only what the holder of the registered key signed counts."""
    try:
        key = _public_key(call.org.settings.folder / PUBLIC_KEY)
        return jwt.decode(assertion, key, algorithms=["RS256"], options=UNCHECKED)
    except (jwt.InvalidTokenError, OSError, TypeError, ValueError) as error:
        raise OAuthError("invalid_grant", "invalid assertion") from error


def _public_key(path: Path) -> Any:
    pem = path.read_bytes()
    if b"CERTIFICATE" in pem:
        return load_pem_x509_certificate(pem).public_key()
    return load_pem_public_key(pem)


def _check_expiry(claims: dict[str, object]) -> None:
    try:
        expiry = float(str(claims.get("exp")))
    except ValueError as error:
        raise OAuthError("invalid_grant", "invalid assertion") from error
    if expiry > MILLISECONDS_FROM:
        expiry /= 1000
    present = time.time()
    if not present - 60 < expiry < present + LONGEST_ASSERTION:
        raise OAuthError("invalid_grant", "expired authorization code")


def _check_audience(call: Call, claims: dict[str, object]) -> None:
    value = claims.get("aud")
    text = str(value[0] if isinstance(value, list) and value else value)
    try:
        host = urlsplit(text).netloc if "//" in text else text.rstrip("/")
    except ValueError:
        host = ""
    if host not in AUDIENCES and host != urlsplit(call.host).netloc:
        raise OAuthError("invalid_grant", "audience is invalid")


def jwt_bearer(call: Call, form: dict[str, str]) -> Answer:
    """Sign in with an assertion that the client signed."""
    claims = _claims(call, form.get("assertion", ""))
    if claims.get("iss") != call.org.credentials.client_id:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    _check_audience(call, claims)
    _check_expiry(claims)
    user_id = _user(call, str(claims.get("sub", "")))
    return _answer(call, call.org.sessions.open(user_id, str(claims["iss"]), "api"))


def _user(call: Call, name: str) -> str:
    """Return the id of the user whom an assertion names; all users have approved the client."""
    text = name.replace("\\", "\\\\").replace("'", "\\'")
    found = call.org.reader.query(
        f"SELECT Id, IsActive FROM User WHERE Username = '{text}'"
    ).records
    if not found:
        raise OAuthError("invalid_grant", "user hasn't approved this consumer")
    if not found[0]["IsActive"]:
        raise OAuthError("inactive_user", "user is inactive")
    return str(found[0]["Id"])


def _check_verifier(challenge: str, verifier: str) -> None:
    digest = hashlib.sha256(verifier.encode()).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not _same(made, challenge.rstrip("=")):
        raise OAuthError("invalid_grant", "invalid code verifier")


def authorization_code(call: Call, form: dict[str, str]) -> Answer:
    """Exchange the code that the consent page gave out."""
    code = form.get("code", "")
    grant = call.org.sessions.take_code(code)
    if grant is None:
        state = "expired" if code.startswith(CODE_START) else "invalid"
        raise OAuthError("invalid_grant", f"{state} authorization code")
    client_id = check_client(call, form, secret_needed=not grant.challenge)
    if client_id != grant.client_id:
        raise OAuthError("invalid_grant", "invalid authorization code")
    if form.get("redirect_uri") != grant.redirect_uri:
        raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
    if grant.challenge:
        _check_verifier(grant.challenge, form.get("code_verifier", ""))
    wants_refresh = "refresh_token" in grant.scopes or "offline_access" in grant.scopes
    token = call.org.sessions.new_refresh_token() if wants_refresh else ""
    session = call.org.sessions.open(grant.user_id, client_id, grant.scopes, token)
    return _answer(call, session, refresh=wants_refresh)


def refresh_token(call: Call, form: dict[str, str]) -> Answer:
    """Get a new access token for an old sign-in."""
    client_id = check_client(call, form, secret_needed=False)
    kept = call.org.sessions.by_refresh_token(form.get("refresh_token", "?") or "?")
    if kept is None or kept.client_id != client_id:
        raise OAuthError("invalid_grant", "expired access/refresh token")
    session = call.org.sessions.open(kept.user_id, client_id, kept.scopes, kept.refresh_token)
    return _answer(call, session)


FLOWS: dict[str, Flow] = {
    "client_credentials": client_credentials,
    "password": password,
    "urn:ietf:params:oauth:grant-type:jwt-bearer": jwt_bearer,
    "authorization_code": authorization_code,
    "refresh_token": refresh_token,
}


def token(call: Call) -> Answer:
    """Answer the token address."""
    form = {**call.params(), **call.form()}
    kind = form.get("grant_type", "")
    if not kind:
        raise OAuthError("unsupported_grant_type", "grant type not supported")
    flow = FLOWS.get(kind)
    if flow is None:
        raise OAuthError("unsupported_grant_type", "grant type not supported")
    return flow(call, form)
