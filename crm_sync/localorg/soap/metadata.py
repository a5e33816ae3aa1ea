"""The metadata API over SOAP."""

import base64
import binascii
from collections.abc import Callable

from lxml import etree

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Call
from crm_sync.localorg.metadata_api import inner, rest
from crm_sync.localorg.metadata_api.deploy import confirm, run
from crm_sync.localorg.metadata_api.outcome import Deploy, Options
from crm_sync.localorg.metadata_api.retrieve import file_of, kinds, listable, missing, zipped
from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.source import Component
from crm_sync.localorg.soap import crud
from crm_sync.localorg.soap.envelope import Message

MANIFEST = "unpackaged/package.xml"


def _deploy(call: Call, message: Message) -> object:
    try:
        content = base64.b64decode(xml.text(message.operation, "ZipFile"))
    except (binascii.Error, ValueError) as error:
        raise SalesforceError("INVALID_ZIP", "ZipFile is not base64") from error
    options = Options.of_element(xml.child(message.operation, "DeployOptions"))
    deploy = run(call.org, content, options, rest.user_of(call))
    return {"done": False, "id": deploy.id, "state": "Queued"}


def _found(call: Call, deploy_id: str) -> Deploy:
    try:
        return rest.find(call, deploy_id)
    except SalesforceError as error:
        text = "invalid cross reference id"
        raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", text) from error


def _confirm(call: Call, message: Message) -> object:
    validated = _found(call, xml.text(message.operation, "validationId"))
    return confirm(call.org, validated, rest.user_of(call)).id


def _check_deploy(call: Call, message: Message) -> object:
    deploy = _found(call, xml.text(message.operation, "asyncProcessId"))
    details = xml.flag(message.operation, "includeDetails")
    found = rest.result(deploy, details=details)
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


def _inside(properties: dict[str, object], head: str) -> dict[str, object]:
    return {**properties, "fileName": f"{head}{properties['fileName']}"}


def _folder(wish: str) -> str:
    return f"{wish}/" if wish else ""


def _list(call: Call, message: Message) -> object:
    queries = xml.children(message.operation, "queries")
    wishes = {xml.text(each, "type"): xml.text(each, "folder") for each in queries}
    for kind in wishes:
        if kind not in listable():
            raise SalesforceError("INVALID_TYPE", f"Unknown type:{kind}")
    asked = set(wishes)
    found = [
        each
        for each in inner.with_parts(call.org.components())
        if each.kind in asked and each.name.startswith(_folder(wishes[each.kind]))
    ]
    if "CustomObject" in asked:
        named = {each.name for each in found if each.kind == "CustomObject"}
        rest_of = sorted({each.name for each in call.org.schema.objects.values()} - named)
        found += [Component("CustomObject", name, b"") for name in rest_of]
    return [_properties(call, each) for each in found]


def _retrieve(call: Call, message: Message) -> object:
    # The WSDL says retrieveRequest; jsforce, and with it the CLI, says request.
    named = ("retrieveRequest", "request")
    found_requests = (xml.child(message.operation, each) for each in named)
    request = next((each for each in found_requests if each is not None), None)
    unpackaged = xml.child(request, "unpackaged") if request is not None else None
    packages = [] if request is None else xml.children(request, "packageNames")
    if request is None or (unpackaged is None and not packages):
        raise SalesforceError("INVALID_REQUEST", "retrieveRequest/unpackaged is missing")
    manifest = etree.tostring(unpackaged) if unpackaged is not None else b"<Package/>"
    single = xml.flag(request, "singlePackage")
    content, found = zipped(call.org, manifest, call.version, single=single)
    problems = [f"No package named '{each.text}' found" for each in packages]
    lacking = [{"fileName": MANIFEST, "problem": each} for each in problems]
    job = call.org.ids.next("09S")
    head = "" if single else "unpackaged/"
    described = _properties(call, Component("Package", MANIFEST, b""))
    described["fileName"] = f"{head}package.xml"
    call.org.deploys[job] = {
        "done": True,
        "fileProperties": [*(_inside(_properties(call, each), head) for each in found), described],
        "id": job,
        "messages": [*lacking, *missing(call.org, manifest, found)],
        "status": "Succeeded",
        "success": True,
        "zipFile": base64.b64encode(content).decode(),
    }
    return {"done": False, "id": job, "state": "Queued"}


def _check_retrieve(call: Call, message: Message) -> object:
    asked = xml.text(message.operation, "asyncProcessId")
    found = call.org.deploys.find(asked)
    if not isinstance(found, dict):
        raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    if xml.text(message.operation, "includeZip", "true") == "false":
        return {**found, "zipFile": None}
    return found


def _check_status(call: Call, message: Message) -> object:
    """Say how far deploys and retrieves are; older clients ask so before they fetch the result."""
    asked = [
        (each.text or "").strip() for each in xml.children(message.operation, "asyncProcessId")
    ]
    if any(call.org.deploys.find(each) is None for each in asked):
        raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    return [{"done": True, "id": each, "state": "Completed"} for each in asked]


def _cancel(call: Call, message: Message) -> object:
    """Refuse to cancel a deploy: each is done before anybody can ask for that."""
    # The WSDL says String; jsforce, and with it the CLI, says id.
    named = (xml.text(message.operation, each) for each in ("String", "id"))
    _found(call, next((each for each in named if each), ""))
    raise SalesforceError("INVALID_ID_FIELD", "Deployment already completed")


OPERATIONS: dict[str, Callable[[Call, Message], object]] = {
    **crud.OPERATIONS,
    "deploy": _deploy,
    "cancelDeploy": _cancel,
    "deployRecentValidation": _confirm,
    "checkDeployStatus": _check_deploy,
    "checkStatus": _check_status,
    "describeMetadata": _describe,
    "listMetadata": _list,
    "retrieve": _retrieve,
    "checkRetrieveStatus": _check_retrieve,
}
