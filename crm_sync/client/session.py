"""The HTTP session below every call: time limits, verified certificates, HTTP on loopback."""

import io
import ipaddress
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError

from crm_sync.client.faults import CallFailed, Fault, Kind

CONNECT_SECONDS = 5
READ_SECONDS = 60
ANSWER_SECONDS = 75.0  # from the first to the last letter; below the lease of a job
CHUNK = 65_536


def is_loopback(host: str) -> bool:
    """Tell whether a host name can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_address(url: str) -> str:
    """Answer the address without its last slash, or refuse one that is not safe to sign in to."""
    parts = urlsplit(url.strip())
    host = parts.hostname or ""
    if not host or parts.scheme not in {"http", "https"}:
        raise CallFailed(_refusal(f"{url!r} is not a web address."))
    if parts.scheme == "http" and not is_loopback(host):
        raise CallFailed(_refusal("http:// is accepted for this machine only; use https://."))
    return f"{parts.scheme}://{parts.netloc}"


def _refusal(message: str) -> Fault:
    return Fault(kind=Kind.SIGN_IN, code="insecure_address", message=message)


class PatientAdapter(HTTPAdapter):
    """Every call has a time limit, whoever makes it, and every answer one for its last letter."""

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Send with our own limits where the caller set none."""
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = (CONNECT_SECONDS, READ_SECONDS)
        deadline = time.monotonic() + ANSWER_SECONDS
        answer = super().send(request, *args, **kwargs)
        answer.raw = io.BytesIO(_read_until(deadline, answer.raw))
        return answer


def _read_until(deadline: float, raw: Any) -> bytes:
    """Read a body to its end; a read limit alone lets an answer drip for ever."""
    parts = []
    try:
        while part := raw.read1(CHUNK, decode_content=True):
            parts.append(part)
            if time.monotonic() > deadline:
                raw.close()
                raise requests.exceptions.ReadTimeout("The answer did not end in time.")
    except HTTPError as error:
        raise requests.exceptions.ConnectionError(error) from error
    finally:
        raw.release_conn()
    return b"".join(parts)


class LoopbackAdapter(PatientAdapter):
    """The client library writes https into every address; a local org speaks plain HTTP."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        """Send the same request without encryption, to this machine alone."""
        parts = urlsplit(request.url or "")
        if not is_loopback(parts.hostname or ""):
            raise requests.exceptions.InvalidURL(request.url)
        request.url = parts._replace(scheme="http").geturl()
        return super().send(request, *args, **kwargs)


def open_session(
    login_url: str, *, ca_file: str = "", on_answer: Callable[[requests.Response], None]
) -> requests.Session:
    """Open a session for one org; certificates are always verified, a private CA may be added."""
    session = requests.Session()
    session.trust_env = False  # neither proxies nor certificate settings by accident
    session.verify = ca_file or True
    session.mount("https://", PatientAdapter())
    session.mount("http://", PatientAdapter())
    check_address(login_url)
    session.hooks["response"].append(lambda answer, *_, **__: on_answer(answer))
    return session


def allow_loopback(session: requests.Session, address: str) -> str:
    """Answer the https address that the client library insists on, and lead it to a local org."""
    checked = check_address(address)
    if checked.startswith("https://"):
        return checked
    secured = checked.replace("http://", "https://", 1)
    session.mount(f"{secured}/", LoopbackAdapter())
    return secured


def transport_fault(error: requests.exceptions.RequestException) -> Fault:
    """Tell a call that never left from one whose outcome nobody knows."""
    if isinstance(error, requests.exceptions.SSLError):
        kind, words = Kind.NOT_SENT, "The server's certificate is not trusted"
    elif _never_left(error):
        kind, words = Kind.NOT_SENT, "Salesforce cannot be reached"
    else:
        kind, words = Kind.UNKNOWN, "The connection ended before the answer came"
    return Fault(kind=kind, code=type(error).__name__, message=f"{words}: {_short(error)}")


def _never_left(error: requests.exceptions.RequestException) -> bool:
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    if isinstance(error, requests.exceptions.ReadTimeout):
        return False
    if not isinstance(error, requests.exceptions.ConnectionError):
        return isinstance(error, requests.exceptions.InvalidURL)
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, NewConnectionError) and not isinstance(reason, ProtocolError)


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
