"""Turning single metadata components (a field, a record type, a rule) into schema parts."""

from lxml import etree

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.numbers import whole
from crm_sync.localorg.schema import dependencies, xml
from crm_sync.localorg.schema.model import (
    Field,
    PickValue,
    RecordType,
    SObject,
    Summary,
    ValidationRule,
)
from crm_sync.localorg.schema.special import TYPE, metadata_type, setting
from crm_sync.localorg.schema.standard import label_of, system_fields

TYPES = {
    "Text": "string",
    "TextArea": "textarea",
    "LongTextArea": "textarea",
    "Html": "textarea",
    "Checkbox": "boolean",
    "Currency": "currency",
    "Number": "double",
    "Percent": "percent",
    "Date": "date",
    "DateTime": "datetime",
    "Time": "time",
    "Location": "location",
    "Email": "email",
    "Phone": "phone",
    "Url": "url",
    "Picklist": "picklist",
    "MultiselectPicklist": "multipicklist",
    "Lookup": "reference",
    "MasterDetail": "reference",
    "AutoNumber": "string",
    "MetadataRelationship": "reference",
    "EncryptedText": "encryptedstring",
    "Summary": "double",
}
LENGTHS = {"TextArea": 255, "Email": 80, "Phone": 40, "Url": 255, "Picklist": 255}
LENGTHS |= {
    "MultiselectPicklist": 4099,
    "AutoNumber": 30,
    "Lookup": 18,
    "MasterDetail": 18,
    "MetadataRelationship": 255,
}

ValueSets = dict[str, tuple[PickValue, ...]]


def _number(element: etree._Element, name: str) -> int:
    return whole(xml.text(element, name), 0)


def read_values(entries: list[etree._Element]) -> tuple[PickValue, ...]:
    """Read the values of a picklist or of a value set."""
    return tuple(
        PickValue(
            xml.text(each, "fullName"),
            xml.text(each, "label") or xml.text(each, "fullName"),
            is_default=xml.flag(each, "default"),
            is_active=xml.flag(each, "isActive", default=True),
        )
        for each in entries
    )


def _picklist(element: etree._Element, sets: ValueSets) -> tuple[tuple[PickValue, ...], bool]:
    values = xml.child(element, "valueSet")
    if values is None:
        return (), False
    shared = xml.text(values, "valueSetName")
    if shared:
        if shared not in sets:
            text = f"In field: valueSetName - no GlobalValueSet named {shared} found"
            raise SalesforceError("INVALID_FIELD", text)
        return sets[shared], True
    definition = xml.child(values, "valueSetDefinition")
    entries = xml.children(definition, "value") if definition is not None else []
    return read_values(entries), xml.flag(values, "restricted")


def _default(kind: str, element: etree._Element, picks: tuple[PickValue, ...]) -> object:
    value = xml.text(element, "defaultValue")
    if kind == "Checkbox":
        return value == "true"
    return next((pick.value for pick in picks if pick.is_default), None)


def _reference(kind: str, element: etree._Element, name: str) -> dict[str, object]:
    if kind not in {"Lookup", "MasterDetail", "MetadataRelationship"}:
        return {}
    if kind == "MetadataRelationship" and not xml.text(element, "referenceTo").endswith(TYPE):
        # Definitions of objects and fields are no records here: their names are kept as text.
        return {"type": "string"}
    children = xml.text(element, "relationshipName")
    is_master = kind == "MasterDetail"
    rule = xml.text(element, "deleteConstraint")
    return {
        "refers": (xml.text(element, "referenceTo"),),
        "relationship": name.removesuffix("__c") + "__r",
        "children": f"{children}__r" if children else "",
        "cascade": is_master or rule == "Cascade",
        "restrict": rule == "Restrict",
        "master_detail": is_master,
        "updateable": not is_master or xml.flag(element, "reparentableMasterDetail"),
    }


def _summary(element: etree._Element) -> Summary:
    child, _, link = xml.text(element, "summaryForeignKey").partition(".")
    filters = tuple(
        (
            xml.text(each, "field").rpartition(".")[2],
            xml.text(each, "operation"),
            xml.text(each, "value"),
        )
        for each in xml.children(element, "summaryFilterItems")
    )
    summed = xml.text(element, "summarizedField").rpartition(".")[2]
    return Summary(child, link, xml.text(element, "summaryOperation"), summed, filters)


def read_field(element: etree._Element, name: str, sets: ValueSets) -> Field:
    """Read one custom field."""
    kind = xml.text(element, "type")
    formula = xml.text(element, "formula")
    if kind not in TYPES:
        text = f"'{kind}' is not a valid value for the enum 'FieldType'"
        raise SalesforceError("INVALID_TYPE", text)
    picks, restricted = _picklist(element, sets)
    controlled = dependencies.read_controlled(element)
    is_set = kind in {"AutoNumber", "Summary", "Location"} or bool(formula)
    facts: dict[str, object] = {
        "type": TYPES[kind],
        "length": _number(element, "length") or LENGTHS.get(kind, 0),
        "precision": _number(element, "precision"),
        "scale": _number(element, "scale"),
        "required": xml.flag(element, "required") or kind == "MasterDetail",
        "unique": xml.flag(element, "unique"),
        "case_sensitive": xml.flag(element, "caseSensitive"),
        "external_id": xml.flag(element, "externalId"),
        "id_lookup": xml.flag(element, "externalId"),
        "auto_number": xml.text(element, "displayFormat") if kind == "AutoNumber" else "",
        "picklist": picks,
        "restricted": restricted,
        "default": _default(kind, element, picks),
        "default_formula": "" if kind == "Checkbox" else xml.text(element, "defaultValue"),
        "help": xml.text(element, "inlineHelpText"),
        "formula": formula,
        "blank_as_zero": bool(formula)
        and xml.text(element, "formulaTreatBlanksAs", "BlankAsZero") == "BlankAsZero",
        "summary": _summary(element) if kind == "Summary" else None,
        "controller": controlled[0],
        "valid_for": controlled[1],
        "lookup_filter": dependencies.read_filter(element),
        "custom": True,
        "createable": not is_set,
        "updateable": not is_set,
    }
    facts |= _reference(kind, element, name)
    return Field(name, xml.text(element, "label") or label_of(name), **facts)  # type: ignore[arg-type]


def parts_of(place: Field) -> list[Field]:
    """Return the two numbers that a place on Earth is kept as."""
    stem = place.name.removesuffix("__c")
    return [
        Field(
            f"{stem}__{part}__s",
            f"{place.label} ({part})",
            "double",
            precision=place.scale + 3,
            scale=place.scale,
            required=place.required,
            custom=True,
        )
        for part in ("Latitude", "Longitude")
    ]


def read_object(element: etree._Element, name: str, prefix: str) -> SObject:
    """Read a custom object or a platform event."""
    is_event = name.endswith("__e")
    label = xml.text(element, "label") or label_of(name)
    plural = xml.text(element, "pluralLabel") or label
    result = SObject(
        name, prefix, label, plural, custom=True, is_event=is_event, owned=not is_event
    )
    result.queued, result.has_activities = not is_event, xml.flag(element, "enableActivities")
    result.has_history = xml.flag(element, "enableHistory")
    if name.endswith(TYPE):
        return metadata_type(result)
    if xml.text(element, "customSettingsType"):
        return setting(result, element)
    if is_event:
        result.updateable = result.deletable = False
        result.add(Field("ReplayId", "Replay ID", "string", length=1333, createable=False))
        result.add(Field("EventUuid", "Event UUID", "string", length=36, createable=False))
        return result
    for each in system_fields(owned=True, queued=True):
        result.add(each)
    result.add(_name_field(element))
    return result


def _name_field(element: etree._Element) -> Field:
    named = xml.child(element, "nameField")
    label = xml.text(named, "label", "Name") if named is not None else "Name"
    if named is None or xml.text(named, "type") != "AutoNumber":
        return Field("Name", label, "string", length=80, is_name=True, id_lookup=True)
    return Field(
        "Name",
        label,
        "string",
        length=80,
        is_name=True,
        id_lookup=True,
        auto_number=xml.text(named, "displayFormat") or "{00000}",
        createable=False,
        updateable=False,
    )


def read_record_type(element: etree._Element, name: str) -> RecordType:
    """Read one record type with the picklist values it allows."""
    allowed: dict[str, frozenset[str]] = {}
    defaults: dict[str, str] = {}
    for entry in xml.children(element, "picklistValues"):
        field_name = xml.text(entry, "picklist").lower()
        values = xml.children(entry, "values")
        allowed[field_name] = frozenset(xml.text(value, "fullName") for value in values)
        for value in values:
            if xml.flag(value, "default"):
                defaults[field_name] = xml.text(value, "fullName")
    return RecordType(
        name,
        xml.text(element, "label") or label_of(name),
        is_active=xml.flag(element, "active", default=True),
        business_process=xml.text(element, "businessProcess"),
        description=xml.text(element, "description"),
        picklists=allowed,
        defaults=defaults,
    )


def read_rule(element: etree._Element, name: str) -> ValidationRule:
    """Read one validation rule."""
    return ValidationRule(
        name,
        xml.text(element, "errorConditionFormula"),
        xml.text(element, "errorMessage"),
        xml.text(element, "errorDisplayField"),
        xml.flag(element, "active", default=True),
    )
