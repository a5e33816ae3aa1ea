"""One part of a good request exchanged for nonsense: refused in words, whatever part it is."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

V = "/services/data/v67.0"
ACCOUNT = {"type": "Account", "referenceId": "r1"}
SUB = {
    "method": "POST",
    "url": f"{V}/sobjects/Account",
    "referenceId": "a",
    "httpHeaders": {"x": "y"},
    "body": {"Name": "c"},
}
NEXT = {
    "method": "PATCH",
    "url": f"{V}/sobjects/Account/@{{a.id}}",
    "referenceId": "b",
    "body": {"Name": "@{a.id}", "NumberOfEmployees": 5},
}
CONTACTS = {"records": [{"attributes": {"type": "Contact", "referenceId": "r2"}, "LastName": "t"}]}
REQUESTS = [
    ("POST", "sobjects/Contact", {"LastName": "x", "Email": "a@b.cd", "DoNotCall": True,
                                  "Birthdate": "2001-01-01", "Account": {"Shop_Id__c": "k"}}),
    ("POST", "sobjects/Opportunity", {"Name": "x", "StageName": "Prospecting", "Amount": 4.5,
                                      "CloseDate": "2026-01-01", "Probability": 50}),
    ("POST", "sobjects/Task", {"Subject": "x", "IsReminderSet": True, "ActivityDate": "2026-01-01",
                               "ReminderDateTime": "2026-01-01T00:00:00Z"}),
    ("PATCH", "sobjects/Account/Shop_Id__c/k", {"Name": "y", "NumberOfEmployees": 5}),
    ("POST", "composite", {"allOrNone": True, "collateSubrequests": False,
                           "compositeRequest": [SUB, NEXT]}),
    ("POST", "composite/batch", {"haltOnError": True, "batchRequests": [
        {"method": "GET", "url": "v67.0/limits"},
        {"method": "POST", "url": "v67.0/sobjects/Account", "richInput": {"Name": "q"}}]}),
    ("POST", "composite/graph", {"graphs": [{"graphId": "g", "compositeRequest": [SUB, NEXT]}]}),
    ("POST", "composite/tree/Account", {"records": [
        {"attributes": ACCOUNT, "Name": "t", "Contacts": CONTACTS}]}),
    ("PATCH", "composite/sobjects/Account/Shop_Id__c", {"allOrNone": False, "records": [
        {"attributes": ACCOUNT, "Shop_Id__c": "u", "Name": "c"}]}),
    ("POST", "composite/sobjects/Account", {"ids": ["001000000000000AAA"], "fields": ["Name"]}),
    ("POST", "parameterizedSearch", {"q": "xy", "fields": ["Id"], "in": "ALL", "sobjects": [
        {"name": "Account", "fields": ["Id"], "limit": 5}], "overallLimit": 5}),
    ("POST", "jobs/ingest", {"object": "Account", "operation": "upsert", "lineEnding": "LF",
                             "externalIdFieldName": "Shop_Id__c", "columnDelimiter": "COMMA"}),
    ("POST", "jobs/query", {"operation": "query", "query": "SELECT Id FROM Account"}),
    ("POST", "process/approvals", {"requests": [
        {"actionType": "Submit", "contextId": "001000000000000AAA", "comments": "x",
         "nextApproverIds": ["005000000000000AAA"]}]}),
    ("POST", "process/rules", {"contextIds": ["001000000000000AAA"]}),
]  # fmt: skip
NONSENSE: st.SearchStrategy[object] = st.sampled_from(
    [None, True, -1, 1.5, 1e308, 10**30, 10**400, "", "\0", "\ud800", "²", "٣", "x" * 40_000,
     "2026-13-45", "9999-12-31", "1e400", "@{a.id}", "@{a[99999999999999999999]}", "@{", "../..",
     "<script>", [], {}, [[]], [None], {"": ""}, {"attributes": None}, {"records": 1.5},
     {"Shop_Id__c": [1]}, {"type": ["x"]}]
)  # fmt: skip


def places(value, path=()):
    """Every part of a body, by the way to it."""
    yield path
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(each, (*path, key))


def exchanged(body, path, part):
    if not path:
        return part
    changed = copy.deepcopy(body)
    inside = changed
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = part
    return changed


@st.composite
def mutated(draw):
    method, path, body = draw(st.sampled_from(REQUESTS))
    place = draw(st.sampled_from(list(places(body))))
    return method, path, exchanged(body, place, draw(NONSENSE))


@given(mutated())
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.req("ORG-03", "ORG-04")
def test_nonsense_in_any_place_is_refused_in_words(org_process, sent):
    method, path, body = sent

    answer = org_process.call(method, path, data=json.dumps(body).encode())

    assert answer.status_code < 500, answer.text
    assert "UNKNOWN_EXCEPTION" not in answer.text
    assert answer.status_code == 204 or answer.json() is not None


ODD = st.sampled_from(["²", "٣", "9" * 400, "-5", "0x10", "1e9", "\0", "", "a/b", "null", "'"])
ADDRESSES = [
    ("recent", "limit"),
    ("sobjects/Account/listviews/00B/results", "offset"),
    ("jobs/query/750000000000000AAA/results", "maxRecords"),
    ("parameterizedSearch", "defaultLimit"),
    ("composite/sobjects/Account", "ids"),
    ("sobjects/Account/updated", "start"),
    ("limits/recordCount", "sObjects"),
    ("query", "q"),
    ("search", "q"),
]


@given(st.sampled_from(ADDRESSES), ODD)
@settings(max_examples=60)
@pytest.mark.req("ORG-03")
def test_odd_values_in_an_address_are_refused_in_words(org_process, address, value):
    path, name = address

    answer = org_process.call("GET", path, params={name: value})
    more = org_process.call("GET", f"query/0r8000000000000AAA-{value}")

    assert answer.status_code < 500, answer.text
    assert more.status_code < 500, more.text
