"""What the partner API tells clients that draw pages of their own."""

import secrets
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from lxml import etree

from crm_sync.localorg.actions import doors, performing, quick
from crm_sync.localorg.actions.quick import QuickAction
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.records.context import Context, SaveOptions
from crm_sync.localorg.rest import describe, finding, layouts, menus, setup, views
from crm_sync.localorg.schema import xml
from crm_sync.localorg.soap.describing import object_of
from crm_sync.localorg.soap.envelope import Message
from crm_sync.localorg.soap.records import Operation, Record, each_of, failed, read_record


def _texts(message: Message, name: str) -> list[str]:
    return [(each.text or "").strip() for each in xml.children(message.operation, name)]


def _name(call: Call, message: Message) -> str:
    return object_of(call, xml.text(message.operation, "sObjectType")).name


def _data(answer: Answer) -> Any:
    return answer.data


def _layout(call: Call, message: Message) -> object:
    found = _data(layouts.layouts(call, _name(call, message)))
    return {**found, "recordTypeSelectorRequired": any(found["recordTypeSelectorRequired"])}


def _compact(call: Call, message: Message) -> object:
    return _data(layouts.compact(call, _name(call, message)))


def _primary(call: Call, message: Message) -> object:
    return [layouts.short(object_of(call, name)) for name in _texts(message, "sObjectTypes")]


def _approval(call: Call, message: Message) -> object:
    return _data(layouts.approval(call, _name(call, message)))


def _tabs(call: Call, _message: Message) -> object:
    return menus.apps(call)


def _all_tabs(call: Call, _message: Message) -> object:
    return menus.all_tabs(call)


def _theme(call: Call, message: Message) -> object:
    names = {each.lower() for each in _texts(message, "sobjectType")}
    return {"themeItems": menus.themes(call, names or None)}


def _global_theme(call: Call, _message: Message) -> object:
    found = [describe.summary(call, each) for each in describe.sorted_objects(call)]
    everything = {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": found}
    return {"global": everything, "theme": {"themeItems": menus.themes(call)}}


def _menu(call: Call, message: Message) -> object:
    kind = xml.text(message.operation, "appMenuType")
    if kind not in menus.MENUS:
        text = f"'{kind}' is not a valid value for the enum 'AppMenuType'"
        raise SalesforceError("INVALID_FIELD", text)
    return {"appMenuItems": menus.menu_items(call, kind)}


def _action(call: Call, full: str) -> QuickAction:
    """Return the action of a full name: an object's own carries the object before a dot."""
    context, dot, name = full.partition(".")
    try:
        return quick.find(call, name if dot else full, context if dot else "")
    except SalesforceError as error:
        raise SalesforceError("INVALID_FIELD", f"No such quick action: {full}") from error


def _actions(call: Call, message: Message) -> object:
    names = _texts(message, "quickActions")
    return [doors.description(call, _action(call, name)) for name in names]


def _available(call: Call, message: Message) -> object:
    named = xml.text(message.operation, "contextType")
    own = quick.available(call, object_of(call, named).name) if named else []
    return [doors.entry(call, each) for each in [*own, *quick.available(call)]]


def _perform(call: Call, message: Message) -> object:
    def work(_context: Context, item: etree._Element, _options: SaveOptions) -> Record:
        action = _action(call, xml.text(item, "quickActionName"))
        records = xml.children(item, "records")
        values = read_record(call, records[0])[2] if records else {}
        done = performing.perform(call, action, xml.text(item, "contextId") or None, values)
        return {
            "contextId": done.context_id,
            "created": done.created,
            "errors": [],
            "ids": [done.record_id],
            "success": True,
            "successMessage": done.message,
        }

    return each_of(call, message, "quickActions", work)


def _template(call: Call, name: str, context_id: str) -> Record:
    try:
        action = _action(call, name)
        values = performing.default_values(call, action, context_id or None)
    except SalesforceError as error:
        return {**failed(error), "contextId": context_id or None}
    return {"contextId": context_id or None, "defaultValues": values, "errors": [], "success": True}


def _templates(call: Call, message: Message) -> object:
    context_id = xml.text(message.operation, "contextId")
    return [_template(call, name, context_id) for name in _texts(message, "quickActionNames")]


def _scope(call: Call, _message: Message) -> object:
    return [{"keyPrefix": each.prefix, "name": each.name} for each in finding.scope(call)]


def _search_layouts(call: Call, message: Message) -> object:
    return [finding.layout(object_of(call, name)) for name in _texts(message, "sObjectType")]


def _searchable(call: Call, _message: Message) -> object:
    return [
        {"label": each.label, "name": each.name, "pluralLabel": each.plural}
        for each in finding.scope(call)
    ]


def _view_of(call: Call, entry: etree._Element) -> tuple[str, str]:
    """Return the object and the id of the list view that a request names."""
    owner = object_of(call, xml.text(entry, "sobjectType"))
    named = xml.text(entry, "developerNameOrId")
    for each in views.views_of(call.org, owner):
        if named in {each.id, each.id[:15], each.name}:
            return owner.name, each.id
    raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")


def _views(call: Call, message: Message) -> object:
    request = xml.child(message.operation, "request")
    entries = xml.children(request, "listViewParams") if request is not None else []
    found = [_data(views.describe(call, *_view_of(call, each))) for each in entries]
    return {"describeSoqlListViews": found}


def _run_view(call: Call, message: Message) -> object:
    request = xml.child(message.operation, "request")
    if request is None:
        raise SalesforceError("INVALID_REQUEST", "request is missing")
    asked = {each: xml.text(request, each) for each in ("limit", "offset")}
    query = urlencode({key: value for key, value in asked.items() if value})
    return _data(views.results(replace(call, query=query), *_view_of(call, request)))


def _reset_password(call: Call, message: Message) -> object:
    word = secrets.token_urlsafe(9)
    setup.change_password(call, xml.text(message.operation, "userId"), word)
    return {"password": word}


def _own_password(call: Call, message: Message) -> object:
    if xml.text(message.operation, "oldPassword") != call.org.credentials.password:
        raise SalesforceError("INVALID_OLD_PASSWORD", "Invalid old password.")
    user = call.session.user_id if call.session else call.org.user_id
    setup.change_password(call, user, xml.text(message.operation, "newPassword"))
    return {}


OPERATIONS: dict[str, Operation] = {
    "changeOwnPassword": _own_password,
    "describeAllTabs": _all_tabs,
    "describeAppMenu": _menu,
    "describeApprovalLayout": _approval,
    "describeAvailableQuickActions": _available,
    "describeCompactLayouts": _compact,
    "describeGlobalTheme": _global_theme,
    "describeLayout": _layout,
    "describePrimaryCompactLayouts": _primary,
    "describeQuickActions": _actions,
    "describeSearchLayouts": _search_layouts,
    "describeSearchScopeOrder": _scope,
    "describeSearchableEntities": _searchable,
    "describeSoqlListViews": _views,
    "describeTabs": _tabs,
    "describeTheme": _theme,
    "executeListView": _run_view,
    "performQuickActions": _perform,
    "resetPassword": _reset_password,
    "retrieveQuickActionTemplates": _templates,
}
