"""Sharing entries as objects: each owner's own entry, seen as the platform shows it."""

from dataclasses import replace

from crm_sync.localorg.schema.model import PickValue, SObject
from crm_sync.localorg.schema.standard import read_field, system_fields

SHARE_ID = "_share_id"
PREFIXES = {
    "Account": "00r",
    "Campaign": "08s",
    "Case": "01n",
    "Contact": "03s",
    "Lead": "01o",
    "Opportunity": "00t",
}
# Whoever owns an account also has the rights that it gives on what belongs to it.
INHERITED = {"Account": ("OpportunityAccessLevel", "CaseAccessLevel", "ContactAccessLevel")}
ALL, EDIT, OWNED = "All", "Edit", "Owner"
LEVELS: tuple[str, ...] = ("None", "Read", EDIT)
HIDDEN = ("CreatedDate", "CreatedById", "SystemModstamp")
CAUSES: tuple[str, ...] = (
    OWNED,
    "Manual",
    "Rule",
    "ImplicitChild",
    "ImplicitParent",
    "ImplicitPerson",
    "Team",
    "Territory",
    "TerritoryManual",
    "TerritoryRule",
    "GuestRule",
)


def _levels(owner: SObject) -> dict[str, str]:
    found = {f"{owner.name}AccessLevel": ALL}
    return found | dict.fromkeys(INHERITED.get(owner.name, ()), EDIT)


def _choices(owner: SObject, name: str) -> tuple[PickValue, ...]:
    if name == "RowCause":
        values = CAUSES
    else:
        values = (*LEVELS[1:], ALL) if name == f"{owner.name}AccessLevel" else LEVELS
    return tuple(PickValue(each, each) for each in values)


def _view(owner: SObject, prefix: str) -> str:
    levels = ", ".join(f"'{value}' AS {name}" for name, value in _levels(owner).items())
    return (
        f"SELECT {SHARE_ID}('{prefix}', r.Id) AS Id, r.IsDeleted AS IsDeleted, "
        f"r.Id AS {owner.name}Id, r.OwnerId AS UserOrGroupId, {levels}, '{OWNED}' AS RowCause, "
        "r.LastModifiedDate AS LastModifiedDate, r.LastModifiedById AS LastModifiedById, "
        f'r.CreatedDate AS CreatedDate, r.SystemModstamp AS SystemModstamp FROM "{owner.name}" r'
    )


def _share(owner: SObject, prefix: str) -> SObject:
    label = f"{owner.label} Share"
    made = SObject(f"{owner.name}Share", prefix, label, label, custom=False, setup=True)
    made.createable = made.updateable = made.deletable = False
    for each in system_fields(owned=False):
        if each.name not in HIDDEN:
            made.add(each)
    lines = [
        f"{owner.name}Id ref req ro -> {owner.name} rel={owner.name} kids=Shares",
        "UserOrGroupId ref req ro -> Group|User rel=UserOrGroup",
        *(f"{name} picklist:40 req ro" for name in _levels(owner)),
        "RowCause picklist:40 ro",
    ]
    for line in lines:
        field = replace(read_field(line), createable=False, updateable=False)
        if field.type == "picklist":
            field = replace(field, picklist=_choices(owner, field.name), restricted=True)
        made.add(field)
    made.view = _view(owner, prefix)
    return made


def add(objects: dict[str, SObject]) -> None:
    """Give entries to the objects whose records belong to somebody."""
    for name, prefix in PREFIXES.items():
        if name in objects:
            made = _share(objects[name], prefix)
            objects[made.name] = made
