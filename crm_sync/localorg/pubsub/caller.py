"""Who calls, and whether the org lets the call happen."""

import uuid
from typing import Any

from crm_sync.localorg.ids import normalize
from crm_sync.localorg.org import Org
from crm_sync.localorg.pubsub.refusals import Refused
from crm_sync.localorg.sessions import Session

HEADERS = ("accesstoken", "instanceurl", "tenantid")


class Caller:
    """One call with the session behind it."""

    def __init__(self, org: Org, context: Any, method: str) -> None:
        self.org = org
        self.context = context
        self.method = method
        self.rpc_id = str(uuid.uuid4())
        self.token = ""

    def sign_in(self) -> Session:
        """Check the headers of the call."""
        given = dict(self.context.invocation_metadata())
        values = [str(given.get(name, "")).strip() for name in HEADERS]
        if not all(values):
            raise Refused("service.auth.headers.invalid")
        if normalize(values[2]) != self.org.org_id:
            raise Refused("service.auth.error")
        self.token = values[0]
        session = self.session()
        self.org.present.user_id = session.user_id
        return session

    def session(self) -> Session:
        """Return the session of the call, if it is still good."""
        found = self.org.sessions.find(self.token)
        if found is None:
            raise Refused("service.auth.error")
        return found

    def refresh(self, token: str) -> None:
        """Go on with another session."""
        if self.org.sessions.find(token) is None:
            raise Refused("service.auth.refresh.invalid")
        self.token = token

    def suffer(self, topic: str = "") -> None:
        """Fail where a fault says so."""
        objects = [topic.rpartition("/")[2].removesuffix("ChangeEvent")]
        if self.org.faults.take("unavailable", objects, self.method):
            raise Refused("service.unavailable")
        if self.org.faults.take("expire_token", objects, self.method):
            self.org.sessions.expire(self.token)
            raise Refused("service.auth.error")
