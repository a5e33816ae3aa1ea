"""Standard fields the way the metadata API shows them."""

from lxml import etree

from crm_sync.localorg.org import Org
from crm_sync.localorg.schema.components import TYPES
from crm_sync.localorg.schema.model import Field

FIRST_WITHOUT_VALUES = 38.0
NAMES = {kind: name for name, kind in reversed(TYPES.items())} | {
    "id": "Lookup",
    "int": "Number",
    "combobox": "Picklist",
    "address": "Address",
}
# Where the values of a field are records with meanings of their own.
MEANINGS = {
    "Lead.Status": ("LeadStatus", {"converted": "IsConverted"}),
    "Case.Status": ("CaseStatus", {"closed": "IsClosed"}),
    "Task.Status": ("TaskStatus", {"closed": "IsClosed"}),
    "Opportunity.StageName": (
        "OpportunityStage",
        {
            "closed": "IsClosed",
            "forecastCategory": "ForecastCategory",
            "probability": "DefaultProbability",
            "won": "IsWon",
        },
    ),
}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _meanings(org: Org, name: str) -> dict[str, dict[str, object]]:
    """Return what each value of a status means, by the value."""
    if name not in MEANINGS:
        return {}
    table, columns = MEANINGS[name]
    text = f"SELECT MasterLabel, {', '.join(columns.values())} FROM {table} ORDER BY SortOrder"
    rows = org.reader.query(text).records
    return {
        str(row["MasterLabel"]): {tag: row[column] for tag, column in columns.items()}
        for row in rows
    }


def _values(org: Org, name: str, field: Field, space: str) -> etree._Element:
    made = etree.Element(f"{{{space}}}picklist")
    meanings = _meanings(org, name)
    defaults = {each.value: each.is_default for each in field.picklist}
    for value in meanings or defaults:
        entry = etree.SubElement(made, f"{{{space}}}picklistValues")
        facts = {"default": defaults.get(value, False), "fullName": value}
        for tag, fact in sorted({**facts, **meanings.get(value, {})}.items()):
            etree.SubElement(entry, f"{{{space}}}{tag}").text = _text(fact)
    etree.SubElement(made, f"{{{space}}}sorted").text = "false"
    return made


def element_of(org: Org, name: str, version: str, space: str) -> etree._Element | None:
    """Return a standard field; from version 38 on, its values are a value set of their own."""
    owner = org.visible.find(name.partition(".")[0])
    field = owner.find(name.partition(".")[2]) if owner is not None else None
    if owner is None or field is None or field.custom:
        return None
    made = etree.Element(f"{{{space}}}CustomField")
    facts = {"label": field.label, "trackHistory": False, "type": NAMES.get(field.type, "Text")}
    if field.refers:
        facts |= {"referenceTo": field.refers[0], "relationshipName": field.children or None}
    for tag, fact in facts.items():
        if fact is not None:
            etree.SubElement(made, f"{{{space}}}{tag}").text = _text(fact)
    if field.type == "picklist" and float(version) < FIRST_WITHOUT_VALUES:
        made.append(_values(org, f"{owner.name}.{field.name}", field, space))
    return made
