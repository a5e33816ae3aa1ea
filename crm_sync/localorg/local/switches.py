"""What no real org has: reset, faults, figures."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.faults import read_fault
from crm_sync.localorg.messages import Answer, Call, refusal

NAME = re.compile(r"[\w-]{1,60}")
NAMES = frozenset(("127.0.0.1", "localhost", "::1"))
LOOPBACK = frozenset(("127.0.0.1", "::1", "::ffff:127.0.0.1", ""))


def _reset(call: Call) -> Answer:
    call.org.reset()
    return Answer({"reset": True})


def _name(call: Call) -> str:
    name = str(call.json_object().get("name", ""))
    if not NAME.fullmatch(name):
        raise SalesforceError("INVALID_NAME", "name: letters, digits, - and _ only")
    return name


def _snapshot(call: Call) -> Answer:
    name = _name(call)
    if name == "start":
        raise SalesforceError("INVALID_NAME", "name: start is the first minute, kept for reset")
    call.org.snapshot(name)
    return Answer({"name": name})


def _restore(call: Call) -> Answer:
    name = _name(call)
    call.org.restore(name)
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


def _limits(call: Call) -> Answer:
    for name, most in call.json_object().items():
        is_number = isinstance(most, int) and not isinstance(most, bool)
        if name not in call.org.limits.maxima or not is_number or not 0 <= int(str(most)) < 2**53:
            raise SalesforceError("INVALID_LIMIT", f"{name}: no such limit, or not a whole number")
    for name, most in call.json_object().items():
        call.org.limits.set(name, int(str(most)))
    return Answer(call.org.limits.as_json())


def _get_limits(call: Call) -> Answer:
    return Answer(call.org.limits.as_json())


ADDRESSES: dict[tuple[str, str], Callable[[Call], Answer]] = {
    ("POST", "reset"): _reset,
    ("POST", "snapshots"): _snapshot,
    ("POST", "restore"): _restore,
    ("POST", "faults"): _add_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "faults"): _list_faults,
    ("GET", "stats"): _stats,
    ("POST", "limits"): _limits,
    ("GET", "limits"): _get_limits,
}


def _from_here(call: Call) -> bool:
    """Say whether a browser, if it is one, asks from the org's own pages."""
    origin = call.header("origin")
    return urlsplit(call.host).hostname in NAMES and origin in {"", call.host}


def answer(call: Call) -> Answer:
    """Answer a switch; other machines have no business here."""
    if call.header("x-peer") not in LOOPBACK or not _from_here(call):
        return refusal(SalesforceError("FORBIDDEN", "Only from this machine", status=403))
    name = call.path.removeprefix("/_local/").strip("/")
    handler = ADDRESSES.get((call.method, name))
    if handler is None:
        return refusal(not_found())
    try:
        return handler(call)
    except SalesforceError as error:
        return refusal(error)
