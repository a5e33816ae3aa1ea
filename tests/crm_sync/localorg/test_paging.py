"""Pages of a large result belong together."""

import pytest
import requests
from lxml import etree

from crm_sync.localorg.soql.cursors import behind, packed, unpacked
from tests.crm_sync.localorg.desk import Desk
from tests.crm_sync.localorg.test_many import ingest
from tests.crm_sync.localorg.test_soap import post


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


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.org.close()


def every_page(desk, page):
    found = [page.records]
    while page.next_cursor:
        page = desk.org.reader.more(page.next_cursor)
        found.append(page.records)
    return [[row["Name"] for row in records] for records in found]


@pytest.mark.req("ORG-03")
def test_the_pages_of_a_result_are_those_of_its_first_moment(desk):
    made = [desk.create("Account", Name=f"A{number}") for number in range(7)]
    soql = "SELECT Name FROM Account WHERE Name LIKE 'A%' ORDER BY Name LIMIT 6 OFFSET 1"
    first = desk.page(soql, size=2)
    desk.change("Account", made[3], Name="B3")
    desk.change("Account", made[6], Name="A0")
    desk.create("Account", Name="A1b")

    assert (first.total, len(first.records)) == (6, 2)
    assert every_page(desk, first) == [["A1", "A2"], ["B3", "A4"], ["A5", "A0"]]


@pytest.mark.req("ORG-03")
def test_a_result_is_looked_up_again_where_the_org_was_stopped_meanwhile(desk, tmp_path):
    for number in range(5):
        desk.create("Account", Name=f"A{number}")
    desk.org.store.in_background = lambda work, moment: None
    first = desk.page("SELECT Name FROM Account ORDER BY Name DESC", size=2)
    desk.org.reader.cursors.give_up(first.next_cursor.partition("-")[0])
    desk.org.close()

    again = Desk(tmp_path)
    names = [row["Name"] for row in again.org.reader.more(first.next_cursor).records]
    again.org.close()
    assert (first.total, names) == (5, ["A2", "A1"])


@pytest.mark.req("ORG-03")
def test_what_was_shown_stays_in_front_where_ties_are_sorted_differently():
    one, two, three = (f"{number:018}" for number in range(3))
    assert unpacked(behind(packed([two]), packed([one, two, three]))) == [two, one, three]
    assert unpacked(behind(packed([one]), packed([one, two, three]))) == [one, two, three]


@pytest.mark.req("ORG-03")
def test_children_that_do_not_fit_into_a_page_have_an_address_of_their_own(desk):
    parents = [desk.create("Account", Name=f"P{number}") for number in range(2)]
    for number in range(5):
        desk.create("Contact", LastName=f"C{number}", AccountId=parents[0])
    desk.create("Contact", LastName="D", AccountId=parents[1])
    soql = (
        "SELECT Name, (SELECT c.Name, Contact.Account.Name FROM Account.Contacts c "
        "WHERE Name != 'C1' ORDER BY Name) FROM Account ORDER BY Name"
    )
    many, one = (row["Contacts"] for row in desk.page(soql, size=3, base="/v").records)

    assert [row["Name"] for row in many["records"]] == ["C0", "C2"]
    assert (many["totalSize"], many["done"]) == (4, False)
    assert (one["totalSize"], one["done"], "nextRecordsUrl" in one) == (1, True, False)
    path, _, locator = many["nextRecordsUrl"].rpartition("/")
    more = desk.org.reader.more(locator)
    assert (path, locator.endswith("-2"), more.total, more.next_cursor) == (
        "/v/query",
        True,
        4,
        None,
    )
    assert [(row["Name"], row["Account"]["Name"]) for row in more.records] == [
        ("C3", "P0"), ("C4", "P0")
    ]  # fmt: skip


@pytest.mark.req("ORG-03")
def test_soap_and_rest_fetch_the_rest_of_the_children_by_their_own_locators(org):
    ingest(org, "Shop_Id__c,Name\np1,Parent\n", object="Account")
    rows = "".join(f"c{number},C{number:03},p1\n" for number in range(205))
    ingest(org, f"Shop_Id__c,LastName,Account.Shop_Id__c\n{rows}")
    soql = "SELECT Id, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account"

    headers = {**org.bearer(), "Sforce-Query-Options": "batchSize=200"}
    path = f"{org.url}/services/data/v67.0/query"
    rest = requests.get(path, params={"q": soql}, headers=headers, timeout=30).json()
    children = rest["records"][0]["Contacts"]
    more = requests.get(org.url + children["nextRecordsUrl"], headers=headers, timeout=30).json()
    assert (rest["done"], children["done"], children["totalSize"]) == (True, False, 205)
    assert [len(children["records"]), len(more["records"])] == [199, 6]
    assert more["records"][0]["LastName"] == "C199"

    token = org.bearer()["Authorization"][7:]
    head = (
        f"<SessionHeader><sessionId>{token}</sessionId></SessionHeader>"
        "<QueryOptions><batchSize>200</batchSize></QueryOptions>"
    )
    asked = f"<query><queryString>{soql}</queryString></query>"
    found = etree.fromstring(envelope(org, head, asked).content)
    locators = [each.text for each in found.iter("{*}queryLocator") if each.text]
    wish = f"<queryMore><queryLocator>{locators[0]}</queryLocator></queryMore>"
    following = etree.fromstring(envelope(org, head, wish).content)
    assert len(locators) == 1
    assert next(following.iter("{*}LastName")).text == "C199"
    assert next(following.iter("{*}done")).text == "true"


def envelope(org, head, body):
    space = "urn:partner.soap.sforce.com"
    return post(
        org,
        "u",
        f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="{space}">'
        f"<e:Header>{head}</e:Header><e:Body>{body}</e:Body></e:Envelope>",
    )
