"""Listing, describing and calling actions over REST."""

from collections.abc import Callable
from typing import Any

from crm_sync.localorg.actions import performing, quick
from crm_sync.localorg.actions.standard import ACTIONS, Part, StandardAction
from crm_sync.localorg.errors import SalesforceError, not_found, parser_error
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.rest.routes import Routes

CUSTOM = ("quickAction", "apex", "emailAlert", "flow", "sendNotification")
Given = dict[str, Any]


def kinds(call: Call) -> Answer:
    """Say where actions are listed."""
    place = f"{call.base}/actions"
    return Answer({"standard": f"{place}/standard", "custom": f"{place}/custom"})


def standard(call: Call) -> Answer:
    """List the standard actions."""
    found = [
        {**_named(each), "url": f"{call.base}/actions/standard/{each.name}"}
        for each in ACTIONS.values()
    ]
    return Answer({"actions": found})


def _named(action: StandardAction) -> Given:
    return {"label": action.label, "name": action.name, "type": action.type}


def _part(part: Part) -> Given:
    return {
        "byteLength": 0,
        "description": part.description,
        "label": part.label,
        "maxOccurs": part.most,
        "name": part.name,
        "picklistValues": None,
        "sobjectType": None,
        "type": part.type,
    }


def _found(name: str) -> StandardAction:
    action = ACTIONS.get(name.lower())
    if action is None:
        raise not_found()
    return action


def describe(_call: Call, name: str) -> Answer:
    """Return what a standard action takes and gives back."""
    action = _found(name)
    body = {
        **_named(action),
        "description": action.description,
        "inputs": [{**_part(each), "required": each.required} for each in action.inputs],
        "outputs": [_part(each) for each in action.outputs],
        "standard": True,
        "targetEntityName": None,
    }
    return Answer(body)


def _check(action: StandardAction, given: Given) -> None:
    known = {each.name for each in action.inputs}
    unknown = next((name for name in given if name not in known), None)
    if unknown is not None:
        message = f"The input parameter {unknown} isn't valid for the action {action.name}."
        raise SalesforceError("INVALID_INPUT", message)
    for each in action.inputs:
        if each.required and given.get(each.name) in (None, ""):
            message = f"Missing required input parameter: {each.name}"
            raise SalesforceError("INVALID_API_INPUT", message)


def _inputs(call: Call) -> list[Given]:
    found = call.json_object().get("inputs")
    if not isinstance(found, list) or not found:
        raise parser_error("inputs: a list is expected")
    if not all(isinstance(each, dict) for each in found):
        raise parser_error("inputs: every entry has to be an object")
    return found


def _carried_out(name: str, work: Callable[[Given], Given], given: Given) -> Given:
    """Return what came of one input; a refusal concerns it alone."""
    errors, values = None, None
    try:
        values = work(given) or None
    except SalesforceError as error:
        errors = error.as_items()
    return {
        "actionName": name,
        "errors": errors,
        "invocationId": None,
        "isSuccess": errors is None,
        "outcome": None,
        "outputValues": values,
        "sortOrder": -1,
        "version": 1,
    }


def _several(call: Call, name: str, work: Callable[[Given], Given]) -> Answer:
    def one(given: Given) -> Given:
        with call.org.store.write():
            return work(given)

    found = [_carried_out(name, one, each) for each in _inputs(call)]
    return Answer(found, status=200 if all(each["isSuccess"] for each in found) else 400)


def invoke(call: Call, name: str) -> Answer:
    """Call a standard action, once for each input."""
    action = _found(name)

    def work(given: Given) -> Given:
        _check(action, given)
        return action.work(call, given)

    return _several(call, action.name, work)


def custom(call: Call) -> Answer:
    """Say where the actions of one's own are listed."""
    return Answer({each: f"{call.base}/actions/custom/{each}" for each in CUSTOM})


def custom_of(call: Call, kind: str) -> Answer:
    """List the actions of a kind; quick ones go by their object, others the org has none."""
    if kind not in CUSTOM:
        raise not_found()
    if kind != "quickAction":
        return Answer({"actions": []})
    place = f"{call.base}/actions/custom/quickAction"
    components = (each for each in call.org.components() if each.kind == quick.KIND)
    names = {quick.of_component(each).context for each in components} | {""}
    return Answer({each or "Global": f"{place}/{each or 'Global'}" for each in sorted(names)})


def _context(name: str) -> str:
    return "" if name.lower() == "global" else name


def quick_list(call: Call, name: str) -> Answer:
    """List the quick actions of an object, or the global ones."""
    found = [
        {
            "label": each.label,
            "name": each.name,
            "type": "QUICKACTION",
            "url": f"{call.base}/actions/custom/quickAction/{name}/{each.name.rpartition('.')[2]}",
        }
        for each in quick.available(call, _context(name))
    ]
    return Answer({"actions": found})


def quick_invoke(call: Call, name: str, action: str) -> Answer:
    """Perform a quick action, once for each input."""
    found = quick.find(call, action, _context(name))

    def work(given: Given) -> Given:
        record = {key: each for key, each in given.items() if key != "contextId"}
        done = performing.perform(call, found, given.get("contextId"), record)
        return {"ids": [done.record_id], "successMessage": done.message}

    return _several(call, found.name, work)


def add(routes: Routes) -> None:
    """Add the addresses of actions."""
    routes.add("/actions", GET=kinds)
    routes.add("/actions/standard", GET=standard)
    routes.add("/actions/standard/<name>", GET=describe, POST=invoke)
    routes.add("/actions/custom", GET=custom)
    routes.add("/actions/custom/<kind>", GET=custom_of)
    routes.add("/actions/custom/quickAction/<name>", GET=quick_list)
    routes.add("/actions/custom/quickAction/<name>/<action>", POST=quick_invoke)
