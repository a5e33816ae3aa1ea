"""What a call is about: the objects by which faults choose where to strike."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs

from crm_sync.localorg import ids
from crm_sync.localorg.bodies import load_json
from crm_sync.localorg.bulk import jobs
from crm_sync.localorg.bulk.classic_jobs import Job as ClassicJob
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Call

OBJECT = re.compile(r"/(?:sobjects|tree)/([A-Za-z]\w*)", re.IGNORECASE)
JOB = re.compile(r"/jobs?/(?:(ingest|query)/)?(750\w{12,15})", re.IGNORECASE)
# Names of objects in a message of SOAP or Bulk API 1.0, and ids of records.
NAMED = re.compile(
    rb"<(?:\w+:)?(?:type|sObjectType|object)>\s*(\w+)\s*<|xsi:type=[\"'](?:\w+:)?(\w+)"
)
LISTED = re.compile(rb"<(?:\w+:)?ids>\s*(\w{15,18})\s*<")


def subjects_of(call: Call) -> set[str]:
    """Return the objects a call is about, by its address, its records or its job."""
    found = set(OBJECT.findall(call.path)) | set(_of_job(call)) | set(_of_ids(call))
    if call.path.startswith(("/services/Soap", "/services/async")):
        found |= set(_of_xml(call))
    if call.body and not found:
        try:
            found |= set(_of_json(load_json(call.body)))
        except SalesforceError:
            return found
    return found


def _of_ids(call: Call) -> Iterator[str]:
    for listed in parse_qs(call.query).get("ids", []):
        yield from _owners(call, listed.split(","))


def _owners(call: Call, texts: list[str]) -> Iterator[str]:
    for text in texts:
        owner = call.org.schema.of_id(ids.normalize(text) or "")
        if owner is not None:
            yield owner.name


def _of_job(call: Call) -> Iterator[str]:
    match = JOB.search(call.path)
    if match is None:
        return
    classic = call.org.deploys.find(match.group(2))
    if isinstance(classic, ClassicJob):
        yield classic.object_name
    elif match.group(1):
        job = jobs.find(call.org, match.group(1).lower(), match.group(2))
        if job is not None:
            yield job.object_name


def _of_xml(call: Call) -> Iterator[str]:
    for groups in NAMED.findall(call.body):
        yield from (name.decode() for name in groups if name)
    yield from _owners(call, [each.decode() for each in LISTED.findall(call.body)])


def _of_json(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _of_json(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _of_entry(name, each)


def _of_entry(name: str, value: object) -> Iterator[str]:
    if name == "attributes" and isinstance(value, dict):
        yield str(value.get("type"))
    elif name == "url" and isinstance(value, str):
        yield from OBJECT.findall(value)
    elif name == "object" and isinstance(value, str):
        yield value
    else:
        yield from _of_json(value)
