"""Objects for configuration: custom metadata types and custom settings."""

from dataclasses import replace

from lxml import etree

from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.model import SObject
from crm_sync.localorg.schema.standard import read_field, system_fields

TYPE = "__mdt"
HIERARCHY, LIST = "Hierarchy", "List"
TYPE_FIELDS = """
DeveloperName string:40 req name lookup
MasterLabel string:40 req
Language picklist:40
NamespacePrefix string:15 ro
Label string:40
QualifiedApiName string:70
"""
NAME = "Name string:38 name lookup"
OWNER = "SetupOwnerId ref -> Organization|Profile|User rel=SetupOwner"


def metadata_type(made: SObject) -> SObject:
    """Return an object whose records are deployed and can only be read."""
    made.createable = made.updateable = made.deletable = False
    made.setup, made.owned, made.queued = True, False, False
    for each in system_fields(owned=False):
        made.add(each)
    for line in TYPE_FIELDS.strip().splitlines():
        made.add(replace(read_field(line), createable=False, updateable=False))
    return made


def setting(made: SObject, element: etree._Element) -> SObject:
    """Return a custom setting: records by name, or one for each user, profile and the org."""
    made.setting = xml.text(element, "customSettingsType")
    made.setup, made.owned, made.queued = True, False, False
    for each in system_fields(owned=False):
        made.add(each)
    is_list = made.setting == LIST
    made.add(replace(read_field(NAME), required=is_list, unique=is_list))
    made.add(replace(read_field(OWNER), unique=not is_list))
    return made
