"""The Salesforce CLI, unchanged: installed for the occasion, with a home of its own."""

import json
import shutil

import pytest
import requests

from tests.contract.command_line import Cli
from tests.contract.packages import install, newest_node, require_node

NODE_FOR_NPM = 18
NODE_FOR_CLI = (22, 19)
pytestmark = [pytest.mark.contract, pytest.mark.slow, pytest.mark.req("ORG-01")]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The CLI with a Node that it accepts; skips where that cannot be."""
    require_node(NODE_FOR_NPM)
    folder = install(tmp_path_factory.mktemp("cli"), "cli/package.json")
    yield Cli(folder, newest_node(folder, NODE_FOR_CLI))
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def sf(org, installed):
    """The CLI, signed in to the org by JWT and with the org as its target."""
    login = ["org", "login", "jwt", "--username", org.credentials["username"]]
    login += ["--client-id", org.credentials["client_id"], "--instance-url", org.url]
    installed(*login, "--jwt-key-file", str(org.folder / "jwt_private.pem"), "--set-default")
    return installed


def value_of(org, soql):
    return next(iter(org.query(soql)[0].values()))


@pytest.mark.req("ORG-02", "CRM-02")
def test_it_signs_in_by_jwt(sf, org):
    shown = sf("org", "display")

    assert shown["connectedStatus"] == "Connected"
    assert shown["username"] == org.credentials["username"]
    opened = sf("org", "open", "--path", "lightning/o/Account/list", "--url-only")["url"]
    assert opened.startswith(f"{org.url}/secur/frontdoor.jsp?otp=")
    assert requests.get(opened, timeout=9).url == f"{org.url}/o/Account/"


@pytest.mark.req("ORG-02", "CRM-02")
def test_it_signs_in_with_a_token(org, installed):
    token = org.bearer()["Authorization"][7:]
    login = ["org", "login", "access-token", "--no-prompt", "--alias", "token"]

    known = installed(*login, "--instance-url", org.url, SF_ACCESS_TOKEN=token)
    rows = installed("data", "query", "-q", "SELECT Username FROM User", "-o", "token")

    assert known["instanceApiVersion"] == "68.0"
    assert known["username"] == org.credentials["username"]
    assert org.credentials["username"] in {row["Username"] for row in rows["records"]}


@pytest.mark.req("ORG-03")
def test_it_creates_reads_changes_and_deletes_a_record(sf):
    account = ["-s", "Account"]
    by_key = [*account, "-w", "Shop_Id__c=main-1"]

    made = sf("data", "create", "record", *account, "-v", "Name='Acme Ltd' Shop_Id__c=main-1")
    sf("data", "update", "record", *by_key, "-v", "Phone=123")
    read = sf("data", "get", "record", *by_key)
    gone = sf("data", "delete", "record", "-i", made["id"], *account)
    after = sf.run("data", "get", "record", "-i", made["id"], *account)

    assert (read["Id"], read["Name"], read["Phone"]) == (made["id"], "Acme Ltd", "123")
    assert gone["success"] is True
    assert after["name"] == "ENTITY_IS_DELETED"


@pytest.mark.req("ORG-03")
def test_it_queries_and_searches(sf, org):
    org.create("Account", Name="Wheelworks")
    query = ["data", "query", "-q"]

    parents = sf(*query, "SELECT Name, Owner.Name FROM Account")
    totals = sf(*query, "SELECT COUNT(Id) n, Name FROM Account GROUP BY Name")
    found = sf("data", "search", "-q", "FIND {wheel*} IN NAME FIELDS RETURNING Account(Name)")
    wrong = sf.run(*query, "SELECT Nope FROM Account")

    assert parents["records"][0]["Owner"]["Name"] == "Integration User"
    assert [(row["n"], row["Name"]) for row in totals["records"]] == [(1, "Wheelworks")]
    assert [row["Name"] for row in found["searchRecords"]] == ["Wheelworks"]
    assert wrong["name"] == "INVALID_FIELD"


@pytest.mark.req("ORG-04")
def test_it_imports_and_exports_trees(sf, org):
    contact = {"attributes": {"type": "Contact", "referenceId": "c1"}, "LastName": "Bell"}
    account = {"attributes": {"type": "Account", "referenceId": "a1"}, "Name": "Acme"}
    tree = {"records": [{**account, "Contacts": {"records": [contact]}}]}

    made = sf("data", "import", "tree", "-f", sf.write("tree.json", tree))
    soql = "SELECT Name, (SELECT LastName FROM Contacts) FROM Account"
    kept = sf("data", "export", "tree", "-q", soql)

    assert [row["refId"] for row in made] == ["a1", "c1"]
    assert value_of(org, "SELECT Account.Name FROM Contact") == {"Name": "Acme"}
    assert kept["records"][0]["Contacts"]["records"][0]["LastName"] == "Bell"


@pytest.mark.req("ORG-05")
def test_it_moves_many_records_in_bulk(sf):
    rows = "".join(f"Account {number},k{number}\n" for number in range(300))
    file = sf.write("rows.csv", f"Name,Shop_Id__c\n{rows}")
    bulk = ["-s", "Account", "-f", file, "-w", "5"]

    put = sf("data", "import", "bulk", *bulk)
    again = sf("data", "upsert", "bulk", *bulk, "-i", "Shop_Id__c")
    soql = "SELECT Id, Name FROM Account"
    out = sf("data", "export", "bulk", "-q", soql, "--output-file", "out.csv", "-w", "5")

    assert (put["successfulRecords"], put["failedRecords"]) == (300, 0)
    assert again["jobInfo"]["numberRecordsProcessed"] == 300
    assert out["totalSize"] == 300
    assert (sf.project / "out.csv").read_text().count("\n") == 301


@pytest.mark.req("ORG-05")
def test_it_tells_which_row_of_a_bulk_import_failed(sf):
    file = sf.write("mixed.csv", f"Name\nGood\n{'x' * 300}\n")

    told = sf.run("data", "import", "bulk", "-s", "Account", "-f", file, "-w", "5")
    job = told["data"]["jobId"] if "data" in told else told["result"]["jobId"]
    results = sf("data", "bulk", "results", "-i", job)

    assert told["status"] == 1
    assert (results["successfulRecords"], results["failedRecords"]) == (1, 1)
    assert "STRING_TOO_LONG" in (sf.project / results["failedFilePath"]).read_text()


@pytest.mark.req("ORG-03", "ORG-07")
def test_it_describes_objects_and_shows_limits(sf, org):
    org.create("Account", Name="A")

    described = sf("sobject", "describe", "-s", "Order")
    custom = sf("sobject", "list", "-s", "custom")
    limits = {row["name"]: row["max"] for row in sf("org", "list", "limits")}
    counts = sf("org", "list", "sobject", "record-counts", "-s", "Account")

    assert described["keyPrefix"] == "801"
    assert "Cart__c" in custom
    assert limits["DailyApiRequests"] == 100_000
    assert counts == [{"count": 1, "name": "Account"}]


@pytest.mark.req("ORG-05")
def test_it_upserts_rows_without_an_id_as_new_ones(sf, org):
    file = sf.write("new.csv", "NAME`PHONE\nFirst`1\nSecond`2\n")
    dialect = ["--column-delimiter", "BACKQUOTE", "--line-ending", "LF"]

    done = sf(
        "data", "upsert", "bulk", "-s", "Account", "-f", file, "-i", "Id", "-w", "5", *dialect
    )

    assert len(done["records"]["successfulResults"]) == 2
    assert {row["Name"] for row in org.query("SELECT Name FROM Account")} == {"First", "Second"}


@pytest.mark.req("ORG-01")
def test_it_asks_for_xml(sf):
    word = [
        "api",
        "request",
        "rest",
        "/services/data/v67.0/limits",
        "-H",
        "Accept: application/xml",
    ]

    told = sf.shown(*word)

    assert told.startswith('<?xml version="1.0" encoding="UTF-8"?><LimitsSnapshot>')


@pytest.mark.req("ORG-01")
def test_it_sends_plain_requests(sf, org):
    word = ["api", "request", "rest", "/services/data/v67.0/sobjects/Account"]

    sf.run(*word, "-X", "POST", "--body", '{"Name": "Plain"}')

    assert value_of(org, "SELECT Name FROM Account") == "Plain"


FIELD = """<?xml version="1.0" encoding="UTF-8"?>
<CustomField xmlns="http://soap.sforce.com/2006/04/metadata">
  <fullName>Told__c</fullName><label>Told</label><length>40</length><type>Text</type>
</CustomField>
"""


@pytest.mark.parametrize("by", ["SOAP", "REST"])
@pytest.mark.req("ORG-12", "CRM-43")
def test_it_deploys_retrieves_and_deletes_metadata(sf, org, by):
    place = "force-app/main/default/objects/Account/fields/Told__c.field-meta.xml"
    sf.write(place, FIELD)
    wish = {"SF_ORG_METADATA_REST_DEPLOY": str(by == "REST").lower()}

    done = sf("project", "deploy", "start", "-d", "force-app", **wish)
    org.create("Account", Name="A", Told__c="yes")
    (sf.project / place).unlink()
    back = sf("project", "retrieve", "start", "-m", "CustomField:Account.Told__c")
    restored = (sf.project / place).read_text()
    gone = sf("project", "delete", "source", "-m", "CustomField:Account.Told__c", "--no-prompt")

    assert (done["status"], done["numberComponentErrors"]) == ("Succeeded", 0)
    assert back["success"] is True
    assert "<label>Told</label>" in restored
    assert gone["success"] is True
    assert org.call("POST", "sobjects/Account", json={"Told__c": "x"}).status_code == 400


@pytest.mark.req("ORG-12", "CRM-43")
def test_it_validates_deploys_what_was_validated_and_cannot_cancel_it(sf, org):
    place = "quick/main/default/objects/Account/fields/Told__c.field-meta.xml"
    sf.write(place, FIELD)

    checked = sf("project", "deploy", "validate", "-d", "quick", "--test-level", "RunLocalTests")
    early = org.call("POST", "sobjects/Account", json={"Name": "A", "Told__c": "x"})
    done = sf("project", "deploy", "quick", "--job-id", checked["id"])
    again = sf("project", "deploy", "start", "-d", "quick")
    told = sf("project", "deploy", "report", "--job-id", done["id"])
    late = sf.run("project", "deploy", "cancel", "--job-id", again["id"])
    shutil.rmtree(sf.project / "quick")

    assert early.status_code == 400
    assert (done["status"], told["status"]) == ("Succeeded", "Succeeded")
    assert org.call("POST", "sobjects/Account", json={"Name": "A", "Told__c": "x"}).ok
    assert [each["state"] for each in again["files"]] == ["Unchanged"]
    assert late["name"].startswith("CannotCancelDeploy")


META = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
LABEL = (
    "<labels><fullName>{0}</fullName><language>en_US</language><protected>false</protected>"
    "<shortDescription>{0}</shortDescription><value>{0}</value></labels>"
)
SOURCES = {
    "lwc/hello/hello.js": "export default class Hello {}",
    "lwc/hello/hello.js-meta.xml": f"<LightningComponentBundle {META}/>",
    "classes/Bell.cls": "public class Bell {}",
    "classes/Bell.cls-meta.xml": f"<ApexClass {META}><status>Active</status></ApexClass>",
    "staticresources/words.txt": "ring",
    "staticresources/words.resource-meta.xml": (
        f"<StaticResource {META}><cacheControl>Public</cacheControl>"
        "<contentType>text/plain</contentType></StaticResource>"
    ),
    "documents/Bikes.documentFolder-meta.xml": (
        f"<DocumentFolder {META}><name>Bikes</name></DocumentFolder>"
    ),
    "documents/Bikes/bell.txt": "bell",
    "documents/Bikes/bell.document-meta.xml": f"<Document {META}><name>bell</name></Document>",
    "experiences/Shop1.site-meta.xml": f"<ExperienceBundle {META}><label>Shop</label>"
    "<type>Site</type></ExperienceBundle>",
    "experiences/Shop1/views/home.json": '{"id": 1}',
    "labels/CustomLabels.labels-meta.xml": (
        f"<CustomLabels {META}>{LABEL.format('One')}{LABEL.format('Two')}</CustomLabels>"
    ),
}


@pytest.mark.req("ORG-12", "CRM-43")
def test_bundles_resources_documents_and_labels_come_back_as_they_went(sf):
    for place, text in SOURCES.items():
        sf.write(f"more/main/default/{place}", text)

    done = sf("project", "deploy", "start", "-d", "more")
    for place in SOURCES:
        (sf.project / "more/main/default" / place).unlink()
    wishes = ["LightningComponentBundle", "ApexClass:Bell", "StaticResource:words", "CustomLabels"]
    wishes += ["Document:Bikes/bell", "ExperienceBundle:Shop1"]
    asked = [word for each in wishes for word in ("-m", each)]
    sf("project", "retrieve", "start", *asked, "--output-dir", "back")
    back = {each.name: each.read_text() for each in (sf.project / "back").rglob("*.*")}
    gone = sf("project", "delete", "source", "-m", "CustomLabel:One", "--no-prompt")
    listed = {each["fullName"] for each in sf("org", "list", "metadata", "-m", "CustomLabel")}
    shutil.rmtree(sf.project / "more")
    shutil.rmtree(sf.project / "back")

    assert {each["state"] for each in done["files"]} == {"Created"}
    assert {each["type"] for each in done["files"]} == {
        "ApexClass",
        "CustomLabel",
        "CustomLabels",
        "Document",
        "DocumentFolder",
        "ExperienceBundle",
        "LightningComponentBundle",
        "StaticResource",
    }
    for place in ("hello.js", "Bell.cls", "words.txt", "bell.txt", "home.json"):
        assert back[place] == next(text for name, text in SOURCES.items() if name.endswith(place))
    assert (gone["success"], listed) == (True, {"Two"})


@pytest.mark.req("ORG-12")
def test_it_lists_kinds_and_names_of_metadata(sf):
    kinds = sf("org", "list", "metadata-types")["metadataObjects"]
    objects = {each["fullName"] for each in sf("org", "list", "metadata", "-m", "CustomObject")}

    assert len(kinds) > 100
    assert {"CustomObject", "Flow", "Report"} <= {each["xmlName"] for each in kinds}
    assert {"Account", "Cart__c"} <= objects


@pytest.mark.req("ORG-12")
def test_it_reports_what_is_wrong_with_a_deploy(sf):
    lookup = FIELD.replace("<length>40</length><type>Text</type>", "<type>Nonsense</type>")
    place = "bad/main/default/objects/Account/fields/Told__c.field-meta.xml"
    sf.write(place, lookup)

    told = sf.run("project", "deploy", "start", "-d", "bad")
    shutil.rmtree(sf.project / "bad")

    assert told["status"] == 1
    assert told["result"]["details"]["componentFailures"]


def field_of(name, value):
    """A field that fits a value of the sample data."""
    kind = "<type>Number</type><precision>18</precision><scale>2</scale>"
    if isinstance(value, str):
        kind = "<type>LongTextArea</type><length>32000</length><visibleLines>3</visibleLines>"
    if str(value).startswith("@"):
        kind = f"<type>Lookup</type><referenceTo>{name}</referenceTo>"
        kind += "<relationshipName>Products</relationshipName>"
    return f"<fields><fullName>{name}</fullName><label>{name[:-3]}</label>{kind}</fields>"


def object_of(records):
    """An object that fits the records of a sample file."""
    shown = {name: value for row in records for name, value in row.items()}
    fields = [field_of(name, value) for name, value in shown.items() if name.endswith("__c")]
    return (
        '<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata">'
        f"{''.join(fields)}<label>Sample</label><pluralLabel>Samples</pluralLabel>"
        "<nameField><label>Name</label><type>Text</type></nameField>"
        "<deploymentStatus>Deployed</deploymentStatus><sharingModel>ReadWrite</sharingModel>"
        "</CustomObject>"
    )


@pytest.mark.req("ORG-04", "ORG-11")
def test_salesforces_own_sample_plan_is_imported(sf, org, datasets):
    folder = datasets / "salesforce" / "ebikes"
    if not folder.is_dir():
        pytest.skip(f"no {folder}: set DATASETS")
    shutil.copytree(folder, sf.project / "ebikes", dirs_exist_ok=True)
    for name in ("Product_Family__c", "Product__c"):
        records = json.loads((folder / f"{name}s.json").read_text())["records"]
        sf.write(f"sample/main/default/objects/{name}/{name}.object-meta.xml", object_of(records))
    sf("project", "deploy", "start", "-d", "sample")

    made = sf("data", "import", "tree", "--plan", "ebikes/sample-data-plan.json")

    assert len(made) == 23
    family = "SELECT Product_Family__r.Name FROM Product__c WHERE Name = 'FUSE X1'"
    assert value_of(org, family) == {"Name": "Fuse"}
