"""What no real org has: reset, faults, figures."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.faults import read_fault
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.org import START, Org

NAME = re.compile(r"[\w-]{1,60}")
NAMES = frozenset(("127.0.0.1", "localhost", "::1"))
LOOPBACK = frozenset(("127.0.0.1", "::1", "::ffff:127.0.0.1", ""))


def _reset(call: Call) -> Answer:
    call.org.reset()
    return Answer({"reset": True})


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise SalesforceError("INVALID_NAME", "name: letters, digits, - and _ only")
    return name


def keep(org: Org, name: str) -> None:
    """Keep all records under a name."""
    if _checked(name) == START:
        raise SalesforceError("INVALID_NAME", "name: start is the first minute, kept for reset")
    org.snapshot(name)


def bring_back(org: Org, name: str) -> None:
    """Return to the records that were kept under a name."""
    org.restore(_checked(name))


def _name(call: Call) -> str:
    name = call.json_object().get("name")
    return name if isinstance(name, str) else ""


def _snapshot(call: Call) -> Answer:
    name = _name(call)
    keep(call.org, name)
    return Answer({"name": name})


def _snapshots(call: Call) -> Answer:
    return Answer([{"name": each.name} for each in call.org.snapshots()])


def _restore(call: Call) -> Answer:
    name = _name(call)
    bring_back(call.org, name)
    return Answer({"name": name})


def _add_faults(call: Call) -> Answer:
    entries = call.json()
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list):
        raise SalesforceError("INVALID_FAULT", "A list of faults is expected")
    call.org.faults.add([read_fault(entry) for entry in entries])
    return Answer(call.org.faults.listing())


def _clear_faults(call: Call) -> Answer:
    call.org.faults.clear()
    return Answer([])


def _list_faults(call: Call) -> Answer:
    return Answer(call.org.faults.listing())


def _stats(call: Call) -> Answer:
    return Answer(call.org.journal.stats())


def set_limits(org: Org, wanted: dict[str, object]) -> None:
    """Set limits, all of them or none."""
    for name, most in wanted.items():
        is_number = isinstance(most, int) and not isinstance(most, bool)
        if name not in org.limits.maxima or not is_number or not 0 <= int(str(most)) < 2**53:
            raise SalesforceError("INVALID_LIMIT", f"{name}: no such limit, or not a whole number")
    for name, most in wanted.items():
        org.limits.set(name, int(str(most)))


def _limits(call: Call) -> Answer:
    set_limits(call.org, call.json_object())
    return Answer(call.org.limits.as_json())


def _get_limits(call: Call) -> Answer:
    return Answer(call.org.limits.as_json())


ADDRESSES: dict[tuple[str, str], Callable[[Call], Answer]] = {
    ("POST", "reset"): _reset,
    ("POST", "snapshots"): _snapshot,
    ("GET", "snapshots"): _snapshots,
    ("POST", "restore"): _restore,
    ("POST", "faults"): _add_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "faults"): _list_faults,
    ("GET", "stats"): _stats,
    ("POST", "limits"): _limits,
    ("GET", "limits"): _get_limits,
}


def names_this_machine(host: str) -> bool:
    """Say whether an address names this machine by a name that nobody else can give out."""
    try:
        name = urlsplit(host).hostname or ""
    except ValueError:
        return False
    return name in NAMES or name.endswith(".localhost")


def is_from_here(peer: str, host: str, origin: str) -> bool:
    """Say whether this machine asks, and a browser, if it is one, from the org's own pages."""
    return peer in LOOPBACK and names_this_machine(host) and origin in {"", host}


def answer(call: Call) -> Answer:
    """Answer a switch; other machines have no business here."""
    if not is_from_here(call.header("x-peer"), call.host, call.header("origin")):
        raise SalesforceError("FORBIDDEN", "Only from this machine", status=403)
    name = call.path.removeprefix("/_local/").strip("/")
    handler = ADDRESSES.get((call.method, name))
    if handler is not None:
        return handler(call)
    known = sorted(method for method, address in ADDRESSES if address == name)
    if not known:
        raise not_found()
    message = f"HTTP Method '{call.method}' not allowed. Allowed are {','.join(known)}"
    raise SalesforceError("METHOD_NOT_ALLOWED", message)
