"""Signing in: client credentials and JWT bearer, one token at a time, renewed under a lock."""

import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import jwt
import requests

from crm_sync.client.faults import CallFailed, Fault, Kind, classify
from crm_sync.client.session import check_address, is_loopback, transport_fault

CLIENT_CREDENTIALS = "client_credentials"
JWT_BEARER = "jwt"
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
JWT_SECONDS = 180
BUSY = (408, 420, 429)
PLAIN_WORDS = {
    "invalid_client": "The client secret is wrong.",
    "invalid_client_id": "The client id (consumer key) is unknown to this org.",
    "invalid_grant": "The org refuses this sign-in: check the Run As user, the user name and that "
    "the app is approved for it.",
    "unsupported_grant_type": "This sign-in flow is switched off in the org.",
    "inactive_user": "The integration user is not active.",
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is needed to sign in to one org; secrets stay out of every text made of it."""

    login_url: str
    flow: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    username: str = ""
    api_version: str = "67.0"
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """One session in the org."""

    value: str = field(repr=False)
    instance_url: str
    identity_url: str = ""


class TokenKeeper:
    """Holds the one token of an org and renews it once, however many callers ask."""

    def __init__(self, credentials: Credentials, session: requests.Session) -> None:
        self._credentials = credentials
        self._session = session
        self._lock = threading.Lock()
        self._token: Token | None = None

    def current(self) -> Token:
        """Answer the token, signing in first where there is none."""
        with self._lock:
            if self._token is None:
                self._token = self._sign_in()
            return self._token

    def renew(self, refused: Token) -> Token:
        """Sign in again, unless somebody else already did since this token was refused."""
        with self._lock:
            if self._token is None or self._token.value == refused.value:
                self._token = self._sign_in()
            return self._token

    def _sign_in(self) -> Token:
        address = check_address(self._credentials.login_url)
        try:
            answer = self._session.post(
                f"{address}/services/oauth2/token", data=self._form(address), allow_redirects=False
            )
        except requests.exceptions.RequestException as error:
            # Asking for a token changes nothing, so an unknown outcome is simply not signed in.
            fault = transport_fault(error)
            raise CallFailed(
                Fault(kind=Kind.NOT_SENT, code=fault.code, message=fault.message)
            ) from error
        return _read_token(answer, address)

    def _form(self, address: str) -> dict[str, str]:
        credentials = self._credentials
        if credentials.flow == JWT_BEARER:
            return {"grant_type": JWT_GRANT, "assertion": self._assertion(address)}
        return {
            "grant_type": CLIENT_CREDENTIALS,
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
        }

    def _assertion(self, address: str) -> str:
        claims = {
            "iss": self._credentials.client_id,
            "sub": self._credentials.username,
            "aud": address,
            "exp": int(time.time()) + JWT_SECONDS,
        }
        try:
            return jwt.encode(claims, self._credentials.private_key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError) as error:
            message = "The private key for the JWT sign-in is missing or cannot be read."
            raise CallFailed(
                Fault(kind=Kind.SIGN_IN, code="invalid_client", message=message)
            ) from error


def _read_token(answer: requests.Response, address: str) -> Token:
    try:
        body = answer.json()
    except ValueError:
        body = {}
    if answer.ok and isinstance(body, dict) and body.get("access_token"):
        return Token(
            value=body["access_token"],
            instance_url=_checked_instance(str(body.get("instance_url", address)), address),
            identity_url=str(body.get("id", "")),
        )
    raise CallFailed(_sign_in_fault(answer, body))


def _checked_instance(instance_url: str, login_address: str) -> str:
    """Refuse to be sent away from https by an answer."""
    instance = check_address(instance_url)
    if instance.startswith("http://") and login_address.startswith("https://"):
        message = "The org answered with an unencrypted address."
        raise CallFailed(Fault(kind=Kind.SIGN_IN, code="insecure_address", message=message))
    return instance


def _sign_in_fault(answer: requests.Response, body: object) -> Fault:
    if answer.status_code in BUSY or answer.status_code >= requests.codes.server_error:
        return Fault(
            kind=Kind.TRANSIENT,
            code="NOT_JSON",
            message="The sign-in service is not available.",
            status=answer.status_code,
        )
    if isinstance(body, dict) and body.get("error"):
        code = str(body["error"])
        told = str(body.get("error_description", ""))
        message = (
            f"{PLAIN_WORDS.get(code, 'Sign-in failed.')} ({told})"
            if told
            else PLAIN_WORDS.get(code, "Sign-in failed.")
        )
        return Fault(kind=Kind.SIGN_IN, code=code, message=message, status=answer.status_code)
    if isinstance(body, list) and body and isinstance(body[0], dict):
        return classify(
            code=str(body[0].get("errorCode", "")),
            message=str(body[0].get("message", "")),
            status=answer.status_code,
        )
    return Fault(
        kind=Kind.SIGN_IN,
        code="wrong_host",
        message=f"There is no Salesforce sign-in at {urlsplit(answer.url).netloc}: "
        "use the My Domain address of the org.",
        status=answer.status_code,
    )


def is_local(login_url: str) -> bool:
    """Tell whether an address means a local org on this machine."""
    return is_loopback(urlsplit(login_url).hostname or "")
