"""The web server flow up to the code: what is asked, and where the answer goes."""

import re
import time
from dataclasses import dataclass
from hmac import compare_digest
from urllib.parse import urlencode, urlsplit, urlunsplit

from crm_sync.localorg.oauth.flows import CLI
from crm_sync.localorg.oauth.tokens import OAuthError
from crm_sync.localorg.org import Org
from crm_sync.localorg.sessions import Grant

LOOPBACK = frozenset(("localhost", "127.0.0.1", "[::1]", "::1"))
SCOPES = frozenset((
    "address", "api", "chatter_api", "content", "custom_permissions", "email", "full", "id",
    "lightning", "offline_access", "openid", "phone", "profile", "refresh_token", "sfap_api",
    "visualforce", "wave_api", "web",
))  # fmt: skip
# An address that can stand in a header: nothing in it begins something new.
ADDRESS = re.compile(
    r"https?://(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:[/?#][!-~]{0,2000})?", re.ASCII
)
DEFAULT_SCOPES = "api refresh_token"


@dataclass(frozen=True, slots=True)
class Wish:
    """What an application asks for."""

    client_id: str
    redirect_uri: str
    scopes: str
    state: str
    challenge: str

    @property
    def origin(self) -> str:
        """Return the site that the answer goes to."""
        parts = urlsplit(self.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}"

    def answer(self, **facts: str) -> str:
        """Return the address that carries the answer back."""
        parts = urlsplit(self.redirect_uri)
        state = {"state": self.state} if self.state else {}
        query = "&".join(part for part in (parts.query, urlencode({**facts, **state})) if part)
        return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _check_redirect(uri: str) -> None:
    parts = urlsplit(uri) if ADDRESS.fullmatch(uri) else urlsplit("")
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.netloc or not (local or parts.scheme == "https"):
        raise OAuthError("redirect_uri_mismatch", "redirect_uri must be https or on this machine")


def read(org: Org, params: dict[str, str]) -> Wish:
    """Check what an application asks for."""
    client = params.get("client_id", "")
    known = compare_digest(client.encode(), org.credentials.client_id.encode())
    if not known and client != CLI:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if params.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response type not supported")
    if params.get("code_challenge_method", "S256") != "S256":
        raise OAuthError("invalid_request", "only S256 is supported")
    if client == CLI and not params.get("code_challenge"):
        # What has no secret proves by its verifier alone that the code is its own.
        raise OAuthError("invalid_request", "missing required code challenge")
    _check_redirect(params.get("redirect_uri", ""))
    scopes = params.get("scope") or DEFAULT_SCOPES
    if not set(scopes.split()) <= SCOPES:
        raise OAuthError("invalid_scope", "the requested scope is invalid")
    return Wish(
        client,
        params["redirect_uri"],
        scopes,
        params.get("state", ""),
        params.get("code_challenge", ""),
    )


def allow(org: Org, wish: Wish, password: str) -> str:
    """Give out a code to whoever knows the user's password."""
    if not compare_digest(password.encode(), org.credentials.password.encode()):
        raise OAuthError("invalid_grant", "The password is not right.")
    grant = Grant(
        org.user_id, wish.client_id, wish.redirect_uri, wish.scopes, wish.challenge, time.time()
    )
    return wish.answer(code=org.sessions.keep_code(grant))


def deny(wish: Wish) -> str:
    """Tell the application that the user said no."""
    return wish.answer(error="access_denied", error_description="end-user denied authorization")
