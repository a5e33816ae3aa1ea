"""The history on a record's page: what changed, when, by whom, by which way in."""

import html
import re

import pytest
import requests

from crm_sync.localorg.face import past as face
from crm_sync.localorg.face import records
from crm_sync.localorg.org import Org, Settings
from crm_sync.localorg.records import delete as bin_
from crm_sync.localorg.records import history, save
from crm_sync.localorg.records.context import SaveOptions
from crm_sync.localorg.viewers import View
from tests.crm_sync.localorg.test_many import ingest
from tests.crm_sync.localorg.test_merging import Browser
from tests.crm_sync.localorg.visitors import Visitor

USER = "Integration User"


def told(org, record):
    """The rows of a record's history as texts, newest first; the moment is left out."""
    page = requests.get(f"{org.url}/r/{record}/", timeout=10).text
    part = page[page.index('id="history"') :]
    rows = re.findall(r"<tr>(.*?)</tr>", part.split("</thead>")[1], re.DOTALL)
    found = []
    for row in rows:
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
        found.append([html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells])
    return found


def named(org, client):
    return {**org.bearer(), "Sforce-Call-Options": f"client={client}"}


@pytest.mark.req("ORG-10")
def test_each_change_tells_field_values_user_and_way_in(org):
    record = org.create("Account", Name="Acme", Phone="1")
    requests.patch(
        f"{org.url}/services/data/v67.0/sobjects/Account/{record}",
        json={"Phone": "2", "BillingCity": "Pune"},
        headers=named(org, "shop"),
        timeout=10,
    )
    owner = org.query("SELECT OwnerId FROM Account")[0]["OwnerId"]
    same = {"Name": "Acme", "Phone": "3", "BillingCity": "Pune", "OwnerId": owner}
    Visitor(org).post(f"/r/{record}/edit/", **same)

    rows = told(org, record)

    assert rows[0] == ["Phone", "2", "3", USER, "Page"]
    assert sorted(row[:3] for row in rows[1:3]) == [
        ["Billing City", "–", "Pune"],
        ["Phone", "1", "2"],
    ]
    assert rows[1][3:] == [USER, "REST 67.0, shop"]
    assert rows[3] == ["Created", USER, "REST 67.0"]
    assert len(rows) == 4


@pytest.mark.req("ORG-10")
def test_bulk_loads_leave_their_traces(org):
    for name in ("Acme", "Apex"):
        ingest(org, f"Shop_Id__c,Name\nk1,{name}\n", object="Account")
    record = org.query("SELECT Id FROM Account")[0]["Id"]

    assert told(org, record) == [
        ["Name", "Acme", "Apex", USER, "Bulk 67.0"],
        ["Created", USER, "Bulk 67.0"],
    ]


@pytest.mark.req("ORG-10")
def test_the_recycle_bin_shows_in_the_history(org):
    record = org.create("Account", Name="Acme")
    org.call("DELETE", f"sobjects/Account/{record}")
    in_bin = told(org, record)
    Visitor(org).post(f"/r/{record}/undelete/", page=f"/r/{record}/")

    assert in_bin[0] == ["Moved to the recycle bin", USER, "REST 67.0"]
    assert told(org, record)[0] == ["Taken out of the recycle bin", USER, "Page"]


@pytest.mark.req("ORG-10")
def test_a_merge_shows_on_both_records(org):
    master = org.create("Account", Name="Acme", Phone="1")
    victim = org.create("Account", Name="Acme Ltd", Phone="2")
    Browser(org).merge(master, victim, Phone=victim)

    assert told(org, master)[:2] == [
        ["Phone", "1", "2", USER, "Page"],
        ["Took in", "Acme Ltd", USER, "Page"],
    ]
    assert told(org, victim)[0] == ["Merged into", "Acme", USER, "Page"]


@pytest.mark.req("ORG-10")
def test_a_conversion_shows_as_one(org):
    lead = org.create("Lead", LastName="Rao", Company="Acme")
    Visitor(org).post(f"/r/{lead}/convert/", page=f"/r/{lead}/")

    rows = told(org, lead)

    assert rows[0] == ["Converted", USER, "Page"]
    assert ["Status", "Open - Not Contacted", "Closed - Converted"] in rows
    assert rows[-1] == ["Created", USER, "REST 67.0"]


def test_what_was_refused_or_changed_nothing_is_not_told(org):
    record = org.create("Account", Name="Acme")
    org.call("PATCH", f"sobjects/Account/{record}", json={"Name": "Acme"})
    body = {
        "allOrNone": True,
        "records": [
            {"attributes": {"type": "Account"}, "Id": record, "Name": "Apex"},
            {"attributes": {"type": "Account"}, "Id": record[:-3] + "AAA", "Name": None},
        ],
    }
    org.call("PATCH", "composite/sobjects", json=body)

    assert told(org, record) == [["Created", USER, "REST 67.0"]]


@pytest.mark.req("ORG-10")
def test_only_the_last_fifty_are_shown_and_the_page_says_so(org):
    record = org.create("Account", Name="0")
    for number in range(1, 52):
        org.call("PATCH", f"sobjects/Account/{record}", json={"Name": str(number)})

    rows = told(org, record)

    assert len(rows) == 50
    assert rows[0][:3] == ["Name", "50", "51"]
    assert rows[-1][:3] == ["Name", "1", "2"]
    page = requests.get(f"{org.url}/r/{record}/", timeout=10).text
    assert "Shown are the last 50 changes. The org remembers its last 100,000 changes" in page


def test_a_long_text_is_shortened(org):
    record = org.create("Account", Name="Acme", Description="x" * 5000)
    org.call("PATCH", f"sobjects/Account/{record}", json={"Description": "<b>y</b>"})

    row = told(org, record)[0]

    assert row[1] == "x" * 200 + "… (5,000 characters)"
    assert row[2] == "<b>y</b>"


@pytest.mark.req("ORG-11")
def test_history_goes_with_snapshots_and_resets(org):
    record = org.create("Account", Name="Acme")
    org.switch("POST", "snapshots", {"name": "past"})
    org.call("PATCH", f"sobjects/Account/{record}", json={"Name": "Apex"})
    later = told(org, record)
    org.switch("POST", "restore", {"name": "past"})

    assert later[0][:3] == ["Name", "Acme", "Apex"]
    assert told(org, record) == [["Created", USER, "REST 67.0"]]

    org.switch("POST", "reset")
    user = org.query("SELECT Id FROM User")[0]["Id"]
    assert told(org, user) == [["Created", USER, "not kept"]]


@pytest.fixture
def quiet(tmp_path):
    """An org without a server."""
    made = Org(Settings(folder=tmp_path))
    yield made
    made.close()


def count(org):
    with org.store.read() as connection:
        return connection.execute("SELECT COUNT(*) FROM _history").fetchone()[0]


def change(org, record, **values):
    owner, options = org.schema.require("Account"), SaveOptions(user_id=org.user_id)
    if record is None:
        return save.insert(org.context(), owner, values, options).record_id
    return save.update(org.context(), owner, record, values, options).record_id


@pytest.mark.req("ORG-10")
def test_a_viewer_reads_of_own_fields_alone(quiet, monkeypatch):
    record = change(quiet, None, Name="Acme", Phone="1")
    change(quiet, record, Name="Apex", Phone="2")
    owner = quiet.schema.require("Account").copy()
    del owner.fields["phone"]
    schema = type(quiet.schema)([owner])
    sheet = records.sheet(quiet, record)

    whole = face.past_of(quiet, sheet)
    monkeypatch.setattr(quiet.viewers, "of", lambda _user: View(schema))
    seen = face.past_of(quiet, sheet)

    assert {step.field.name for step in whole.happenings[0].steps} == {"Name", "Phone"}
    assert {step.field.name for step in seen.happenings[0].steps} == {"Name"}


def test_the_oldest_makes_room(quiet):
    quiet.history = history.History(most=3)
    record = change(quiet, None, Name="0")
    for number in range(1, history.TRIM_EVERY + 5):
        change(quiet, record, Name=str(number))
    kept = count(quiet)

    shown = face.past_of(quiet, records.sheet(quiet, record))

    assert kept == 3 + 4
    assert shown.happenings[-1].event == "Created"
    assert shown.happenings[-1].way == "not kept"


def test_nothing_is_left_of_a_record_that_is_gone_for_good(quiet):
    record = change(quiet, None, Name="Acme")
    change(quiet, record, Name="Apex")
    owner, options = quiet.schema.require("Account"), SaveOptions(user_id=quiet.user_id)
    bin_.delete(quiet.context(), owner, record, options)
    before = count(quiet)
    bin_.purge(quiet.context(), owner, record)

    assert (before, count(quiet)) == (3, 0)


def test_an_id_that_came_back_starts_afresh(quiet):
    record = change(quiet, None, Name="Acme")
    with quiet.store.write() as connection:
        old = history.Noted(record, quiet.user_id, history.DELETE, "page", None)
        quiet.history.keep(connection, [old, old._replace(kind=history.CREATE)])

    shown = face.past_of(quiet, records.sheet(quiet, record))

    assert [each.event for each in shown.happenings] == ["Created"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("com/salesforce/api/rest/67.0", "REST 67.0"),
        ("com/salesforce/api/soap/64.0;client=zeep", "SOAP 64.0, zeep"),
        ("com/salesforce/api/bulkapi/67.0", "Bulk 67.0"),
        ("page", "Page"),
        ("", "Set up with the org"),
    ],
)
def test_ways_in_have_names(text, words):
    assert face.way_in(text) == words
