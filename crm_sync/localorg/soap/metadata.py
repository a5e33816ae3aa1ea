"""The metadata API over SOAP."""

import base64
import binascii
from collections.abc import Callable

from lxml import etree

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Call
from crm_sync.localorg.metadata_api import rest
from crm_sync.localorg.metadata_api.deploy import run
from crm_sync.localorg.metadata_api.retrieve import file_of, kinds, zipped
from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.source import Component
from crm_sync.localorg.soap import crud
from crm_sync.localorg.soap.envelope import Message


def _deploy(call: Call, message: Message) -> object:
    try:
        content = base64.b64decode(xml.text(message.operation, "ZipFile"))
    except (binascii.Error, ValueError) as error:
        raise SalesforceError("INVALID_ZIP", "ZipFile is not base64") from error
    options = xml.child(message.operation, "DeployOptions")
    check_only = options is not None and xml.flag(options, "checkOnly")
    deploy = run(call.org, content, check_only=check_only)
    return {"done": False, "id": deploy.id, "state": "Queued"}


def _check_deploy(call: Call, message: Message) -> object:
    deploy = rest.find(call, xml.text(message.operation, "asyncProcessId"))
    details = xml.flag(message.operation, "includeDetails")
    found = rest.result(deploy, details=details)
    user = {"createdBy": call.org.user_id, "createdByName": "Integration User"}
    found |= user
    if not details:
        found["details"] = None
    return found


def _describe(_call: Call, _message: Message) -> object:
    return {
        "metadataObjects": kinds(),
        "organizationNamespace": "",
        "partialSaveAllowed": True,
        "testRequired": False,
    }


def _properties(call: Call, component: Component) -> dict[str, object]:
    stamp = clock.stamp()
    return {
        "createdById": call.org.user_id,
        "createdByName": "Integration User",
        "createdDate": stamp,
        "fileName": file_of(component),
        "fullName": component.name,
        "id": "",
        "lastModifiedById": call.org.user_id,
        "lastModifiedByName": "Integration User",
        "lastModifiedDate": stamp,
        "manageableState": "unmanaged",
        "type": component.kind,
    }


def _list(call: Call, message: Message) -> object:
    asked = {xml.text(query, "type") for query in xml.children(message.operation, "queries")}
    found = [each for each in call.org.components() if each.kind in asked]
    return [_properties(call, each) for each in found]


def _retrieve(call: Call, message: Message) -> object:
    # The WSDL says retrieveRequest; jsforce, and with it the CLI, says request.
    named = ("retrieveRequest", "request")
    found_requests = (xml.child(message.operation, each) for each in named)
    request = next((each for each in found_requests if each is not None), None)
    unpackaged = xml.child(request, "unpackaged") if request is not None else None
    if request is None or unpackaged is None:
        raise SalesforceError("INVALID_REQUEST", "retrieveRequest/unpackaged is missing")
    single = xml.flag(request, "singlePackage")
    content, found = zipped(call.org, etree.tostring(unpackaged), call.version, single=single)
    job = call.org.ids.next("09S")
    call.org.deploys[job] = {
        "done": True,
        "fileProperties": [_properties(call, each) for each in found],
        "id": job,
        "status": "Succeeded",
        "success": True,
        "zipFile": base64.b64encode(content).decode(),
    }
    return {"done": False, "id": job, "state": "Queued"}


def _check_retrieve(call: Call, message: Message) -> object:
    asked = xml.text(message.operation, "asyncProcessId")
    found = call.org.deploys.get(asked)
    if not isinstance(found, dict):
        raise not_found()
    return found


def _cancel(call: Call, message: Message) -> object:
    """Cancel a deploy; here every deploy is done before anybody can ask for that."""
    return {"done": True, "id": rest.find(call, xml.text(message.operation, "String")).id}


OPERATIONS: dict[str, Callable[[Call, Message], object]] = {
    **crud.OPERATIONS,
    "deploy": _deploy,
    "cancelDeploy": _cancel,
    "checkDeployStatus": _check_deploy,
    "describeMetadata": _describe,
    "listMetadata": _list,
    "retrieve": _retrieve,
    "checkRetrieveStatus": _check_retrieve,
}
