"""The project's metadata is what the org is built from, and its rules are kept."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from crm_sync.localorg.formula.parser import compile_formula
from crm_sync.localorg.formula.values import FormulaError, Scene
from crm_sync.localorg.schema import build
from crm_sync.localorg.schema.access import permission_name
from crm_sync.localorg.schema.source import read_folder
from tests.crm_sync.localorg.conftest import code_of

METADATA = Path(__file__).parents[3] / "crm_sync" / "metadata"
SOURCE = METADATA / "force-app" / "main" / "default"
NS = {"m": "http://soap.sforce.com/2006/04/metadata"}


def files(pattern):
    return sorted(SOURCE.glob(pattern))


@pytest.mark.req("CRM-43")
def test_the_project_is_a_real_sfdx_project():
    project = json.loads((METADATA / "sfdx-project.json").read_text())

    assert project["packageDirectories"][0]["path"] == "force-app"
    assert project["sourceApiVersion"] == "67.0"
    for path in SOURCE.rglob("*.xml"):
        assert etree.parse(path).getroot().tag.startswith("{http://soap.sforce.com"), path


@pytest.mark.req("CRM-43")
def test_the_manifest_names_everything_that_is_there():
    root = etree.parse(METADATA / "manifest" / "package.xml").getroot()
    named = {
        group.findtext("m:name", namespaces=NS): {
            member.text for member in group.findall("m:members", NS)
        }
        for group in root.findall("m:types", NS)
    }

    fields = {
        f"{path.parts[-3]}.{path.name.split('.')[0]}" for path in files("objects/*/fields/*.xml")
    }
    types = {
        f"{path.parts[-3]}.{path.name.split('.')[0]}"
        for path in files("objects/*/recordTypes/*.xml")
    }
    assert named["CustomField"] == fields
    assert named["RecordType"] == types
    assert named["PermissionSet"] == {"Shop_Integration"}
    assert root.findtext("m:version", namespaces=NS) == "67.0"


@pytest.mark.req("CRM-43")
def test_the_permission_set_leaves_out_required_fields_and_names_only_known_ones():
    root = etree.parse(files("permissionsets/*.xml")[0]).getroot()
    granted = {
        each.findtext("m:field", namespaces=NS) for each in root.findall("m:fieldPermissions", NS)
    }
    granted_rights = {
        each.findtext("m:name", namespaces=NS) for each in root.findall("m:userPermissions", NS)
    }
    optional, forced = set(), set()
    for path in files("objects/*/fields/*.xml"):
        field = etree.parse(path).getroot()
        name = f"{path.parts[-3]}.{field.findtext('m:fullName', namespaces=NS)}"
        is_forced = (
            field.findtext("m:required", namespaces=NS) == "true"
            or field.findtext("m:type", namespaces=NS) == "MasterDetail"
            or name.split(".")[0].endswith("__e")
        )
        (forced if is_forced else optional).add(name)

    assert {name for name in granted if name.endswith("__c")} == optional
    assert granted & forced == set()
    schema = build.build(read_folder(METADATA), {})
    for name in granted - optional:
        owner = schema.require(name.partition(".")[0])
        names = {permission_name(owner, each) for each in owner.fields.values()}
        assert name in names, f"{name} cannot be granted"
    assert granted_rights == {
        "ActivateOrder",
        "ApiEnabled",
        "ConvertLeads",
        "EditActivatedOrders",
        "EditTask",
    }


@pytest.mark.req("ORG-12", "CRM-43")
def test_every_field_of_the_project_is_described_by_the_org(org):
    for path in files("objects/*/fields/*.xml"):
        owner, name = path.parts[-3], path.name.split(".")[0]
        owner = "Task" if owner == "Activity" else owner
        described = org.call("GET", f"sobjects/{owner}/describe").json()
        assert name in {field["name"] for field in described["fields"]}, f"{owner}.{name}"


@pytest.mark.req("ORG-12")
def test_another_project_gives_another_org(tmp_path):
    from_project = tmp_path / "objects" / "Bike__c"
    (from_project / "fields").mkdir(parents=True)
    head = '<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata">'
    (from_project / "Bike__c.object-meta.xml").write_text(
        f"{head}<label>Bike</label><pluralLabel>Bikes</pluralLabel></CustomObject>"
    )
    schema = build.build(read_folder(tmp_path), {})

    assert schema.require("Bike__c").plural == "Bikes"
    assert schema.find("Cart__c") is None


@pytest.mark.req("ORG-08")
def test_a_validation_rule_keeps_a_record_out(org):
    refused = org.call("POST", "sobjects/Payment__c", json={"Amount__c": -1})
    taken = org.call("POST", "sobjects/Payment__c", json={"Amount__c": 1})

    assert code_of(refused) == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert refused.json()[0]["fields"] == ["Amount__c"]
    assert refused.json()[0]["message"] == "A payment cannot be negative."
    assert taken.status_code == 201


@pytest.mark.req("ORG-08")
def test_a_validation_rule_sees_what_was_before(org):
    cart = org.create("Cart__c", Shop_Id__c="main-cart-1")

    moved = org.call("PATCH", f"sobjects/Cart__c/{cart}", json={"Shop_Id__c": "main-cart-2"})

    assert code_of(moved) == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert org.query("SELECT Shop_Id__c FROM Cart__c") == [{"Shop_Id__c": "main-cart-1"}]


ROW = {"Amount": 250.0, "Name": "Acme Ltd", "City": None, "Closed": False, "Day": date(2026, 1, 31)}
BEFORE = {**ROW, "Amount": 100.0}


def evaluate(source, *, is_new=False):
    def read(row):
        return lambda path: row[path[-1]]

    moment = datetime(2026, 11, 21, tzinfo=UTC)
    scene = Scene(read(ROW), read(BEFORE), is_new, moment, moment.date())
    return compile_formula(source)(scene)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("Amount > 200 && NOT(Closed)", True),
        ("AND(Amount < 200, Closed)", False),
        ("1 + 2 * 3 ^ 2 - -4 / 2", 21.0),
        ("IF(ISBLANK(City), \"none\", City)", "none"),
        ("CASE(Name, \"X\", 1, \"Acme Ltd\", 2, 3)", 2.0),
        ("ISCHANGED(Amount) && PRIORVALUE(Amount) = 100", True),
        ("LEN(Name) & \"!\"", "8!"),
        ("REGEX(Name, \"[A-Z].* Ltd\")", True),
        ("BEGINS(Name, 'Acme') || CONTAINS(Name, 'zzz')", True),
        ("Day + 1 > DATE(2026, 1, 31)", True),
        ("TODAY() - Day", 294.0),
        ("VALUE(\"12.5\") * 2", 25.0),
        ("ISPICKVAL(City, \"\")", True),
        ("ROUND(2.345, 2) <> 2.35", False),
        ("FALSE && 1 / 0 > 1", False),
        ("TRUE || 1 / 0 > 1", True),
        ("DATEVALUE('2026-01-31') = Day", True),
        ("HOUR(DATETIMEVALUE('2026-01-31 17:30:00')) + TRUNC(2.9)", 19.0),
        ("CASESAFEID('001000000000001') & BR() & REVERSE('ab')", "001000000000001AAA\nba"),
        ("ROUND(LN(EXP(2)) + LOG(1000), 6)", 5.0),
    ],
)  # fmt: skip
@pytest.mark.req("ORG-08")
def test_a_formula_is_worked_out(source, value):
    assert evaluate(source) == value


@pytest.mark.parametrize(
    "source",
    ["Amount >", "NOPE(1)", "IF(1, 2)", "(1", "1 2", '"x', "#", "LOG(0)", "DATEVALUE('x')"],
)
def test_a_formula_that_cannot_be_read_is_refused(source):
    with pytest.raises(FormulaError):
        evaluate(source)


def refusal_of(work, text):
    """What was said against a text, or nothing."""
    try:
        work(text)
    except FormulaError as error:
        return str(error)
    return None


@given(st.text(alphabet="Amount()+-*/&|=<>!\"',. 123^NOT", max_size=40))
@settings(max_examples=300)
def test_the_formula_reader_understands_or_refuses(source):
    assert refusal_of(compile_formula, source) != ""
