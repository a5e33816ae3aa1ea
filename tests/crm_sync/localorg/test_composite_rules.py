"""What the guide to the REST API says of composites, graphs and trees."""

import pytest
import requests

BASE = "/services/data/v67.0"
RULE = (
    "Provided referenceId ('{}') must start with a letter or a number, and it can contain only "
    "letters, numbers and underscores ('_')."
)


def part(reference, method, path, body=None, **more):
    return {
        "method": method,
        "url": f"{BASE}/{path}",
        "referenceId": reference,
        **({} if body is None else {"body": body}),
        **more,
    }


def composite(org, *parts, version="67.0", **flags):
    return requests.post(
        f"{org.url}/services/data/v{version}/composite",
        json={"compositeRequest": list(parts), **flags},
        headers=org.bearer(),
        timeout=30,
    )


def results(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()["compositeResponse"]


@pytest.mark.req("ORG-04")
def test_composite_resources_are_listed(org):
    assert org.call("GET", "composite").json() == {
        "tree": f"{BASE}/composite/tree",
        "batch": f"{BASE}/composite/batch",
        "sobjects": f"{BASE}/composite/sobjects",
        "graph": f"{BASE}/composite/graph",
    }


@pytest.mark.req("ORG-04")
def test_a_reference_counts_with_its_case(org):
    answer = composite(
        org,
        part("a", "POST", "sobjects/Account", {"Name": "A"}),
        part("b", "GET", "sobjects/Account/@{a.Id}"),
    )

    made, read = results(answer)
    assert (made["httpStatusCode"], read["httpStatusCode"]) == (201, 400)
    assert read["body"] == [
        {
            "errorCode": "PROCESSING_HALTED",
            "message": "Invalid reference specified. No value for a.Id found in a. "
            + RULE.format("a.Id"),
        }
    ]


@pytest.mark.req("ORG-04")
@pytest.mark.parametrize(("version", "status"), [("51.0", 400), ("52.0", 201)])
def test_an_empty_field_can_be_referred_to_since_version_52(org, version, status):
    contact = org.create("Contact", LastName="Wong")
    fields = f"sobjects/Contact/{contact}?fields=FirstName,LastName"
    body = {"FirstName": "@{c.FirstName}", "LastName": "@{c.LastName}"}

    answer = composite(
        org, part("c", "GET", fields), part("n", "POST", "sobjects/Contact", body), version=version
    )

    assert [each["httpStatusCode"] for each in results(answer)] == [200, status]


@pytest.mark.req("ORG-04")
def test_a_wrong_reference_id_fails_the_whole_call_since_version_52(org):
    parts = [part("r[1]", "POST", "sobjects/Account", {"Name": "A"})]

    old, new = composite(org, *parts, version="51.0"), composite(org, *parts)

    assert results(old)[0]["httpStatusCode"] == 201
    assert new.status_code == 400
    assert new.json() == [{"errorCode": "JSON_PARSER_ERROR", "message": RULE.format("r[1]")}]


@pytest.mark.req("ORG-04")
@pytest.mark.parametrize(
    "change",
    [{"httpHeaders": {"Accept": "*/*"}}, {"method": "get"}, {"url": "sobjects/Account"}],
)
def test_a_forbidden_part_fails_the_whole_call(org, change):
    good = part("a", "POST", "sobjects/Account", {"Name": "A"})
    bad = {**part("b", "GET", "limits"), **change}

    assert composite(org, good, bad).status_code == 400
    assert org.query("SELECT Id FROM Account") == []


@pytest.mark.req("ORG-04")
def test_nothing_changed_since_is_no_failure(org):
    since = {"If-Modified-Since": "Tue, 31 May 2095 18:13:37 GMT"}
    parts = (
        part("m", "GET", "sobjects/Account/describe", httpHeaders=since),
        part("a", "POST", "sobjects/Account", {"Name": "A"}),
    )

    described, made = results(composite(org, *parts, allOrNone=True))

    assert (described["httpStatusCode"], described["body"]) == (304, None)
    assert made["httpStatusCode"] == 201


def chain(length):
    """Accounts, each below the one before it."""
    parents = [{}] + [{"ParentId": f"@{{r{n}.id}}"} for n in range(length - 1)]
    return [
        part(f"r{n}", "POST", "sobjects/Account", {"Name": "A", **parent})
        for n, parent in enumerate(parents)
    ]


@pytest.mark.req("ORG-04")
@pytest.mark.parametrize(
    "graph",
    [
        {"graphId": "a.b"},
        {"graphId": "x" * 40},
        {"graphId": "-a"},
        {"compositeRequest": [part("q", "GET", "query?q=SELECT+Id+FROM+Account")]},
        {"compositeRequest": chain(16)},
    ],
    ids=["period", "long", "dash", "query", "deep"],
)
def test_a_graph_that_breaks_a_rule_is_refused_before_anything_runs(org, graph):
    good = {
        "graphId": "1",
        "compositeRequest": [part("a", "POST", "sobjects/Account", {"Name": "A"})],
    }
    bad = {"graphId": "2", "compositeRequest": good["compositeRequest"], **graph}

    answer = org.call("POST", "composite/graph", json={"graphs": [good, bad]})

    assert answer.status_code == 400
    assert org.query("SELECT Id FROM Account") == []


def leaf(reference, kind="Contact", **values):
    return {"attributes": {"type": kind, "referenceId": reference}, **values}


@pytest.mark.req("ORG-04")
def test_a_tree_answers_level_by_level(org):
    contacts = [leaf("ref2", lastname="Smith"), leaf("ref3", lastname="Evans")]
    first = leaf("ref1", "Account", name="One", Contacts={"records": contacts})
    child = leaf("ref5", "Account", name="Child")
    second = leaf("ref4", "Account", name="Two", childAccounts={"records": [child]})

    answer = org.call("POST", "composite/tree/Account", json={"records": [first, second]})

    named = [each["referenceId"] for each in answer.json()["results"]]
    assert (answer.status_code, named) == (201, ["ref1", "ref4", "ref2", "ref3", "ref5"])
    assert (
        org.query("SELECT Parent.Name FROM Account WHERE Name = 'Child'")[0]["Parent"]["Name"]
        == "Two"
    )


@pytest.mark.req("ORG-04")
def test_a_tree_names_every_reference_that_comes_twice(org):
    twice = [leaf("same", "Account", name="A"), leaf("same", "Account", name="B")]
    error = {
        "statusCode": "INVALID_INPUT",
        "message": "Duplicate ReferenceId provided in the request.",
        "fields": [],
    }

    answer = org.call("POST", "composite/tree/Account", json={"records": twice})

    assert answer.status_code == 400
    assert answer.json() == {
        "hasErrors": True,
        "results": [{"referenceId": "same", "errors": [error]}] * 2,
    }
    assert org.query("SELECT Id FROM Account") == []


@pytest.mark.req("ORG-04")
def test_a_tree_has_roots_of_the_object_in_its_address(org):
    answer = org.call("POST", "composite/tree/Account", json={"records": [leaf("r", LastName="A")]})

    error = answer.json()["results"][0]["errors"][0]
    assert (answer.status_code, error["statusCode"]) == (400, "INVALID_INPUT")
    assert error["message"] == "Invalid entity type provided in the request: Contact"
