"""Who is behind a token: the identity address and its refusals."""

from urllib.parse import parse_qs

import pytest
import requests

from tests.crm_sync.localorg.signing_in import user_of


def identity(org, **options):
    path = f"/id/{org.query('SELECT Id FROM Organization')[0]['Id']}/{user_of(org)}"
    return requests.get(f"{org.url}{path}", timeout=10, **options)


@pytest.mark.req("ORG-02")
def test_the_identity_address_takes_a_token_in_the_header_or_in_the_address(org):
    token = org.bearer()["Authorization"][7:]

    told = identity(org, headers={"Authorization": f"OAuth {token}"}).json()
    same = identity(org, params={"oauth_token": token, "version": "latest"}).json()

    assert told["user_id"] == same["user_id"] == user_of(org)
    assert told["urls"]["rest"] == f"{org.url}/services/data/v{{version}}/"
    assert same["urls"]["rest"] == f"{org.url}/services/data/v68.0/"
    assert set(told["photos"]) == {"picture", "thumbnail"}


@pytest.mark.req("ORG-02")
def test_the_identity_comes_in_the_form_that_is_asked_for(org):
    by_header = identity(org, headers={**org.bearer(), "Accept": "application/xml"})
    by_name = identity(org, headers=org.bearer(), params={"format": "urlencoded"})

    assert by_header.headers["Content-Type"].startswith("application/xml")
    assert f"<user_id>{user_of(org)}</user_id>" in by_header.text
    assert parse_qs(by_name.text)["user_id"] == [user_of(org)]


@pytest.mark.req("ORG-02")
def test_an_identity_is_refused_in_the_words_of_the_identity_service(org):
    good = org.bearer()
    org_id = org.query("SELECT Id FROM Organization")[0]["Id"]
    other = f"{org.url}/id/00D000000000000AAA/{user_of(org)}"
    unknown = f"{org.url}/id/{org_id}/005000000000000AAA"

    found = [
        identity(org),
        identity(org, headers={"Authorization": "Bearer nothing"}),
        requests.get(other, headers=good, timeout=10),
        requests.get(unknown, headers=good, timeout=10),
    ]

    assert [(each.status_code, each.text) for each in found] == [
        (403, "Missing_OAuth_Token"),
        (403, "Bad_OAuth_Token"),
        (403, "Wrong_Org"),
        (404, "Bad_Id"),
    ]
