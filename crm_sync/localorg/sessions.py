"""Access tokens, refresh tokens and one-time codes."""

import json
import secrets
import string
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from crm_sync.localorg.credentials import write_private

WORD = string.ascii_letters + string.digits + "._"
IDLE_SECONDS = 2 * 3600
CODE_SECONDS = 600
MOST = 2000
CODE_START = "aPrx"


@dataclass(slots=True)
class Session:
    """One sign-in."""

    token: str
    user_id: str
    client_id: str
    scopes: str
    issued: float
    used: float
    refresh_token: str = ""


@dataclass(slots=True)
class Grant:
    """An authorization code that waits to be exchanged."""

    user_id: str
    client_id: str
    redirect_uri: str
    scopes: str
    challenge: str
    made: float


def _word(length: int) -> str:
    return "".join(secrets.choice(WORD) for _ in range(length))


class Sessions:
    """All live sign-ins of an org; they outlive a restart."""

    def __init__(self, path: Path, org_id: str, idle_seconds: int = IDLE_SECONDS) -> None:
        self._path = path
        self._org_id = org_id
        self._idle = idle_seconds
        self._lock = threading.Lock()
        self._live: dict[str, Session] = {}
        self._codes: dict[str, Grant] = {}
        if path.exists():
            for entry in json.loads(path.read_text(encoding="utf-8")):
                session = Session(**entry)
                self._live[session.token] = session

    def open(self, user_id: str, client_id: str, scopes: str, refresh_token: str = "") -> Session:
        """Start a session and return its token."""
        token = f"{self._org_id[:15]}!{_word(96)}"
        present = time.time()
        session = Session(token, user_id, client_id, scopes, present, present, refresh_token)
        with self._lock:
            self._forget_expired(refresh_token)
            self._live[token] = session
            self._save()
        return session

    def _forget_expired(self, refresh_token: str) -> None:
        oldest = time.time() - self._idle
        for each in list(self._live.values()):
            if refresh_token and each.refresh_token == refresh_token and each.used < oldest:
                del self._live[each.token]

    def find(self, token: str) -> Session | None:
        """Return the session of a token if it is still good."""
        with self._lock:
            session = self._live.get(token)
            if session is None:
                return None
            present = time.time()
            if present - session.used > self._idle:
                if not session.refresh_token:
                    del self._live[token]
                return None
            session.used = present
            return session

    def by_refresh_token(self, refresh_token: str) -> Session | None:
        """Return the sign-in that was given a refresh token."""
        with self._lock:
            live = self._live.values()
            return next((each for each in live if each.refresh_token == refresh_token), None)

    def revoke(self, token: str) -> bool:
        """End a session by its access token, or all of a sign-in by its refresh token."""
        with self._lock:
            gone = [
                each
                for each in self._live.values()
                if token and token in {each.token, each.refresh_token}
            ]
            for session in gone:
                if token == session.token and session.refresh_token:
                    session.used = 0.0
                else:
                    del self._live[session.token]
            if gone:
                self._save()
        return bool(gone)

    def expire(self, token: str) -> None:
        """End a session the way time would; its refresh token stays good."""
        with self._lock:
            session = self._live.get(token)
            if session is not None:
                session.used = 0.0

    def keep_code(self, grant: Grant) -> str:
        """Store an authorization and return its one-time code."""
        code = f"{CODE_START}{_word(60)}"
        with self._lock:
            self._codes[code] = grant
        return code

    def take_code(self, code: str) -> Grant | None:
        """Exchange a one-time code; it works once and not for long."""
        with self._lock:
            grant = self._codes.pop(code, None)
        if grant is None or time.time() - grant.made > CODE_SECONDS:
            return None
        return grant

    def new_refresh_token(self) -> str:
        """Return a fresh refresh token."""
        return f"5Aep861{_word(80)}"

    def _save(self) -> None:
        oldest = time.time() - self._idle
        good = [each for each in self._live.values() if each.used > oldest or each.refresh_token]
        # A client that signs in for every call must not fill the memory: its idlest tokens go.
        good = sorted(good, key=lambda each: each.used)[-MOST:]
        self._live = {each.token: each for each in good}
        write_private(self._path, json.dumps([asdict(each) for each in self._live.values()]))
