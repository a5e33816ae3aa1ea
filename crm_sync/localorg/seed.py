"""Records that every org has from its first minute."""

import json
import sqlite3

from crm_sync.localorg import clock, ids
from crm_sync.localorg.credentials import Credentials
from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.model import Schema, SObject
from crm_sync.localorg.schema.source import Component
from crm_sync.localorg.schema.standard import label_of
from crm_sync.localorg.store.tables import quote

Values = dict[str, object]
MIDNIGHT = "00:00:00.000Z"
USERS: Values = {"TotalLicenses": 10, "UsedLicenses": 1}


def put(
    connection: sqlite3.Connection,
    owner: SObject,
    record_id: str,
    user: str,
    values: Values,
) -> None:
    """Write a record as if the platform had."""
    stamp = clock.stamp()
    row: Values = {
        field.name: int(field.default) if isinstance(field.default, bool) else field.default
        for field in owner.stored()
    }
    row |= {
        "Id": record_id,
        "IsDeleted": 0,
        "CreatedDate": stamp,
        "LastModifiedDate": stamp,
    }
    row |= {"SystemModstamp": stamp, "CreatedById": user, "LastModifiedById": user}
    row |= values
    names = ", ".join(quote(name) for name in row)
    marks = ", ".join("?" * len(row))
    connection.execute(
        f"INSERT INTO {quote(owner.name)} ({names}) VALUES ({marks})",
        list(row.values()),
    )


class Seeder:
    """Writes the org's own records, once."""

    def __init__(
        self, connection: sqlite3.Connection, schema: Schema, factory: ids.IdFactory
    ) -> None:
        self.connection = connection
        self.schema = schema
        self.ids = factory
        self.user = ""

    def _put(self, name: str, **values: object) -> str:
        owner = self.schema.require(name)
        record_id = self.ids.next(owner.prefix)
        put(self.connection, owner, record_id, self.user or record_id, values)
        return record_id

    def first_records(self, credentials: Credentials, zone: str, org_name: str) -> None:
        """Write organization, profile, user and the standard price book."""
        profile = self._put("Profile", Name="System Administrator", UserType="Standard")
        locale = {"LocaleSidKey": "en_IN", "LanguageLocaleKey": "en_US"}
        self.user = self._put(
            "User",
            Username=credentials.username,
            LastName="User",
            FirstName="Integration",
            Name="Integration User",
            Email=credentials.username,
            Alias="integr",
            CommunityNickname="integration",
            IsActive=1,
            TimeZoneSidKey=zone,
            EmailEncodingKey="UTF-8",
            ProfileId=profile,
            UserType="Standard",
            **locale,
        )
        self._put(
            "Organization",
            Name=org_name,
            InstanceName="LOC1",
            IsSandbox=0,
            OrganizationType="Developer Edition",
            DefaultLocaleSidKey="en_IN",
            LanguageLocaleKey="en_US",
            TimeZoneSidKey=zone,
            FiscalYearStartMonth=1,
            IsReadOnly=0,
        )
        self._put("Pricebook2", Name="Standard Price Book", IsActive=1, IsStandard=1)

    def record_types(self) -> None:
        """Bring the record types in line with the schema."""
        for owner in self.schema.tables():
            for kind in owner.record_types.values():
                known = self.connection.execute(
                    "SELECT Id FROM RecordType WHERE SobjectType = ? AND DeveloperName = ?",
                    (owner.name, kind.name),
                ).fetchone()
                if known is None:
                    self._put(
                        "RecordType",
                        Name=kind.label,
                        DeveloperName=kind.name,
                        SobjectType=owner.name,
                        IsActive=int(kind.is_active),
                        Description=kind.description or None,
                        **({"IsPersonType": 1} if kind.is_person else {}),
                    )
                else:
                    self.connection.execute(
                        "UPDATE RecordType SET Name = ?, IsActive = ? WHERE Id = ?",
                        (kind.label, int(kind.is_active), known[0]),
                    )

    def business_hours(self, zone: str) -> None:
        """Write the business hours that every org has: always open."""
        if self.connection.execute("SELECT 1 FROM BusinessHours").fetchone() is not None:
            return
        owner = self.schema.require("BusinessHours")
        times = {each.name: MIDNIGHT for each in owner.fields.values() if each.type == "time"}
        facts = {"IsActive": 1, "IsDefault": 1, "TimeZoneSidKey": zone}
        self._put("BusinessHours", Name="Default", **times, **facts)

    def licenses(self) -> None:
        """Give every profile the one license that there is."""
        found = self.connection.execute("SELECT Id FROM UserLicense").fetchone()
        facts = {"MasterLabel": "Salesforce", "LicenseDefinitionKey": "SFDC", "Status": "Active"}
        made = found[0] if found else self._put("UserLicense", Name="Salesforce", **facts, **USERS)
        sql = "UPDATE Profile SET UserLicenseId = ? WHERE UserLicenseId IS NULL"
        self.connection.execute(sql, (made,))

    def profile(self, name: str) -> None:
        """Give the user a profile: an administrator's, or one that allows nothing by itself."""
        find = "SELECT Id FROM Profile WHERE Name = ?"
        found = self.connection.execute(find, (name,)).fetchone()
        profile = found[0] if found else self._put("Profile", Name=name, UserType="Standard")
        self.connection.execute(
            "UPDATE User SET ProfileId = ? WHERE Id = ? AND ProfileId <> ?",
            (profile, self.user, profile),
        )

    def permission_sets(self, components: list[Component]) -> None:
        """Make a record of every permission set and assign it to the user."""
        for component in components:
            if component.kind == "PermissionSet":
                self._permission_set(component)

    def _permission_set(self, component: Component) -> None:
        element = component.element()
        enabled = {
            xml.text(each, "name")
            for each in xml.children(element, "userPermissions")
            if xml.flag(each, "enabled")
        }
        facts = {
            field.name: int(field.name.removeprefix("Permissions") in enabled)
            for field in self.schema.require("PermissionSet").fields.values()
            if field.name.startswith("Permissions")
        }
        known = self.connection.execute(
            "SELECT Id FROM PermissionSet WHERE Name = ?", (component.name,)
        ).fetchone()
        if known is not None:
            names = ", ".join(f"{quote(name)} = ?" for name in facts)
            self.connection.execute(
                f"UPDATE PermissionSet SET {names} WHERE Id = ?",
                [*facts.values(), known[0]],
            )
            return
        label = xml.text(element, "label") or label_of(component.name)
        made = self._put("PermissionSet", Name=component.name, Label=label, **facts)
        self._put("PermissionSetAssignment", PermissionSetId=made, AssigneeId=self.user)


def read_prefixes(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the prefixes that custom objects were given before."""
    row = connection.execute("SELECT value FROM _meta WHERE name = 'prefixes'").fetchone()
    return dict(json.loads(row[0])) if row is not None else {}


def write_prefixes(connection: sqlite3.Connection, prefixes: dict[str, str]) -> None:
    """Remember the prefixes of custom objects."""
    connection.execute(
        "INSERT INTO _meta VALUES ('prefixes', ?) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (json.dumps(prefixes, sort_keys=True),),
    )
