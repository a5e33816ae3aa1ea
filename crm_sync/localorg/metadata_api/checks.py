"""What would be wrong with the schema that a package leads to."""

from collections.abc import Iterable

from crm_sync.localorg import seed
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.formula import calculated
from crm_sync.localorg.formula.values import FormulaError
from crm_sync.localorg.metadata_api.package import Package
from crm_sync.localorg.org import Org
from crm_sync.localorg.records.validation import check_paths
from crm_sync.localorg.schema import build, standard, xml
from crm_sync.localorg.schema.model import Schema
from crm_sync.localorg.schema.source import Component
from crm_sync.localorg.settling.table import problems as settled_problems

Key = tuple[str, str]
Problems = dict[str, str]
NUMBERS = ("precision", "scale")
NEEDED = {
    "Text": ("length",),
    "LongTextArea": ("length",),
    "Html": ("length",),
    "Number": NUMBERS,
    "Currency": NUMBERS,
    "Percent": NUMBERS,
    "Lookup": ("referenceTo",),
    "MasterDetail": ("referenceTo",),
    "AutoNumber": (),
}
PARTS = frozenset(("CustomField", "BusinessProcess", "RecordType", "ValidationRule"))
LINKS = frozenset(("Lookup", "MasterDetail"))
MOST_TRIES = 50
ALONE = {"Summary": frozenset(("Summary",)), "Lookup": LINKS, "MasterDetail": LINKS}
INTO_NUMBERED = frozenset(("Text", "AutoNumber"))


def _rules(schema: Schema) -> Iterable[Key]:
    """Yield the validation rules whose formulas cannot be read."""
    for owner in schema.objects.values():
        for rule in owner.rules.values():
            try:
                check_paths(schema, owner, rule.formula)
            except FormulaError as error:
                yield f"{owner.name}.{rule.name}", str(error)


def _references(schema: Schema) -> Iterable[Key]:
    for owner in schema.objects.values():
        for one in owner.fields.values():
            missing = [name for name in one.refers if schema.find(name) is None]
            if missing and one.custom:
                yield f"{owner.name}.{one.name}", f"{missing[0]} does not exist"


def _formulas(schema: Schema) -> Iterable[Key]:
    """Yield the formula fields that cannot be read or look at fields that are not there."""
    for owner in schema.objects.values():
        for one in owner.fields.values():
            try:
                for path in calculated.read(one.formula)[1] if one.formula else ():
                    calculated.follow(schema, owner, path)
            except FormulaError as error:
                yield f"{owner.name}.{one.name}", str(error)


def _facts(component: Component) -> tuple[str, bool, list[str]]:
    """Return a field's type, whether it is worked out, and what it lacks."""
    element = component.element()
    kind, formula = xml.text(element, "type"), bool(xml.text(element, "formula"))
    needed = () if formula else NEEDED.get(kind, ())
    return kind, formula, [name for name in needed if not xml.text(element, name)]


def _unlike(old: tuple[str, bool, list[str]], new: tuple[str, bool, list[str]]) -> str:
    """Say why a field cannot become what the package makes of it."""
    if old[1] != new[1]:
        if new[1]:
            return "Cannot update a field to a Formula from something else"
        return "Cannot update a field from a Formula to something else"
    before, after = old[0], new[0]
    if old[1] or before == after:
        return ""
    is_alone = after not in ALONE.get(before, {after}) or before not in ALONE.get(after, {before})
    if is_alone or (after == "AutoNumber" and before not in INTO_NUMBERED):
        return f"Cannot change the type of a field from {before} to {after}"
    return ""


def _fields(package: Package, known: dict[Key, Component]) -> Iterable[Key]:
    """Yield the fields that lack something, or that would change in a way they cannot."""
    for _file, component in package.components:
        if component.kind != "CustomField" or not component.name.endswith("__c"):
            continue
        found = _facts(component)
        if found[2]:
            text = f"Must specify '{found[2][0]}' for a CustomField of type {found[0]}"
            yield component.name, text
        old = known.get((component.kind, component.name))
        if old is not None and (problem := _unlike(_facts(old), found)):
            yield component.name, problem


def _homeless(parts: list[Component]) -> Iterable[Key]:
    """Yield the parts of objects that do not exist, all at once."""
    known = {each.name for each in standard.standard_objects()}
    known |= {each.name for each in parts if each.kind == "CustomObject"} | {"Activity"}
    for each in parts:
        owner, _, name = each.name.partition(".")
        if name and each.kind in PARTS and owner not in known:
            yield each.name, f"no CustomObject named {owner} found"


def _without_orphans(parts: dict[Key, Component], deleted: set[Key]) -> list[Component]:
    """Drop the parts of objects that are to be deleted."""
    gone = {name for kind, name in deleted if kind == "CustomObject"}
    return [each for each in parts.values() if each.name.partition(".")[0] not in gone]


def _built(org: Org, parts: list[Component]) -> tuple[Schema | None, Problems]:
    """Build the schema without the components that stand in its way, and name those."""
    with org.store.read() as connection:
        prefixes = seed.read_prefixes(connection)
    found: Problems = dict(_homeless(parts))
    for _ in range(MOST_TRIES):
        rest = [each for each in parts if each.name not in found]
        try:
            settings = org.settings
            made = build.build(rest, dict(prefixes), person_accounts=settings.person_accounts)
        except SalesforceError as error:
            head, _, text = error.message.partition(": ")
            name = head.rpartition(" ")[2]
            if name in found:
                return None, found
            found[name] = text or error.message
        else:
            return made, found
    return None, found


def problems(org: Org, package: Package) -> Problems:
    """Return the problems of a package by component, by building the schema it leads to."""
    deleted = set(package.deletions)
    new = {(component.kind, component.name): component for _file, component in package.components}
    known = {(each.kind, each.name): each for each in org.components()}
    parts = {key: each for key, each in {**known, **new}.items() if key not in deleted}
    schema, found = _built(org, _without_orphans(parts, deleted))
    if schema is not None:
        made = settled_problems(new.values(), schema)
        wrong = [*_rules(schema), *_references(schema), *_formulas(schema), *made]
        found = {**dict(wrong), **dict(_fields(package, known)), **found}
    return found
