"""A SOAP client built by zeep from the service descriptions that the org serves."""

from datetime import UTC, datetime, timedelta

import pytest
import zeep
from lxml import etree
from zeep.exceptions import Fault
from zeep.transports import Transport

pytestmark = [pytest.mark.contract, pytest.mark.req("ORG-01")]
PARTNER = "urn:partner.soap.sforce.com"
SOBJECT = "urn:sobject.partner.soap.sforce.com"


class Partner:
    """The generated client with a session in the header of every call."""

    def __init__(self, client, token):
        self.client = client
        self.token = token

    def call(self, name, *given, headers=None, **named):
        wanted = {"SessionHeader": {"sessionId": self.token}, **(headers or {})}
        return getattr(self.client.service, name)(*given, **named, _soapheaders=wanted)

    def __getattr__(self, name):
        return lambda *given, **named: self.call(name, *given, **named).body.result

    def record(self, kind, key=None, emptied=(), **values):
        made = self.client.get_type(f"{{{SOBJECT}}}sObject")
        parts = []
        for name, value in values.items():
            part = etree.Element(f"{{{SOBJECT}}}{name}")
            part.text = value
            parts.append(part)
        return made(type=kind, Id=key, fieldsToNull=list(emptied), _value_1=parts)

    def typed(self, kind, **values):
        return self.client.get_type(f"{{{PARTNER}}}{kind}")(**values)


def values_of(record):
    found = {etree.QName(part).localname: part.text for part in record._value_1}
    return {**found, "Id": record.Id} if record.Id else found


@pytest.fixture(scope="session")
def description(org_process):
    return zeep.Client(f"{org_process.url}/services/wsdl/partner", transport=Transport(timeout=30))


@pytest.fixture
def partner(org, description):
    return Partner(description, org.bearer()["Authorization"][7:])


@pytest.mark.req("ORG-02", "CRM-02")
def test_login_gives_a_session_and_the_address_to_use(password_org):
    url = f"{password_org.url}/services/Soap/u/64.0?wsdl"
    client = zeep.Client(url)
    known = password_org.credentials

    found = client.service.login(known["username"], known["password"] + "TOKEN")
    service = client.create_service(f"{{{PARTNER}}}SoapBinding", found.serverUrl)
    session = {"SessionHeader": {"sessionId": found.sessionId}}
    told = service.getUserInfo(_soapheaders=session).body.result
    service.logout(_soapheaders=session)

    assert found.userInfo.userName == told.userName == known["username"]
    assert found.serverUrl.startswith(f"{password_org.url}/services/Soap/u/64.0/00D")
    with pytest.raises(Fault, match="INVALID_SESSION_ID") as gone:
        service.getUserInfo(_soapheaders=session)
    assert gone.value.code == "sf:INVALID_SESSION_ID"
    with pytest.raises(Fault) as wrong:
        client.service.login(known["username"], "nonsense")
    assert wrong.value.code == "sf:INVALID_LOGIN"


@pytest.mark.req("ORG-02")
def test_login_is_no_part_of_newer_versions(password_org, org):
    newer = zeep.Client(f"{password_org.url}/services/wsdl/partner?version=65.0")
    older = zeep.Client(f"{org.url}/services/wsdl/partner?version=64.0")

    assert not hasattr(newer.service, "login")
    with pytest.raises(Fault) as refused:
        older.service.login(org.credentials["username"], org.credentials["password"])
    assert refused.value.code == "sf:INVALID_OPERATION"


@pytest.mark.req("ORG-03")
def test_records_go_there_and_back(partner):
    made = partner.create([partner.record("Account", Name="Acme", Phone="1")])[0]
    changed = partner.update([partner.record("Account", made.id, ["Phone"], Name="Acme Ltd")])[0]
    rows = partner.retrieve("Name, Phone", "Account", [made.id, "001000000000000AAA"])
    gone = partner.delete([made.id])[0]
    kept = partner.queryAll("SELECT Id, IsDeleted, Name FROM Account").records
    back = partner.undelete([made.id])[0]

    assert (made.success, changed.success, gone.success, back.success) == (True,) * 4
    assert values_of(rows[0]) == {"Name": "Acme Ltd", "Phone": None, "Id": made.id}
    assert (rows[1].type, rows[1].Id) == (None, None)
    assert values_of(kept[0]) == {"IsDeleted": "true", "Name": "Acme Ltd", "Id": made.id}
    assert partner.query("SELECT COUNT() FROM Account").size == 1


@pytest.mark.req("ORG-03")
def test_upsert_tells_what_it_created(partner):
    rows = [partner.record("Account", Shop_Id__c="k1", Name="A")]

    first = partner.upsert("Shop_Id__c", rows)[0]
    again = partner.upsert("Shop_Id__c", rows)[0]

    assert (first.created, again.created) == (True, False)
    assert first.id == again.id


@pytest.mark.req("ORG-03", "ORG-08")
def test_a_bad_row_is_named_and_all_or_none_undoes_the_good_one(partner, org):
    rows = [partner.record("Account", Name="Good"), partner.record("Account", Phone="1")]

    strict = {"AllOrNoneHeader": {"allOrNone": True}}
    together = partner.call("create", rows, headers=strict).body.result
    nothing = org.query("SELECT Id FROM Account")
    apart = partner.create(rows)

    assert [row.success for row in together] == [False, False]
    assert together[0].errors[0].statusCode == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert together[1].errors[0].statusCode == "REQUIRED_FIELD_MISSING"
    assert nothing == []
    assert [row.success for row in apart] == [True, False]
    assert apart[1].errors[0].fields == ["Name"]


@pytest.mark.req("ORG-03")
def test_long_results_are_read_to_the_end(partner, org):
    for start in range(0, 600, 200):
        rows = [
            {"attributes": {"type": "Account"}, "Name": f"A{start + number:03}"}
            for number in range(200)
        ]
        org.call("POST", "composite/sobjects", json={"records": rows})

    small = {"QueryOptions": {"batchSize": 250}}
    answer = partner.call("query", "SELECT Name FROM Account ORDER BY Name", headers=small)
    page, found = answer.body.result, []
    sizes = [len(page.records)]
    found += page.records
    while not page.done:
        page = partner.queryMore(page.queryLocator)
        sizes.append(len(page.records))
        found += page.records

    assert (sizes, page.size) == ([250, 250, 100], 600)
    assert [values_of(row)["Name"] for row in found] == [f"A{number:03}" for number in range(600)]
    limit = answer.header.LimitInfoHeader.limitInfo[0]
    assert (limit.type, limit.limit) == ("API REQUESTS", 100_000)
    assert limit.current > 0


@pytest.mark.req("ORG-03")
def test_parents_children_and_times_keep_their_shape(partner, org):
    account = org.create("Account", Name="Acme")
    org.create("Contact", LastName="Bell", AccountId=account)

    soql = "SELECT Id, CreatedDate, Owner.Name, (SELECT LastName FROM Contacts) FROM Account"
    row = partner.query(soql).records[0]
    parts = {etree.QName(part).localname: part for part in row._value_1 if etree.iselement(part)}
    nested = [part for part in row._value_1 if not etree.iselement(part)]

    assert row.Id == account
    assert parts["CreatedDate"].text.endswith("Z")
    assert {type(part).__name__ for part in nested} == {"sObject", "QueryResult"}


@pytest.mark.req("ORG-08")
def test_duplicates_pass_only_with_the_header(partner, org):
    org.faults({"kind": "duplicate_alert", "object": "Contact"})
    rows = [partner.record("Contact", LastName="A")]
    wish = {"allowSave": True, "includeRecordDetails": False, "runAsCurrentUser": False}

    refused = partner.create(rows)[0]
    allowed = partner.call("create", rows, headers={"DuplicateRuleHeader": wish}).body.result[0]

    assert refused.errors[0].statusCode == "DUPLICATES_DETECTED"
    assert allowed.success is True


@pytest.mark.req("ORG-08")
def test_merge_keeps_the_master_and_moves_what_hangs_on_the_others(partner, org):
    master, other = (org.create("Account", Name=name) for name in ("A", "B"))
    contact = org.create("Contact", LastName="C", AccountId=other)

    wish = partner.typed(
        "MergeRequest",
        masterRecord=partner.record("Account", master, Phone="9"),
        recordToMergeIds=[other],
    )
    found = partner.merge([wish])[0]

    assert (found.success, found.id, found.mergedRecordIds) == (True, master, [other])
    assert found.updatedRelatedIds == [contact]
    assert org.query("SELECT Id, Phone FROM Account") == [{"Id": master, "Phone": "9"}]


@pytest.mark.req("ORG-08", "CRM-07")
def test_a_lead_is_converted_once(partner, org):
    lead = org.create("Lead", LastName="L", Company="C")
    wish = partner.typed(
        "LeadConvert",
        leadId=lead,
        convertedStatus="Closed - Converted",
        doNotCreateOpportunity=True,
        overwriteLeadSource=False,
        sendNotificationEmail=False,
    )

    done, again = partner.convertLead([wish])[0], partner.convertLead([wish])[0]

    assert done.success is True
    assert done.contactId.startswith("003")
    assert done.opportunityId is None
    assert (again.success, again.errors[0].statusCode) == (False, "CANNOT_UPDATE_CONVERTED_LEAD")


@pytest.mark.req("ORG-08")
def test_a_record_goes_through_its_approval(partner, org):
    account = org.create("Account", Name="A")
    submit = partner.typed("ProcessSubmitRequest", objectId=account, comments="please")

    sent, twice = partner.process([submit])[0], partner.process([submit])[0]
    decide = partner.typed(
        "ProcessWorkitemRequest", action="Approve", workitemId=sent.newWorkitemIds[0]
    )
    done = partner.process([decide])[0]

    assert (sent.success, sent.instanceStatus) == (True, "Pending")
    assert twice.errors[0].statusCode == "ALREADY_IN_PROCESS"
    assert done.instanceStatus == "Approved"


@pytest.mark.req("ORG-03")
def test_objects_describe_themselves(partner):
    everything = partner.describeGlobal()
    order = partner.describeSObject("Order")
    several = partner.describeSObjects(["Account", "Lead"])

    assert everything.maxBatchSize == 200
    assert {"Account", "Cart__c"} <= {each.name for each in everything.sobjects}
    fields = {each.name: each for each in order.fields}
    assert order.keyPrefix == "801"
    assert (fields["Status"].type, fields["Status"].nillable) == ("picklist", False)
    assert [each.value for each in fields["Status"].picklistValues] == ["Draft", "Activated"]
    assert fields["AccountId"].referenceTo == ["Account"]
    assert {each.relationshipName for each in order.childRelationships} >= {"OrderItems"}
    assert [each.name for each in several] == ["Account", "Lead"]
    with pytest.raises(Fault) as unknown:
        partner.describeSObject("Nope__c")
    assert unknown.value.code == "sf:INVALID_TYPE"


@pytest.mark.req("ORG-03")
def test_every_object_can_be_described(partner):
    names = [each.name for each in partner.describeGlobal().sobjects]

    found = partner.describeSObjects(names)

    assert [each.name for each in found] == names
    assert all(each.fields for each in found)


@pytest.mark.req("ORG-06")
def test_an_event_is_published(partner, org):
    event = partner.record("Large_Order__e", Event_Key__c="k1")

    done = partner.create([event])[0]

    assert done.success is True
    assert done.errors[0].statusCode == "OPERATION_ENQUEUED"


@pytest.mark.req("ORG-03")
def test_changes_of_a_span_are_listed_until_the_bin_is_emptied(partner, org):
    kept, gone = (org.create("Account", Name=name) for name in "AB")
    partner.delete([gone])
    span = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(minutes=2)

    updated = partner.getUpdated("Account", *span)
    deleted = partner.getDeleted("Account", *span)
    emptied = partner.emptyRecycleBin([gone, kept])

    assert updated.ids == [kept]
    assert [row.id for row in deleted.deletedRecords] == [gone]
    assert [row.success for row in emptied] == [True, False]
    assert partner.undelete([gone])[0].success is False


@pytest.mark.req("ORG-03")
def test_words_are_found(partner, org):
    org.create("Account", Name="Wheelworks")

    found = partner.search("FIND {wheel*} IN NAME FIELDS RETURNING Account(Id, Name)")

    assert [values_of(each.record)["Name"] for each in found.searchRecords] == ["Wheelworks"]


def test_who_and_when(partner, org):
    assert partner.getUserInfo().userName == org.credentials["username"]
    told = partner.getServerTimestamp().timestamp
    assert abs((told - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.req("ORG-03")
def test_faults_have_the_shape_of_the_platform(partner):
    with pytest.raises(Fault) as malformed:
        partner.query("SELECT FROM Account")
    with pytest.raises(Fault) as unknown:
        partner.query("SELECT Nope FROM Account")

    assert malformed.value.code == "sf:MALFORMED_QUERY"
    assert malformed.value.message.startswith("MALFORMED_QUERY: ")
    detail = malformed.value.detail[0]
    assert etree.QName(detail).localname == "MalformedQueryFault"
    shown = {etree.QName(part).localname: part.text for part in unknown.value.detail[0]}
    assert shown["exceptionCode"] == "INVALID_FIELD"
    assert (shown["row"], shown["column"]) == ("1", "8")


def test_a_retired_version_says_so(org, description):
    service = description.create_service(
        f"{{{PARTNER}}}SoapBinding", f"{org.url}/services/Soap/u/30.0"
    )

    with pytest.raises(Fault) as retired:
        service.getServerTimestamp()

    assert retired.value.code == "sf:UNSUPPORTED_API_VERSION"
