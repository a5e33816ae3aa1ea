"""Deploys: into a running org over REST, or into one inside the test's own process."""

import io
import json
import zipfile

import requests

from crm_sync.localorg.metadata_api.deploy import run
from crm_sync.localorg.metadata_api.outcome import Options

NS = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
PACKAGE = f"<Package {NS}><version>67.0</version></Package>"


def pack(**files):
    """A zip of these files with a manifest that names nothing."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in {"package.xml": PACKAGE, **files}.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def ship(desk, **files):
    """Deploy these files; what was wrong with them."""
    found = run(desk.org, pack(**files), Options(), desk.org.user_id)
    return [each.problem for each in found.failures]


def deploy(org, content, **options):
    """Send a package over REST and wait for its result."""
    wishes = json.dumps({"deployOptions": options})
    files = {
        "entity_content": (None, wishes, "application/json"),
        "file": ("deploy.zip", content, "application/zip"),
    }
    started = org.call("POST", "metadata/deployRequest", files=files)
    assert started.status_code == 201, started.text
    path = f"metadata/deployRequest/{started.json()['id']}?includeDetails=true"
    for _ in range(20):
        result = org.call("GET", path).json()["deployResult"]
        if result["done"]:
            return result
    raise AssertionError("The deploy did not end")


def soap(org, body):
    """Answer the text of a call of the Metadata API."""
    token = org.bearer()["Authorization"][7:]
    envelope = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header>'
        f"<SessionHeader {NS}><sessionId>{token}</sessionId></SessionHeader></e:Header>"
        f'<e:Body xmlns:m="http://soap.sforce.com/2006/04/metadata">{body}</e:Body></e:Envelope>'
    )
    headers = {"Content-Type": "text/xml", "SOAPAction": '""'}
    return requests.post(
        f"{org.url}/services/Soap/m/68.0", data=envelope, headers=headers, timeout=20
    ).text
