"""The metadata API over SOAP."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from lxml import etree

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.metadata_api import rest
from crm_sync.localorg.metadata_api.deploy import run
from crm_sync.localorg.metadata_api.retrieve import file_of, kinds, zipped
from crm_sync.localorg.schema import xml
from crm_sync.localorg.soap import envelope as soap
from crm_sync.localorg.soap.envelope import METADATA, Message


def _put(parent: etree._Element, name: str, content: Any) -> None:
    if isinstance(content, list):
        for each in content:
            _put(parent, name, each)
    elif isinstance(content, dict):
        made = soap.element(parent, name)
        for key, value in content.items():
            _put(made, key, value)
    elif content is not None:
        soap.element(parent, name, content)


def _answer(operation: str, content: Any) -> Answer:
    out, body = soap.response(operation, METADATA)
    _put(body, "result", content)
    return soap.answer(out)


def _deploy(call: Call, message: Message) -> Answer:
    try:
        content = base64.b64decode(xml.text(message.operation, "ZipFile"))
    except (binascii.Error, ValueError) as error:
        raise SalesforceError("INVALID_ZIP", "ZipFile is not base64") from error
    options = xml.child(message.operation, "DeployOptions")
    check_only = options is not None and xml.flag(options, "checkOnly")
    deploy = run(call.org, content, check_only=check_only)
    return _answer("deploy", {"done": False, "id": deploy.id, "state": "Queued"})


def _check_deploy(call: Call, message: Message) -> Answer:
    deploy = rest.find(call, xml.text(message.operation, "asyncProcessId"))
    details = xml.flag(message.operation, "includeDetails")
    found = rest.result(deploy, details=details)
    for row in found["details"]["componentSuccesses"] + found["details"]["componentFailures"]:
        row["createdDate"] = _wire(row["createdDate"])
    for name in ("createdDate", "startDate", "completedDate", "lastModifiedDate"):
        found[name] = _wire(found[name])
    return _answer("checkDeployStatus", found)


def _wire(stamp: Any) -> str | None:
    return str(stamp).replace("+0000", "Z") if stamp else None


def _describe(_call: Call, _message: Message) -> Answer:
    objects = [{**each, "inFolder": False, "metaFile": False} for each in kinds()]
    return _answer(
        "describeMetadata",
        {
            "metadataObjects": objects,
            "organizationNamespace": "",
            "partialSaveAllowed": True,
            "testRequired": False,
        },
    )


def _list(call: Call, message: Message) -> Answer:
    asked = {xml.text(query, "type") for query in xml.children(message.operation, "queries")}
    stamp = _wire(clock.stamp())
    rows = [
        {
            "createdById": call.org.user_id,
            "createdByName": "Integration User",
            "createdDate": stamp,
            "fileName": file_of(each),
            "fullName": each.name,
            "id": "",
            "lastModifiedById": call.org.user_id,
            "lastModifiedByName": "Integration User",
            "lastModifiedDate": stamp,
            "type": each.kind,
        }
        for each in call.org.components()
        if each.kind in asked
    ]
    return _answer("listMetadata", rows)


def _retrieve(call: Call, message: Message) -> Answer:
    request = xml.child(message.operation, "retrieveRequest")
    unpackaged = xml.child(request, "unpackaged") if request is not None else None
    if request is None or unpackaged is None:
        raise SalesforceError("INVALID_REQUEST", "retrieveRequest/unpackaged is missing")
    single = xml.flag(request, "singlePackage")
    content, found = zipped(call.org, etree.tostring(unpackaged), call.version, single=single)
    job = call.org.ids.next("09S")
    rows = [{"fileName": file_of(each), "fullName": each.name, "type": each.kind} for each in found]
    call.org.deploys[job] = {
        "done": True,
        "fileProperties": [{**row, "id": ""} for row in rows],
        "id": job,
        "status": "Succeeded",
        "success": True,
        "zipFile": base64.b64encode(content).decode(),
    }
    return _answer("retrieve", {"done": False, "id": job, "state": "Queued"})


def _check_retrieve(call: Call, message: Message) -> Answer:
    asked = xml.text(message.operation, "asyncProcessId")
    found = call.org.deploys.get(asked)
    if not isinstance(found, dict):
        raise not_found()
    return _answer("checkRetrieveStatus", found)


OPERATIONS: dict[str, Callable[[Call, Message], Answer]] = {
    "deploy": _deploy,
    "checkDeployStatus": _check_deploy,
    "describeMetadata": _describe,
    "listMetadata": _list,
    "retrieve": _retrieve,
    "checkRetrieveStatus": _check_retrieve,
}
