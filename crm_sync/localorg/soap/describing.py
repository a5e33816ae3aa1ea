"""Describing objects over the partner API."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.rest import changes, describe
from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.model import SObject
from crm_sync.localorg.soap.envelope import Message

MOST = 100


def object_of(call: Call, name: str) -> SObject:
    """Return the object a call names."""
    owner = call.org.visible.find(name)
    if owner is None:
        raise SalesforceError("INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return owner


def _described(call: Call, name: str) -> dict[str, Any]:
    owner = object_of(call, name)
    page = f"{call.host}/r/{{ID}}/"
    urls = {"urlDetail": page, "urlEdit": f"{page}edit/"}
    return {**describe.full(call, owner), **urls, "urlNew": f"{call.host}/o/{owner.name}/new/"}


def _one(call: Call, message: Message) -> object:
    return _described(call, xml.text(message.operation, "sObjectType"))


def _several(call: Call, message: Message) -> object:
    named = xml.children(message.operation, "sObjectType")
    if len(named) > MOST:
        text = f"At most {MOST} objects can be described at once"
        raise SalesforceError("EXCEEDED_MAX_TYPES_LIMIT", text)
    return [_described(call, (each.text or "").strip()) for each in named]


def _everything(call: Call, _message: Message) -> object:
    found = [describe.summary(call, each) for each in describe.sorted_objects(call)]
    return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": found}


def _span(call: Call, message: Message) -> tuple[Call, str]:
    name = object_of(call, xml.text(message.operation, "sObjectType")).name
    asked = {
        "start": xml.text(message.operation, "startDate"),
        "end": xml.text(message.operation, "endDate"),
    }
    return replace(call, query=urlencode(asked)), name


def _data(answer: Answer) -> object:
    return answer.data


def _updated(call: Call, message: Message) -> object:
    return _data(changes.updated(*_span(call, message)))


def _deleted(call: Call, message: Message) -> object:
    return _data(changes.deleted(*_span(call, message)))


OPERATIONS = {
    "describeSObject": _one,
    "describeSObjects": _several,
    "describeGlobal": _everything,
    "getUpdated": _updated,
    "getDeleted": _deleted,
}
