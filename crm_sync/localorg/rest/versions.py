"""Which API versions there are, and what each offers."""

import re
from typing import Any

from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.limits import CUSTOM_SETS, UNUSED
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.store import blobs

FIRST, LAST, RETIRED_BELOW = 31, 68, 31
WHOLE = re.compile(r"[1-9][0-9]{0,2}\.0")
SEASONS = ("Winter", "Spring", "Summer")
WINTER_26 = 65
RESOURCES = (
    "tooling", "metadata", "eclair", "folders", "prechatForms", "contactTracing", "jsonxform",
    "chatter", "payments", "tabs", "appMenu", "quickActions", "queryAll", "commerce", "wave",
    "iot", "analytics", "search", "smartdatadiscovery", "identity", "composite",
    "parameterizedSearch", "fingerprint", "theme", "nouns", "event", "serviceTemplates",
    "recent", "connect", "licensing", "limits", "process", "dedupe", "async-queries", "query",
    "jobs", "match", "localizedvalue", "mobile", "emailConnect", "consent", "tokenizedRecords",
    "sobjects", "actions", "support",
)  # fmt: skip
OFFERED = frozenset(
    [
        "tooling",
        "metadata",
        "queryAll",
        "search",
        "identity",
        "composite",
        "recent",
        "limits",
        "process",
        "query",
        "jobs",
        "sobjects",
        "actions",
        "parameterizedSearch",
        "quickActions",
        "tabs",
        "theme",
        "appMenu",
    ]
)


def label(number: int) -> str:
    """Return the release that brought a version."""
    years, season = divmod(number - WINTER_26, len(SEASONS))
    return f"{SEASONS[season]} '{26 + years:02d}"


def listing(_call: Call) -> Answer:
    """List the versions; no sign-in is needed."""
    return Answer(
        [
            {
                "label": label(each),
                "url": f"/services/data/v{each}.0",
                "version": f"{each}.0",
            }
            for each in range(FIRST, LAST + 1)
        ]
    )


def check(version: str) -> None:
    """Refuse versions that are retired or unknown."""
    number = int(version.removesuffix(".0")) if WHOLE.fullmatch(version) else 0
    if 0 < number < RETIRED_BELOW:
        message = f"The requested version v{version} is retired."
        raise SalesforceError("GONE", message, status=410)
    if not FIRST <= number <= LAST:
        raise not_found()


def resources(call: Call) -> Answer:
    """Map the names of this version's resources to their addresses."""
    found = {name: f"{call.base}/{name}" for name in RESOURCES if name in OFFERED}
    user = call.session.user_id if call.session else call.org.user_id
    found["identity"] = f"{call.host}/id/{call.org.org_id}/{user}"
    return Answer(found)


def limits(call: Call) -> Answer:
    """Return what is left of each allowance."""
    with call.org.store.read() as connection:
        call.org.limits.used_others["FileStorageMB"] = blobs.used(connection) >> 20
    found: dict[str, Any] = dict(call.org.limits.as_json())
    found |= {name: {"Max": most, "Remaining": most} for name, most in UNUSED.items()}
    custom = {"Max": CUSTOM_SETS, "Remaining": CUSTOM_SETS}
    found["PermissionSets"] = {**found["PermissionSets"], "CreateCustom": custom}
    return Answer(dict(sorted(found.items())))
