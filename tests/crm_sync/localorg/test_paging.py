"""Pages of a large result belong together."""

import pytest
import requests

from tests.crm_sync.localorg.test_many import ingest


@pytest.mark.req("ORG-03")
@pytest.mark.parametrize("order", ["", " ORDER BY Type", " ORDER BY SystemModstamp, Id"])
def test_every_record_is_on_exactly_one_page(org, order):
    rows = "".join(f"k{number},Name {number}\n" for number in range(2300))
    ingest(org, f"Shop_Id__c,Name\n{rows}", object="Account")
    for number in range(0, 2300, 400):  # so that age and place in the file disagree
        org.call("PATCH", f"sobjects/Account/Shop_Id__c/k{number}", json={"Phone": "1"})

    first = org.call("GET", "query", params={"q": f"SELECT Shop_Id__c FROM Account{order}"}).json()
    more = requests.get(org.url + first["nextRecordsUrl"], headers=org.bearer(), timeout=30).json()

    pages = [[row["Shop_Id__c"] for row in page["records"]] for page in (first, more)]
    assert (first["totalSize"], first["done"], more["done"]) == (2300, False, True)
    assert [len(page) for page in pages] == [2000, 300]
    assert {key for page in pages for key in page} == {f"k{number}" for number in range(2300)}
