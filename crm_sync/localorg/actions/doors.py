"""Quick actions over REST: listed, described, filled in and performed."""

from typing import Any

from crm_sync.localorg.actions import performing, quick
from crm_sync.localorg.actions.quick import QuickAction
from crm_sync.localorg.errors import parser_error
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.rest import layouts, menus
from crm_sync.localorg.rest.describe import object_of
from crm_sync.localorg.rest.routes import Routes

UNUSED = (
    "accessLevelRequired", "canvasApplicationId", "canvasApplicationName", "flowDevName",
    "flowRecordIdVar", "height", "iconName", "lightningComponentBundleId",
    "lightningComponentBundleName", "lightningComponentQualifiedName",
    "lightningWebComponentBundleId", "lightningWebComponentBundleName",
    "lightningWebComponentQualifiedName", "mobileExtensionDisplayMode", "mobileExtensionId",
    "targetRecordTypeId", "visualforcePageName", "visualforcePageUrl", "width",
)  # fmt: skip


def entry(call: Call, action: QuickAction) -> dict[str, Any]:
    """Return an action's line in a list."""
    place = f"{call.base}/{action.path}"
    urls = {"quickAction": place, "describe": f"{place}/describe"}
    if action.type in quick.SAVING:
        urls |= {
            "defaultValues": f"{place}/defaultValues",
            "defaultValuesTemplate": f"{place}/defaultValues/{{ID}}",
        }
    named = {"actionEnumOrId": action.name, "label": action.label, "name": action.name}
    return {**named, "type": action.type, "urls": urls}


def description(call: Call, action: QuickAction) -> dict[str, Any]:
    """Return all that there is to know of an action."""
    target = call.org.visible.find(action.target) if action.target else None
    found = (target.find(name) for name in action.fields) if target is not None else ()
    fields = [each for each in found if each is not None]
    section = layouts.section(target, fields, "", action.required) if target is not None else None
    drawn = menus.drawn(call, target) if target is not None else {"colors": [], "icons": []}
    defaults = [{"defaultValue": text, "field": name} for name, text in action.formulas.items()]
    return {
        **dict.fromkeys(UNUSED),
        **entry(call, action),
        **drawn,
        "contextSobjectType": action.context or None,
        "defaultValues": defaults or None,
        "iconUrl": menus.icon_url(call),
        "layout": section,
        "miniIconUrl": menus.icon_url(call),
        "showQuickActionLcHeader": False,
        "showQuickActionVfHeader": False,
        "targetParentField": action.parent_field or None,
        "targetSobjectType": action.target or None,
    }


def everywhere(call: Call) -> Answer:
    """List the global actions."""
    return Answer([entry(call, each) for each in quick.available(call)])


def of_object(call: Call, name: str) -> Answer:
    """List the actions of an object and the global ones."""
    owner = object_of(call, name)
    found = quick.available(call, owner.name) + quick.available(call)
    return Answer([entry(call, each) for each in found])


def describe(call: Call, action: str, name: str = "") -> Answer:
    """Describe one action."""
    return Answer(description(call, quick.find(call, action, name)))


def defaults(call: Call, action: str, name: str = "", context_id: str = "") -> Answer:
    """Return what the form of an action shows first."""
    found = quick.find(call, action, name)
    return Answer(performing.default_values(call, found, context_id or None))


def perform(call: Call, action: str, name: str = "") -> Answer:
    """Perform an action."""
    found = quick.find(call, action, name)
    body = call.json_object()
    context_id, record = body.get("contextId"), body.get("record")
    if not isinstance(record, dict | None):
        raise parser_error("record: an object is expected")
    done = performing.perform(call, found, str(context_id) if context_id else None, record)
    answer: dict[str, Any] = {
        "contextId": done.context_id,
        "created": done.created,
        "errors": [],
        "feedItemIds": [],
        "id": done.record_id,
        "success": True,
        "successMessage": done.message,
    }
    return Answer(answer, status=201 if done.created else 200)


def add(routes: Routes) -> None:
    """Add the addresses of quick actions."""
    routes.add("/quickActions", GET=everywhere)
    routes.add("/sobjects/<name>/quickActions", GET=of_object)
    for place in ("/quickActions/<action>", "/sobjects/<name>/quickActions/<action>"):
        routes.add(place, GET=describe, POST=perform)
        routes.add(f"{place}/describe", GET=describe)
        routes.add(f"{place}/defaultValues", GET=defaults)
        routes.add(f"{place}/defaultValues/<context_id>", GET=defaults)
