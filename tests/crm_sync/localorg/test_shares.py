"""Sharing entries: whoever owns a record has one, which can be read and not written."""

import pytest

from tests.crm_sync.localorg.conftest import code_of


@pytest.mark.req("ORG-08")
def test_the_owner_of_an_account_has_an_entry(org):
    account = org.create("Account", Name="Acme")
    user = org.query("SELECT OwnerId FROM Account")[0]["OwnerId"]

    soql = (
        "SELECT AccountId, UserOrGroupId, AccountAccessLevel, OpportunityAccessLevel, "
        "CaseAccessLevel, ContactAccessLevel, RowCause, IsDeleted FROM AccountShare"
    )

    assert org.query(soql) == [
        {
            "AccountId": account,
            "UserOrGroupId": user,
            "AccountAccessLevel": "All",
            "OpportunityAccessLevel": "Edit",
            "CaseAccessLevel": "Edit",
            "ContactAccessLevel": "Edit",
            "RowCause": "Owner",
            "IsDeleted": False,
        }
    ]
    found = org.call("GET", "query", params={"q": "SELECT Id, Account.Name FROM AccountShare"})
    entry = found.json()["records"][0]
    assert entry["Id"].startswith("00r")
    assert entry["Account"]["Name"] == "Acme"
    inner = {"q": f"SELECT (SELECT Id FROM Shares) FROM Account WHERE Id = '{account}'"}
    shares = org.call("GET", "query", params=inner).json()["records"][0]["Shares"]
    assert [each["Id"] for each in shares["records"]] == [entry["Id"]]
    assert org.call("GET", f"sobjects/AccountShare/{entry['Id']}").json()["RowCause"] == "Owner"


@pytest.mark.req("ORG-08")
@pytest.mark.parametrize(
    ("name", "values", "prefix"),
    [
        ("Campaign", {"Name": "A"}, "08s"),
        ("Case", {"Subject": "A"}, "01n"),
        ("Contact", {"LastName": "A"}, "03s"),
        ("Lead", {"LastName": "A", "Company": "B"}, "01o"),
        (
            "Opportunity",
            {"Name": "A", "StageName": "Prospecting", "CloseDate": "2026-01-01"},
            "00t",
        ),
    ],
)
def test_other_records_have_entries_too(org, name, values, prefix):
    made = org.create(name, **values)

    found = org.query(f"SELECT {name}Id, {name}AccessLevel FROM {name}Share WHERE {name}Id != NULL")

    assert found == [{f"{name}Id": made, f"{name}AccessLevel": "All"}]
    assert org.call("GET", f"sobjects/{name}Share/describe").json()["keyPrefix"] == prefix


@pytest.mark.req("ORG-08")
def test_an_entry_cannot_be_made_by_hand(org):
    account = org.create("Account", Name="Acme")

    answer = org.call("POST", "sobjects/AccountShare", json={"AccountId": account})

    assert code_of(answer) == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
